//! `/api/openapi.json`, the description of the HTTP API, and `/docs`, the page that shows it to people.

use std::sync::{Arc, OnceLock};

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, ETAG, HeaderValue};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::files::{self, File};
use crate::http::reply::JSON;

const FILES: &[File] = &[
    File::html("/docs", include_str!("../../web/docs/index.html")),
    File::html("/docs/", include_str!("../../web/docs/index.html")),
    File::css("/assets/docs/docs.css", include_str!("../../web/docs/docs.css")),
    File::script("/assets/docs/docs.js", include_str!("../../web/docs/docs.js")),
    File::script("/assets/docs/schemas.js", include_str!("../../web/docs/schemas.js")),
];

/// Makes the document.
type Describe = Arc<dyn Fn() -> String + Send + Sync>;

/// The description, made when it is first asked for.
#[derive(Clone)]
pub(super) struct Documentation {
    describe: Describe,
    made: Arc<OnceLock<Made>>,
}

struct Made {
    document: Bytes,
    tag: HeaderValue,
}

impl Documentation {
    pub(super) fn new(describe: Describe) -> Self {
        Self { describe, made: Arc::default() }
    }

    pub(super) fn mount(&self, config: &mut ServiceConfig) {
        files::mount(FILES, config);
        let document = web::resource("/api/openapi.json").route(web::get().to(answer)).route(web::head().to(answer));
        config.app_data(Data::new(self.clone())).service(document);
    }

    fn made(&self) -> &Made {
        self.made.get_or_init(|| {
            let document = Bytes::from((self.describe)());
            let tag = files::tag(&document);
            Made { document, tag }
        })
    }
}

/// Answers with the document. Tools on other origins may read it: it holds nothing that is secret.
async fn answer(request: HttpRequest, documentation: Data<Documentation>) -> HttpResponse {
    let Made { document, tag } = documentation.made();
    let mut response = match files::is_known(&request, tag) {
        true => HttpResponse::NotModified().finish(),
        false => HttpResponse::Ok().insert_header((CONTENT_TYPE, JSON)).body(document.clone()),
    };
    response.headers_mut().insert(ETAG, tag.clone());
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    files::complete(response)
}
