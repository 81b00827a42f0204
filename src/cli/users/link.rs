//! `countersign users link`.

use super::super::failure::{Failure, remark, say};
use super::super::terminal::printable;
use super::naming::Named;
use crate::accounts::{self, User, VerificationLinkError};
use crate::app::{Countersign, VerificationUrlError};
use crate::settings::Settings;

/// Prints a new link that verifies the user.
pub(super) async fn print(settings: Settings, user: &User, contract: Option<&str>) -> Result<(), Failure> {
    let names: Vec<_> = settings.contracts.enabled().map(|(name, _)| name).collect();
    if let Some(name) = contract.filter(|name| !names.contains(name)) {
        let (name, names) = (printable(name), names.join(", "));
        return Err(Failure::misused(format!("no contract that is on is named {name}; these are: {names}")));
    }
    let countersign = Countersign::builder(settings).start().await?;
    let link = match countersign.verification_url(user, contract).await {
        Ok(link) => link,
        Err(VerificationUrlError::NoPage) => {
            return Err(Failure::new(
                "the settings name no page for this link: set `registration.frontend_url` and \
                 `change_email.frontend_url`, or name a contract that has pages of its own with --contract",
            ));
        }
        Err(VerificationUrlError::Account(accounts::Failure::Service(error))) => return Err(error.into()),
        Err(VerificationUrlError::Account(accounts::Failure::Refused(fact))) => return Err(refused(user, fact)),
    };
    say!("{}", link.url);
    let email = printable(&link.email);
    remark(format_args!(
        "Opening it proves the address {email}, until {}. Give it to its owner only.",
        link.expires_at
    ));
    if let Some(at) = link.user_purged_at.filter(|at| *at < link.expires_at) {
        remark(format_args!("The unverified user is deleted after {at} (`users.purge_unverified_after_seconds`)."));
    }
    Ok(())
}

fn refused(user: &User, fact: VerificationLinkError) -> Failure {
    let (named, id) = (Named::from(user), printable(user.id.as_str()));
    Failure::new(match fact {
        VerificationLinkError::AlreadyVerified => format!(
            "{named} is verified already and needs no link; to have another address proved, run \
             `countersign users set-email id:{id} ADDRESS --unverified`"
        ),
        VerificationLinkError::Disabled => {
            format!("{named} is disabled, and no link changes that; run `countersign users enable id:{id}` first")
        }
        VerificationLinkError::NoEmail => {
            format!("{named} has no address to prove; run `countersign users set-email id:{id} ADDRESS` instead")
        }
        VerificationLinkError::EmailTaken => format!(
            "another verified user has the address of {named}, so that no link can verify this one; see \
             `countersign users search`"
        ),
        VerificationLinkError::SwitchedOff => {
            "users need not prove their address here (`registration.verification`), so there is no link".to_owned()
        }
        VerificationLinkError::SecretUnreadable => {
            format!("{fact}; run `countersign users set-email id:{id} ADDRESS --unverified`, which makes a new one")
        }
    })
}
