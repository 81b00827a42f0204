//! Writes all users as lines, each as an import reads it.

use std::io::{self, BufWriter, Write};

use serde_json::value::RawValue;

use super::json::Members;
use super::line::{Line, MovedEmailLine, ProviderAccountLine, RevokedTokenLine, SessionLine};
use super::report::{Stage, Step};
use super::values::{Id, Instant, Since};
use crate::accounts::{Administration, MovedSession, MovedUser, RevokedToken, ServiceError};
use crate::clock::Timestamp;
use crate::secret::Secret;

/// Why not everything was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// The database does not answer.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A stored profile is no JSON object. Only another program can have written it.
    #[error("the profile of user {0} is not a JSON object")]
    Profile(String),
}

/// Writes the users as they are at one instant, whatever is written meanwhile. Returns how many. Blocks the thread.
///
/// # Errors
///
/// Each [`ExportError`].
pub(crate) fn export(
    administration: &Administration,
    output: impl Write,
    tell: &mut dyn FnMut(Step),
) -> Result<u64, ExportError> {
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let mut export = administration.export()?;
    let of = export.count_users().map_err(ServiceError::from)?;
    let mut done = 0;
    loop {
        let users = export.next_users().map_err(ServiceError::from)?;
        if users.is_empty() {
            break;
        }
        for user in users {
            write(&mut output, &of_user(user)?)?;
            done += 1;
        }
        tell(Step { stage: Stage::Storing, done, of });
    }
    loop {
        let tokens = export.next_revoked_tokens().map_err(ServiceError::from)?;
        if tokens.is_empty() {
            break;
        }
        for RevokedToken { digest, expires_at } in tokens {
            let token = RevokedTokenLine { jti: None, digest: Some(digest), expires_at: Instant(expires_at) };
            write(&mut output, &Line { revoked_token: Some(token), ..Line::default() })?;
        }
    }
    output.flush()?;
    Ok(done)
}

fn write(output: &mut impl Write, line: &Line) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *output, line).map_err(io::Error::from)?;
    output.write_all(b"\n")?;
    Ok(())
}

fn of_user(moved: MovedUser) -> Result<Line, ExportError> {
    let MovedUser { user, owns_email, sessions, provider_accounts, origin, emails } = moved;
    let instant = |at: Option<Timestamp>| at.map(Instant);
    let since = |at: Option<Timestamp>| at.map(Since::At);
    let secret = |secret: Option<Secret>| secret.map(|secret| secret.expose().to_owned());
    let fields = match user.profile.as_stored() {
        None => None,
        Some(document) => {
            let members = serde_json::from_str::<Members<Box<RawValue>>>(document);
            Some(members.map_err(|_| ExportError::Profile(user.id.to_string()))?)
        }
    };
    // Said where the import would not find it out by itself, too: the settings may be others there.
    let may_own = user.email.is_some() && user.verified_at.is_some();
    Ok(Line {
        revoked_token: None,
        id: Some(Id(user.id.to_string())),
        username: user.username,
        email: user.email,
        owns_email: may_own.then_some(owns_email),
        created_at: Some(Instant(user.created_at)),
        verified_at: since(user.verified_at),
        disabled_at: since(user.disabled_at),
        staff_at: since(user.staff_at),
        last_login_at: instant(user.last_login_at),
        first_name: Some(user.first_name).filter(|name| !name.is_empty()),
        last_name: Some(user.last_name).filter(|name| !name.is_empty()),
        password_hash: Some(user.password_hash.expose().to_owned()),
        fields,
        fields_updated_at: instant(user.profile_updated_at),
        provider_accounts: provider_accounts
            .into_iter()
            .map(|account| ProviderAccountLine {
                provider: account.provider,
                subject: Id(account.subject),
                id: Some(account.id),
                created_at: Some(Instant(account.created_at)),
                last_login_at: instant(account.last_login_at),
                doubted_at: instant(account.doubted_at),
            })
            .collect(),
        sessions: sessions.into_iter().map(of_session).collect(),
        link_secret: Some(user.link_secret.expose().to_owned()),
        pending_email: user.pending_email,
        pending_email_secret: secret(user.pending_email_secret),
        used_email_secret: secret(user.used_email_secret),
        used_reset_secret: secret(user.used_reset_secret),
        used_reset_at: instant(user.used_reset_at),
        moved_at: origin.as_ref().map(|origin| Instant(origin.moved_at)),
        moved_link_secret: origin.map(|origin| origin.link_secret.expose().to_owned()),
        moved_emails: emails.into_iter().map(|moved| MovedEmailLine { id: Id(moved.id), email: moved.email }).collect(),
    })
}

fn of_session(moved: MovedSession) -> SessionLine {
    let session = moved.session;
    SessionLine {
        token: None,
        digest: Some(moved.digest),
        kind: Some(moved.kind.as_str().to_owned()),
        id: Some(session.id),
        created_at: Some(Instant(session.created_at)),
        last_used_at: Some(Instant(session.last_used_at)),
        expires_at: Some(Instant(session.expires_at)),
        user_agent: Some(session.user_agent).filter(|text| !text.is_empty()),
        address: Some(session.address).filter(|text| !text.is_empty()),
        refresh_digest: moved.refresh_digest,
        rotated_at: moved.rotated_at.map(Instant),
    }
}
