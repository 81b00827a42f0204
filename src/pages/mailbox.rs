//! `/mailbox`: the mails that transport "directory" has caught, as a page for people and as JSON for their tests.
//!
//! The mails hold links that take accounts over. So the settings serve them in development only, and requests that
//! another site's page may have made are refused.

use std::io;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderValue};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::files::{self, File};
use super::mail_html;
use crate::http::Fault;
use crate::http::faults::Code;
use crate::http::query::Parameters;
use crate::http::rebinding::refuse_other_sites;
use crate::http::reply::{self, Answer};
use crate::mail::CaughtMails;
use crate::settings::MailSettings;

const FILES: &[File] = &[
    File::html("/mailbox", include_str!("../../web/mailbox/index.html")),
    File::html("/mailbox/", include_str!("../../web/mailbox/index.html")),
    File::script("/assets/mailbox/mailbox.js", include_str!("../../web/mailbox/mailbox.js")),
    File::script("/assets/mailbox/view.js", include_str!("../../web/mailbox/view.js")),
    File::css("/assets/mailbox/mailbox.css", include_str!("../../web/mailbox/mailbox.css")),
];

/// How many mails an answer has, unless the request asks for fewer or more.
const DEFAULT_LIMIT: usize = 100;
const MOST: usize = 1000;
/// The parameter that names the recipient.
const TO: &str = "to";

/// The caught mails, or the sentence that tells why there are none.
#[derive(Clone)]
pub(super) struct Mailbox {
    mails: Arc<Result<CaughtMails, String>>,
}

impl Mailbox {
    pub(super) fn new(settings: &MailSettings) -> Self {
        Self { mails: Arc::new(CaughtMails::of(settings)) }
    }

    pub(super) fn mount(&self, config: &mut ServiceConfig) {
        files::mount(FILES, config);
        config
            .app_data(Data::new(self.clone()))
            .service(
                web::resource("/mailbox/mails.json")
                    .route(web::get().to(list))
                    .route(web::head().to(list))
                    .route(web::delete().to(delete)),
            )
            .service(web::resource("/mailbox/mails/{id}.html").route(web::get().to(html)).route(web::head().to(html)))
            .service(
                web::resource("/mailbox/mails/{id}.eml").route(web::get().to(source)).route(web::head().to(source)),
            );
    }

    /// Runs `work` on a thread that may wait for the disk.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CaughtMails) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let mails = Arc::clone(&self.mails);
        let done = tokio::task::spawn_blocking(move || match &*mails {
            Ok(mails) => work(mails).map_err(Fault::internal),
            Err(elsewhere) => Err(Fault::detail(StatusCode::NOT_FOUND, Code::NotFound, elsewhere.clone())),
        });
        done.await.map_err(Fault::internal)?
    }
}

async fn list(request: HttpRequest, mailbox: Data<Mailbox>) -> HttpResponse {
    mail_html::respond(&request, listed(&request, &mailbox).await)
}

async fn delete(request: HttpRequest, mailbox: Data<Mailbox>) -> HttpResponse {
    let deleted = async {
        refuse_other_sites(&request)?;
        let wanted = Parameters::of(&request)?;
        // What is misspelt must not delete everything.
        if let Some(unknown) = wanted.names().find(|name| *name != TO) {
            let text =
                format!("The parameter {unknown} is unknown; known is {TO}, the address whose mails are deleted.");
            return Err(Fault::parse_error(text));
        }
        let to = wanted.get(TO).map(str::to_owned);
        mailbox.read(move |mails| mails.delete(to.as_deref())).await?;
        Ok(reply::no_content())
    };
    mail_html::respond(&request, deleted.await)
}

async fn html(request: HttpRequest, mailbox: Data<Mailbox>, id: Path<String>) -> HttpResponse {
    let found = async {
        refuse_other_sites(&request)?;
        let mail = mailbox.read(move |mails| mails.mail(&id)).await?;
        let html = mail.and_then(|mail| mail.html).ok_or_else(Fault::not_found)?;
        Ok(mail_html::page(&html))
    };
    mail_html::respond(&request, found.await)
}

async fn source(request: HttpRequest, mailbox: Data<Mailbox>, id: Path<String>) -> HttpResponse {
    let found = async {
        refuse_other_sites(&request)?;
        let source = mailbox.read(move |mails| mails.source(&id)).await?.ok_or_else(Fault::not_found)?;
        let mut response = HttpResponse::Ok().body(source);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        Ok(response)
    };
    mail_html::respond(&request, found.await)
}

async fn listed(request: &HttpRequest, mailbox: &Mailbox) -> Answer {
    refuse_other_sites(request)?;
    let wanted = Parameters::of(request)?;
    let (to, limit) = (wanted.get(TO).map(str::to_owned), limit(wanted.get("limit"))?);
    let ids = mailbox.read(CaughtMails::ids).await?;
    let tag = files::tag(&ids);
    // The page asks every second, and most of the time nothing is new.
    let mut response = if files::is_known(request, &tag) {
        HttpResponse::NotModified().finish()
    } else {
        let mails = mailbox.read(move |mails| mails.newest(to.as_deref(), limit)).await?;
        reply::json(StatusCode::OK, &mails)?
    };
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

fn limit(wanted: Option<&str>) -> Result<usize, Fault> {
    let Some(wanted) = wanted else { return Ok(DEFAULT_LIMIT) };
    let limit = wanted.parse::<usize>().map_err(|_| {
        Fault::parse_error(format!(
            "The parameter limit is no whole number; write one from 0 to {MOST}, as in ?limit=1."
        ))
    })?;
    Ok(limit.min(MOST))
}
