//! Judges what belongs to a user: sessions, provider accounts, addresses, and revoked tokens.

use crate::accounts::{
    MovedEmail, MovedSession, ProviderAccount, RevokedToken, Session, SessionKind, SessionToken, digest_of_token_id,
    is_lower_hex,
};
use crate::clock::{Seconds, Timestamp};
use crate::identity::UserId;
use crate::user_files::line::{MovedEmailLine, ProviderAccountLine, RevokedTokenLine, SessionLine};
use crate::user_files::values::Instant;

/// The most characters of a text that is kept as it is.
const LONGEST_TEXT: usize = 1_000;
/// The most characters of a provider's id of an account.
const LONGEST_SUBJECT: usize = 255;

/// What stands for instants that a line lacks.
pub(super) struct Parts {
    pub(super) began_at: Timestamp,
    pub(super) sessions_last: Seconds,
}

impl Parts {
    pub(super) fn session(&self, line: SessionLine, faults: &mut Vec<String>) -> Option<MovedSession> {
        let digest = match (line.token, line.digest) {
            (Some(token), None) => SessionToken::parse(&token).map(|token| token.digest()),
            (None, Some(digest)) => Some(digest).filter(|digest| is_lower_hex(digest, 64)),
            _ => None,
        };
        let Some(digest) = digest else {
            faults.push("a session needs `token` of 40 or 64 hexadecimal digits, or `digest` of 64".to_owned());
            return None;
        };
        let kind = line.kind.as_deref().map_or(Some(SessionKind::Token), SessionKind::parse);
        let Some(kind) = kind else {
            faults.push("the `kind` of a session is \"token\" or \"jwt\"".to_owned());
            return None;
        };
        if line.refresh_digest.as_ref().is_some_and(|digest| !is_lower_hex(digest, 64)) {
            faults.push("the `refresh_digest` of a session has 64 hexadecimal digits".to_owned());
        }
        let created_at = line.created_at.map_or(self.began_at, |Instant(at)| at);
        let session = Session {
            id: line
                .id
                .map_or_else(|| UserId::generate(self.began_at).to_string(), |id| name("sessions[].id", id, faults)),
            created_at,
            last_used_at: line.last_used_at.map_or(self.began_at, |Instant(at)| at),
            expires_at: line.expires_at.map_or_else(|| self.began_at.plus(self.sessions_last), |Instant(at)| at),
            user_agent: text("sessions[].user_agent", line.user_agent.unwrap_or_default(), faults),
            address: text("sessions[].address", line.address.unwrap_or_default(), faults),
        };
        let rotated_at = line.rotated_at.map(|Instant(at)| at);
        Some(MovedSession { session, kind, digest, refresh_digest: line.refresh_digest, rotated_at })
    }

    pub(super) fn provider_account(
        &self,
        line: ProviderAccountLine,
        faults: &mut Vec<String>,
    ) -> Option<ProviderAccount> {
        let subject = text("provider_accounts[].subject", line.subject.0, faults);
        if subject.is_empty() || subject.chars().count() > LONGEST_SUBJECT {
            faults.push(format!("the `subject` of a provider account has 1 to {LONGEST_SUBJECT} characters"));
        }
        let provider = name("provider_accounts[].provider", line.provider, faults);
        if provider.contains('\n') {
            faults.push("the `provider` of a provider account has a line feed".to_owned());
        }
        let created_at = line.created_at.map_or(self.began_at, |Instant(at)| at);
        let id = line.id.map(|id| name("provider_accounts[].id", id, faults));
        Some(ProviderAccount {
            id: id.unwrap_or_else(|| UserId::generate(self.began_at).to_string()),
            provider,
            subject,
            created_at,
            last_login_at: line.last_login_at.map(|Instant(at)| at),
            doubted_at: line.doubted_at.map(|Instant(at)| at),
        })
    }
}

pub(super) fn moved_email(line: MovedEmailLine, faults: &mut Vec<String>) -> Option<MovedEmail> {
    let id = name("moved_emails[].id", line.id.0, faults);
    let email = name("moved_emails[].email", line.email, faults);
    Some(MovedEmail { id, email })
}

pub(super) fn revoked_token(line: RevokedTokenLine, faults: &mut Vec<String>) -> Option<RevokedToken> {
    let digest = match (line.jti, line.digest) {
        (Some(jti), None) if !jti.is_empty() => Some(digest_of_token_id(&jti)),
        (None, Some(digest)) => Some(digest).filter(|digest| is_lower_hex(digest, 64)),
        _ => None,
    };
    if digest.is_none() {
        faults.push("a revoked token needs `jti`, or `digest` of 64 hexadecimal digits".to_owned());
    }
    Some(RevokedToken { digest: digest?, expires_at: line.expires_at.0 })
}

/// Returns a text that is kept as it is, and that something is found by.
fn name(member: &str, name: String, faults: &mut Vec<String>) -> String {
    if name.is_empty() {
        faults.push(format!("`{member}` is empty"));
    }
    text(member, name, faults)
}

/// Returns a text that is kept as it is, unless a database could not.
fn text(member: &str, text: String, faults: &mut Vec<String>) -> String {
    if text.contains('\0') || text.chars().count() > LONGEST_TEXT {
        faults.push(format!("`{member}` has a NUL or more than {LONGEST_TEXT} characters"));
    }
    text
}
