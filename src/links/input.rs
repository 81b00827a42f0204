//! The bytes that are signed: each field's length before its bytes, so that no two inputs share an encoding.

use itoa::Buffer;

use super::link_secret::LinkSecret;
use crate::clock::Timestamp;

/// Opens every input, so that no other use of the same key could ever sign the same bytes.
const DOMAIN: &[u8] = b"countersign-link";

/// The version of this encoding. A change of the fields or their order needs a new number.
const VERSION: &[u8] = b"1";

/// The upper half of the length of the user id, which is the first field that differs.
const LENGTH_UPPER_HALF: [u8; 4] = [0; 4];

/// Writes the fields that are the same in every link of a purpose. They come first, so that a signer can hash them
/// once. In a registration link they fill exactly one block of SHA-256.
pub(super) fn write_constants(purpose: &str, mut sink: impl FnMut(&[u8])) {
    write_field(DOMAIN, &mut sink);
    write_field(VERSION, &mut sink);
    write_field(purpose.as_bytes(), &mut sink);
    sink(&LENGTH_UPPER_HALF);
}

/// The fields that differ from link to link. The purpose determines which of the last two exist.
pub(super) struct Fields<'a> {
    pub user_id: &'a str,
    pub timestamp: Timestamp,
    pub address: Option<&'a str>,
    pub link_secret: Option<&'a LinkSecret>,
}

impl Fields<'_> {
    /// Writes the fields that follow the constants.
    pub(super) fn write(&self, mut sink: impl FnMut(&[u8])) {
        let length = u32::try_from(self.user_id.len()).expect("a user id is shorter than four gibibytes");
        sink(&length.to_be_bytes());
        sink(self.user_id.as_bytes());
        write_field(Buffer::new().format(self.timestamp.unix_seconds()).as_bytes(), &mut sink);
        if let Some(address) = self.address {
            write_field(address.as_bytes(), &mut sink);
        }
        if let Some(secret) = self.link_secret {
            write_field(&secret.hex_digits(), &mut sink);
        }
    }
}

fn write_field(bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
    sink(&(bytes.len() as u64).to_be_bytes());
    sink(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constants(purpose: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_constants(purpose, |part| bytes.extend_from_slice(part));
        bytes
    }

    fn written(fields: &Fields<'_>) -> Vec<u8> {
        let mut bytes = constants("p");
        fields.write(|part| bytes.extend_from_slice(part));
        bytes
    }

    #[test]
    fn a_field_is_its_length_in_eight_bytes_and_then_itself() {
        let fields =
            Fields { user_id: "é", timestamp: Timestamp::from_unix_seconds(-7), address: Some(""), link_secret: None };
        let expected = b"\0\0\0\0\0\0\0\x10countersign-link\0\0\0\0\0\0\0\x011\0\0\0\0\0\0\0\x01p\
            \0\0\0\0\0\0\0\x02\xc3\xa9\0\0\0\0\0\0\0\x02-7\0\0\0\0\0\0\0\0";
        assert_eq!(written(&fields), expected);
    }

    #[test]
    fn the_constants_of_a_registration_link_fill_a_block() {
        assert_eq!(constants("verify-registration").len(), 64);
    }

    #[test]
    fn the_longest_number_fits() {
        let fields =
            Fields { user_id: "", timestamp: Timestamp::from_unix_seconds(i64::MIN), address: None, link_secret: None };
        assert!(written(&fields).ends_with(b"-9223372036854775808"));
    }
}
