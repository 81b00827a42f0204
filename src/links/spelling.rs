//! The spellings of a link: how user, address, time and MAC are written if they are not separate parameters.
//!
//! All spellings carry the same MAC of the same input. `docs/links.md` describes them for other languages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::link_secret::decode_lower_hex;
use super::syntax::{EMAIL_MAX_CHARACTERS, USER_ID_MAX_BYTES, parse_timestamp};
use crate::clock::Timestamp;

/// How a link contains its claim. A contract accepts one spelling, and refuses the others as malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spelling {
    /// `user_id`, `timestamp`, `signature`, and `email` where the purpose signs an address.
    Parts,
    /// `uid` and `token`, which contains the first half of the MAC.
    UidToken,
    /// `key`: all in one text.
    Key,
}

/// Separates user id and address. It is a control character, so neither of the two can contain it.
const ADDRESS_MARK: char = '\n';

/// The longest `uid`: the base64url of the longest user id, the mark, and the longest address of four-byte characters.
const UID_MAX_CHARACTERS: usize = (USER_ID_MAX_BYTES + 1 + 4 * EMAIL_MAX_CHARACTERS).div_ceil(3) * 4;

/// The length of 32 bytes in base64url.
const WHOLE_MAC_CHARACTERS: usize = 43;

/// Writes user id and address as unpadded base64url.
pub(super) fn uid(user_id: &str, address: Option<&str>) -> String {
    match address {
        None => URL_SAFE_NO_PAD.encode(user_id),
        Some(address) => URL_SAFE_NO_PAD.encode(format!("{user_id}{ADDRESS_MARK}{address}")),
    }
}

/// Writes time and the first half of the MAC: `1700000000-` and 32 hex digits.
pub(super) fn token(timestamp: Timestamp, mac: &[u8; 32]) -> String {
    format!("{}-{}", timestamp.unix_seconds(), hex::encode(&mac[..16]))
}

/// Writes everything as one text: `uid`, `:`, the time, `:`, and the MAC in base64url.
pub(super) fn key(uid: &str, timestamp: Timestamp, mac: &[u8; 32]) -> String {
    format!("{uid}:{}:{}", timestamp.unix_seconds(), URL_SAFE_NO_PAD.encode(mac))
}

/// Decodes user id and address without checking them.
pub(super) fn read_uid(uid: &str) -> Option<(String, Option<String>)> {
    if uid.len() > UID_MAX_CHARACTERS {
        return None;
    }
    // The engine accepts no padding, no other alphabet and no bits beyond the last byte: each text has one spelling.
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(uid).ok()?).ok()?;
    Some(match text.split_once(ADDRESS_MARK) {
        None => (text, None),
        Some((user_id, address)) => (user_id.to_owned(), Some(address.to_owned())),
    })
}

/// Parses time and half a MAC.
pub(super) fn read_token(token: &str) -> Option<(Timestamp, [u8; 16])> {
    // Split at the last hyphen: the time may be negative.
    let (timestamp, digits) = token.rsplit_once('-')?;
    Some((parse_timestamp(timestamp)?, decode_lower_hex(digits)?))
}

/// Parses the three parts of a key: a `uid`, which is not checked yet, the time, and the whole MAC.
pub(super) fn read_key(key: &str) -> Option<(&str, Timestamp, [u8; 32])> {
    let (uid, rest) = key.split_once(':')?;
    let (timestamp, mac) = rest.split_once(':')?;
    if mac.len() != WHOLE_MAC_CHARACTERS {
        return None;
    }
    Some((uid, parse_timestamp(timestamp)?, URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_has_one_spelling() {
        assert_eq!(uid("a", None), "YQ");
        assert_eq!(uid("a", Some("b@c.de")), "YQpiQGMuZGU");
        assert_eq!(read_uid("YQ"), Some(("a".to_owned(), None)));
        assert_eq!(read_uid("YQpiQGMuZGU"), Some(("a".to_owned(), Some("b@c.de".to_owned()))));
        for text in ["YQ=", "YQ==", "YR", "YS", "YZ", "Y", "Y Q", "YQ\n", "Y+/Q", "Y.Q", "%59Q", "YQ\0", "_w", "éQ"] {
            assert_eq!(read_uid(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_longest_uid_is_read_and_no_longer_one() {
        let (id, address) = ("i".repeat(USER_ID_MAX_BYTES), "\u{1f98a}".repeat(EMAIL_MAX_CHARACTERS));
        let longest = uid(&id, Some(&address));
        assert_eq!(longest.len().next_multiple_of(4), UID_MAX_CHARACTERS);
        assert_eq!(read_uid(&longest), Some((id, Some(address))));
        assert_eq!(read_uid(&"Y".repeat(UID_MAX_CHARACTERS + 4)), None);
    }

    #[test]
    fn a_token_has_one_spelling() {
        let digits = "00112233445566778899aabbccddeeff";
        let mac: [u8; 16] = decode_lower_hex(digits).expect("it is hex");
        for seconds in ["1700000000", "0", "-7"] {
            let timestamp = parse_timestamp(seconds).expect("a number");
            assert_eq!(read_token(&format!("{seconds}-{digits}")), Some((timestamp, mac)));
        }
        for text in [
            "",
            "-",
            "7",
            digits,
            &format!("-{digits}"),
            &format!("7{digits}"),
            &format!("7-{digits}0"),
            &format!("7-{digits}{digits}"),
            &format!("7-{}", &digits[1..]),
            &format!("7-{}", digits.to_uppercase()),
            &format!("7--{digits}"),
            &format!("+7-{digits}"),
            &format!("07-{digits}"),
            &format!(" 7-{digits}"),
            &format!("7-{digits}\n"),
            &format!("7:{digits}"),
            &format!("7-{digits}-"),
            &format!("9223372036854775808-{digits}"),
        ] {
            assert_eq!(read_token(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_key_has_one_spelling() {
        let mac = "A".repeat(43);
        assert_eq!(read_key(&format!("YQ:7:{mac}")), Some(("YQ", Timestamp::from_unix_seconds(7), [0; 32])));
        let last_changed = |last: char| format!("YQ:7:{}{last}", &mac[1..]);
        assert!(read_key(&last_changed('E')).is_some());
        for text in [
            "",
            "YQ",
            &format!("YQ:{mac}"),
            &format!("YQ:7:{mac}="),
            &format!("YQ:7:{mac}A"),
            &format!("YQ:7:{}", &mac[1..]),
            &format!("YQ:7:{mac}:"),
            &format!("YQ:7::{mac}"),
            &format!("YQ:7:8:{mac}"),
            &format!("YQ:07:{mac}"),
            &format!("YQ:+7:{mac}"),
            &format!("YQ: 7:{mac}"),
            &format!("YQ%3A7%3A{mac}"),
            &format!("YQ:7:{}+", &mac[1..]),
            &format!("YQ:7:{}\u{e9}", &mac[2..]),
            &last_changed('B'),
            &last_changed('C'),
            &last_changed('D'),
        ] {
            assert_eq!(read_key(text), None, "{text:?}");
        }
    }
}
