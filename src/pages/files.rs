//! Files that are compiled into the program, and the headers that all pages share.
//!
//! A page takes nothing from other hosts and runs no inline script, and no other site can show it in a frame. Browsers
//! ask each time whether a file has changed, so that a new program's files are seen at once.

use std::future::ready;
use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY,
};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// A file of `web/`.
pub(super) struct File {
    /// Where it is served.
    pub(super) path: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
}

impl File {
    pub(super) const fn html(path: &'static str, text: &'static str) -> Self {
        Self { path, content_type: "text/html; charset=utf-8", bytes: text.as_bytes() }
    }

    pub(super) const fn css(path: &'static str, text: &'static str) -> Self {
        Self { path, content_type: "text/css; charset=utf-8", bytes: text.as_bytes() }
    }

    pub(super) const fn script(path: &'static str, text: &'static str) -> Self {
        Self { path, content_type: "text/javascript; charset=utf-8", bytes: text.as_bytes() }
    }

    pub(super) const fn svg(path: &'static str, text: &'static str) -> Self {
        Self { path, content_type: "image/svg+xml", bytes: text.as_bytes() }
    }
}

/// What all pages use.
pub(super) const SHARED: &[File] = &[
    File::css("/assets/base.css", include_str!("../../web/base.css")),
    File::svg("/assets/icon.svg", include_str!("../../web/icon.svg")),
];

/// Serves the files at their paths.
pub(super) fn mount(files: &'static [File], config: &mut ServiceConfig) {
    for file in files {
        mount_at(file.path, file.content_type, Bytes::from_static(file.bytes), config);
    }
}

/// Serves `bytes` at `path`, for GET and HEAD.
pub(super) fn mount_at(path: &str, content_type: &'static str, bytes: Bytes, config: &mut ServiceConfig) {
    let tag = tag(&bytes);
    let answer = move |request: HttpRequest| ready(answer(&request, &tag, content_type, &bytes));
    config.service(web::resource(path).route(web::get().to(answer.clone())).route(web::head().to(answer)));
}

/// Adds the headers that all pages share, but for the tag.
pub(super) fn complete(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(REFERRER_POLICY, NO_REFERRER);
    headers.insert(CACHE_CONTROL, NO_CACHE);
    response
}

/// Returns a tag by which browsers and this server recognise the same content.
pub(super) fn tag(content: &(impl Hash + ?Sized)) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    HeaderValue::try_from(format!("\"{:016x}\"", hasher.finish())).expect("hexadecimal digits are fit for a header")
}

/// Returns whether the client has the content of this tag.
pub(super) fn is_known(request: &HttpRequest, tag: &HeaderValue) -> bool {
    let tags = request.headers().get_all(IF_NONE_MATCH).filter_map(|sent| sent.to_str().ok());
    tags.flat_map(|sent| sent.split(','))
        .any(|known| known.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes())
}

fn answer(request: &HttpRequest, tag: &HeaderValue, content_type: &'static str, bytes: &Bytes) -> HttpResponse {
    let mut response = if is_known(request, tag) {
        HttpResponse::NotModified().finish()
    } else {
        let mut response = HttpResponse::Ok().body(bytes.clone());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    };
    response.headers_mut().insert(ETAG, tag.clone());
    complete(response)
}
