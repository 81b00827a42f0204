//! Why a mail was not delivered, in a form that may be kept in the database and written to the log.

use std::fmt;

/// Longest reason kept, in characters.
const REASON_MAX_CHARS: usize = 200;

/// Whether another attempt makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryFault {
    /// This mail will never be accepted as it is. An operator has to look.
    Refused,
    /// The mail may be accepted later.
    Delayed,
}

/// A mail that was not delivered, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryError {
    fault: DeliveryFault,
    is_about_the_sender: bool,
    code: Option<u16>,
    reason: String,
}

impl DeliveryError {
    /// Returns the error of a mail that will never be accepted as it is. Addresses and links are removed from `reason`.
    pub fn refused(code: Option<u16>, reason: &str) -> Self {
        Self { fault: DeliveryFault::Refused, is_about_the_sender: false, code, reason: presentable(reason) }
    }

    /// Returns the error of a mail that is to be tried again. Addresses and links are removed from `reason`.
    pub fn delayed(code: Option<u16>, reason: &str) -> Self {
        Self { fault: DeliveryFault::Delayed, is_about_the_sender: false, code, reason: presentable(reason) }
    }

    /// Returns the error of a mail that is to be tried again although the server refused it permanently. The server
    /// refused the sender or this machine, and would refuse every other mail too. An operator has to look. Addresses
    /// and links are removed from `reason`.
    pub fn sender_refused(code: Option<u16>, reason: &str) -> Self {
        Self { is_about_the_sender: true, ..Self::delayed(code, reason) }
    }

    /// Returns whether to try again.
    pub const fn fault(&self) -> DeliveryFault {
        self.fault
    }

    /// Returns whether the server refused the sender or this machine, and not the recipient.
    pub const fn is_about_the_sender(&self) -> bool {
        self.is_about_the_sender
    }

    /// Returns the mail server's answer, 400 to 599, if the fault was an answer.
    pub const fn code(&self) -> Option<u16> {
        self.code
    }

    /// Returns what happened, for people: one line of at most 200 characters without links and addresses.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for DeliveryError {}

/// One line without control characters, whose words that look like an address or a link are replaced.
fn presentable(text: &str) -> String {
    let visible: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words: Vec<&str> = visible.split_whitespace().map(discreet).collect();
    words.join(" ").chars().take(REASON_MAX_CHARS).collect()
}

fn discreet(word: &str) -> &str {
    let lower = word.to_ascii_lowercase();
    if lower.contains("://") || lower.contains("www.") || lower.contains("signature=") || carries_a_mac(word) {
        "(link)"
    } else if lower.contains('@') || lower.contains("%40") || lower.contains("＠") {
        "(address)"
    } else {
        word
    }
}

/// Returns whether a word may hold a part of a link's URL: a MAC in one of the spellings, delimited as in a URL.
fn carries_a_mac(word: &str) -> bool {
    const HALF_IN_HEX: usize = 32;
    const WHOLE_IN_BASE64: usize = 43;
    let is_hex = |letter: char| matches!(letter, '0'..='9' | 'a'..='f');
    let is_base64 = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let is_mac = |run: &str| {
        let digits = run.len() - run.trim_end_matches(is_hex).len();
        digits >= HALF_IN_HEX || run.len() == WHOLE_IN_BASE64
    };
    word.contains(['/', '=', '#', ':']) && word.split(|letter| !is_base64(letter)).any(is_mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_holds_neither_addresses_nor_links() {
        let error = DeliveryError::refused(
            Some(550),
            "550 5.1.1 <ann@mail.example>: unknown,\r\nsee HTTPS://help.example/?p=1 user=ann%40mail.example",
        );
        assert_eq!(error.reason(), "550 5.1.1 (address) unknown, see (link) (address)");
    }

    #[test]
    fn a_reason_holds_no_part_of_a_link() {
        let token = "1700000000-00112233445566778899aabbccddeeff";
        let key = "NDI:1700000000:_orI1_kQopHQfOC2KTFmCRxHJuX4LL2dUphtzCP2PlU";
        let text = format!("554 app.example/reset/NDI/{token} blocked, token={token} (#{key}) and {key}");
        let reason = DeliveryError::refused(Some(554), &text);
        assert_eq!(reason.reason(), "554 (link) blocked, (link) (link) and (link)");
        let host = "internal-a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4-1234567890.elb.example:25 refused";
        assert_eq!(DeliveryError::delayed(None, host).reason(), host, "a long name of a host is none");
    }

    #[test]
    fn a_reason_is_one_line_of_200_characters() {
        let error = DeliveryError::delayed(None, &"ü\n".repeat(500));
        assert_eq!(error.reason().chars().count(), 200);
        assert!(!error.reason().contains('\n'));
    }
}
