//! `/mailbox/preview`: every mail of the site with the templates in force and sample values.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::files::{self, File};
use super::mail_html;
use crate::http::Fault;
use crate::http::faults::Code;
use crate::http::rebinding::refuse_other_sites;
use crate::http::reply::{self, Answer};
use crate::mail::Preview as Mails;
use crate::settings::Settings;

const FILES: &[File] = &[
    File::html("/mailbox/preview", include_str!("../../web/mailbox/preview.html")),
    File::html("/mailbox/preview/", include_str!("../../web/mailbox/preview.html")),
    File::script("/assets/mailbox/preview.js", include_str!("../../web/mailbox/preview.js")),
];

/// The preview of the mails.
#[derive(Clone)]
pub(super) struct Preview {
    mails: Arc<Mails>,
}

/// A mail with sample values.
#[derive(Serialize)]
struct Shown {
    kind: &'static str,
    subject: String,
    text: String,
    html: Option<String>,
}

impl Preview {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { mails: Arc::new(Mails::of(settings)) }
    }

    pub(super) fn mount(&self, config: &mut ServiceConfig) {
        files::mount(FILES, config);
        config
            .app_data(Data::new(self.clone()))
            .service(web::resource("/mailbox/preview.json").route(web::get().to(list)).route(web::head().to(list)))
            .service(
                web::resource("/mailbox/preview/{kind}.html").route(web::get().to(html)).route(web::head().to(html)),
            );
    }

    /// Renders all mails, on a thread that may wait for the disk.
    async fn render(&self) -> Result<Vec<Shown>, Fault> {
        let mails = Arc::clone(&self.mails);
        let rendered = tokio::task::spawn_blocking(move || mails.mails()).await.map_err(Fault::internal)?;
        let rendered = rendered
            .map_err(|error| Fault::detail(StatusCode::UNPROCESSABLE_ENTITY, Code::Refused, error.to_string()))?;
        let shown = rendered.into_iter().map(|(kind, mail)| Shown {
            kind,
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
        });
        Ok(shown.collect())
    }
}

async fn list(request: HttpRequest, preview: Data<Preview>) -> HttpResponse {
    let listed = async {
        refuse_other_sites(&request)?;
        let mails = preview.render().await?;
        reply::json(StatusCode::OK, &mails)
    };
    mail_html::respond(&request, listed.await)
}

async fn html(request: HttpRequest, preview: Data<Preview>, kind: Path<String>) -> HttpResponse {
    let found: Answer = async {
        refuse_other_sites(&request)?;
        let mail = preview.render().await?.into_iter().find(|mail| mail.kind == kind.as_str());
        mail.and_then(|mail| mail.html).map(|html| mail_html::page(&html)).ok_or_else(Fault::not_found)
    }
    .await;
    mail_html::respond(&request, found)
}
