//! `countersign users set-email`.

use super::super::failure::Failure;
use super::super::terminal::printable;
use super::naming::Named;
use crate::accounts::{self, EmailStanding, SetEmailError, User};
use crate::app::Countersign;
use crate::identity::EmailAddress;
use crate::settings::Settings;

pub(super) async fn set(
    settings: Settings,
    user: User,
    email: EmailAddress,
    standing: EmailStanding,
) -> Result<(), Failure> {
    let countersign = Countersign::builder(settings).start().await?;
    let refused = match countersign.accounts().set_email(user.clone(), email.clone(), standing).await {
        Ok(()) => return Ok(()),
        Err(accounts::Failure::Service(error)) => return Err(Failure::new(error)),
        Err(accounts::Failure::Refused(fact)) => fact,
    };
    let (named, id) = (Named::from(&user), printable(user.id.as_str()));
    Err(match refused {
        SetEmailError::Taken => Failure::new(format!(
            "another verified user has the address; see `countersign users show email:{}`",
            printable(email.as_str())
        )),
        SetEmailError::SwitchedOff => Failure::misused(
            "links to new addresses are switched off (`change_email.verification`): leave --unverified out to vouch for \
             the address",
        ),
        SetEmailError::Disabled => Failure::new(format!(
            "{named} is disabled, and no link opens the account; run `countersign users enable id:{id}` first"
        )),
        SetEmailError::Overtaken => Failure::new(format!("{named} was changed by somebody else meanwhile; try again")),
    })
}
