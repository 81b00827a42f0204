//! Writes every mail as it would be sent, to look at in a browser while templates are being written.
//!
//! ```sh
//! cargo run --example mails                 # the built-in templates
//! cargo run --example mails -- my-mails/    # your own (`mail.templates_directory`) over them
//! cargo run --example mails -- my-mails/ uid-token    # for pages with `{uid}` and `{token}`; likewise `key`
//! ```
//!
//! The files land in `var/mails/`: `KIND.html` and `KIND.txt`, the subject on top of the text.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use countersign::internals::{LinkValues, MailContext, MailKind, MailLink, MailProvider, MailUser, Templates};

fn main() -> Result<(), Box<dyn Error>> {
    let own = std::env::args_os().nth(1).map(PathBuf::from);
    let values = match std::env::args().nth(2).as_deref() {
        None => None,
        Some("uid-token") => Some(LinkValues::UidToken {
            uid: "MDFhMjAwYzQtNDM0MC03ZTdlLWI1YjItMGNiNTllMzU5OTJk".to_owned(),
            token: "1795309192-5825b259c8bd9b72fd0c0e226190d338".to_owned(),
        }),
        Some("key") => {
            Some(LinkValues::Key { key: "MDFh:1795309192:WCWyWci9m3L9DA4iYZDTOKnB8Ne-ZjTC4VB_mKs9LEQ".to_owned() })
        }
        Some(other) => return Err(format!("`{other}` is no spelling of links; write `uid-token` or `key`").into()),
    };
    let link = |kind: MailKind| kind.has_link().then(|| MailLink { values: values.clone(), ..sample_link() });
    let templates = Templates::load_for(own.as_deref(), |kind| link(kind).into_iter().collect())?;
    let directory = Path::new("var/mails");
    fs::create_dir_all(directory)?;
    for kind in MailKind::ALL {
        let mail = templates.render(kind, &sample(kind, link(kind)))?;
        fs::write(directory.join(format!("{kind}.txt")), format!("{}\n\n{}\n", mail.subject, mail.text))?;
        if let Some(html) = mail.html {
            fs::write(directory.join(format!("{kind}.html")), html)?;
        }
    }
    println!("{} mails are in {}/", MailKind::ALL.len(), directory.display());
    Ok(())
}

/// What the templates of a mail may say, of the length that values have in life.
fn sample(kind: MailKind, link: Option<MailLink>) -> MailContext {
    MailContext {
        app_name: "Rowing Club".to_owned(),
        user: MailUser {
            username: "ann".to_owned(),
            first_name: "Ann".to_owned(),
            last_name: "Lee".to_owned(),
            email: "ann.lee@example.org".to_owned(),
        },
        email: "ann.lee@example.org".to_owned(),
        link,
        provider: kind.may_name_provider().then(|| MailProvider { provider_title: "GitHub".to_owned() }),
    }
}

fn sample_link() -> MailLink {
    let url = "https://app.example.org/verify-user/?user_id=01a200c4-4340-7e7e-b5b2-0cb59e35992d&timestamp=1795309192\
               &signature=5825b259c8bd9b72fd0c0e226190d338a9c1f0d7be6634c2e1507f98ab3d2c44";
    MailLink { verification_url: url.to_owned(), expires_in: "7 days".to_owned(), values: None }
}
