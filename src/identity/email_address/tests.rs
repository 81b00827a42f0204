//! What is an e-mail address, and which two are the same.

use proptest::prelude::*;

use super::*;

fn parse(typed: &str) -> EmailAddress {
    EmailAddress::parse(typed).expect("an address")
}

/// Accepted by Django 5.2 as well.
const ACCEPTED: &[&str] = &[
    "ann@example.com",
    "ann+tag@example.com",
    "o'brien@example.ie",
    "a@localhost",
    "a@[127.0.0.1]",
    "a@[::1]",
    "a@[::ffff:1.2.3.4]",
    "\"a@b\"@example.com",
    "\"a\\\"b\"@example.com",
    "!#$%&'*+-/=?^_`{|}~@x.example",
    "ANN@EXAMPLE.COM",
    "a@münchen.example",
    "a@日本.jp",
    "a@example.рф",
    "a@example.vermögensberatung",
    "a@x.xn--p1ai",
    "a@x.XN--P1AI",
    "a@x.co-m",
    "a@1.2.com",
    "a@a--b.com",
];

/// Refused by Django 5.2 as well.
const REFUSED: &[&str] = &[
    "@",
    "a",
    "a@",
    "@b.com",
    "a@b",
    "a@b.c",
    "a@b.12",
    "a@b.c1",
    "a@b.com.",
    "a@.b.com",
    "a@b..com",
    "a@-b.com",
    "a@b-.com",
    "a@b.-com",
    "a@b.com-",
    "a@b_c.com",
    "a@b c.com",
    "a b@c.com",
    ".a@b.com",
    "a.@b.com",
    "a..b@c.com",
    "a@b@c.com",
    "Ann <a@b.com>",
    "<a@b.com>",
    "a@b.com,c@d.com",
    "ü@x.example",
    "\"a b\"@x.com",
    "\"a\"b\"@x.com",
    "\"a\\\"@x.com",
    "\"ü\"@x.com",
    "\"@x.com",
    "a@LOCALHOST",
    "a@127.0.0.1",
    "a@[127.0.0]",
    "a@[256.0.0.1]",
    "a@[01.2.3.4]",
    "a@[1::2::3]",
    "a@[IPv6:::1]",
    "a@[]",
    "a@[127.0.0.1",
    "a@x.😀",
    "a@😀.com",
    "a\n@b.com",
    "a\\b@c.com",
    "(c)a@b.com",
    "mailto:a@b.com",
    "a@b.xn--",
    "a@b.xn--a-b1",
];

/// Accepted by Django 5.2, which then cannot mail to them.
const REFUSED_BY_US_ALONE: &[&str] = &[
    "\"\u{1}\"@example.com",
    "\"a\\\tb\"@example.com",
    "\"a\\ b\"@example.com",
    "\"\"@example.com",
    "\"\u{7f}\"@example.com",
    "a@b\u{2003}c.example",
    "a@℀.example",
    "a@b。。c.example",
    "a@example.１２",
    "a@b\u{202e}c.example",
    "ſ@example.com",
    "\u{212a}@example.com",
];

#[test]
fn what_can_be_mailed_to_is_accepted() {
    for typed in ACCEPTED {
        assert!(EmailAddress::parse(typed).is_ok(), "{typed:?}");
    }
    assert!(EmailAddress::parse(&format!("a@{}.com", "b".repeat(63))).is_ok());
}

#[test]
fn what_is_not_written_as_an_address_is_refused() {
    for typed in REFUSED.iter().chain(REFUSED_BY_US_ALONE) {
        assert_eq!(EmailAddress::parse(typed), Err(vec![EmailFault::Invalid]), "{typed:?}");
    }
    assert_eq!(EmailAddress::parse(&format!("a@{}.com", "b".repeat(64))), Err(vec![EmailFault::Invalid]));
}

#[test]
fn a_blank_address_is_only_blank() {
    for typed in ["", " ", "\t\n\u{1f}\u{3000}"] {
        assert_eq!(EmailAddress::parse(typed), Err(vec![EmailFault::Blank]), "{typed:?}");
    }
}

#[test]
fn an_address_has_at_most_254_characters() {
    let labels = ["b".repeat(63), "c".repeat(63), "d".repeat(55)].join(".");
    let longest = format!("{}@{labels}.example", &"a".repeat(63)[..62]);
    assert_eq!(longest.len(), 254);
    assert!(EmailAddress::parse(&longest).is_ok());
    assert!(EmailAddress::parse(&format!(" {longest} ")).is_ok());
    assert_eq!(EmailAddress::parse(&format!("a{longest}")), Err(vec![EmailFault::TooLong { maximum: 254 }]));
}

#[test]
fn what_does_not_fit_into_smtp_is_no_address() {
    let local = "a".repeat(64);
    assert!(EmailAddress::parse(&format!("{local}@example.com")).is_ok());
    assert_eq!(EmailAddress::parse(&format!("a{local}@example.com")), Err(vec![EmailFault::Invalid]));
    let quoted = format!("\"{}\"@example.com", "a".repeat(62));
    assert!(EmailAddress::parse(&quoted).is_ok());
    assert_eq!(EmailAddress::parse(&quoted.replace("aaa", "aaaa")), Err(vec![EmailFault::Invalid]));
    // Of 237 characters, in punycode of more than 254.
    let labels = ["ü", "é", "ö", "ä", "ß"].map(|letter| letter.repeat(45)).join(".");
    let international = format!("{labels}.example");
    assert_eq!(EmailAddress::parse(&format!("a@{international}")), Err(vec![EmailFault::Invalid]));
}

#[test]
fn addresses_of_one_machine_are_told_from_those_of_the_internet() {
    for (typed, is_public) in [
        ("a@example.com", true),
        ("a@münchen.example", true),
        ("\"a.b\"@example.org", true),
        ("a@localhost", false),
        ("a@[192.0.2.1]", false),
        ("a@[::1]", false),
    ] {
        assert_eq!(parse(typed).is_public(), is_public, "{typed}");
    }
}

#[test]
fn every_fault_is_reported_in_the_order_of_the_contract() {
    use EmailFault::{Invalid, NullCharacter, TooLong};
    assert_eq!(EmailAddress::parse("a\0@example.com"), Err(vec![NullCharacter, Invalid]));
    assert_eq!(EmailAddress::parse(&"a".repeat(255)), Err(vec![TooLong { maximum: 254 }, Invalid]));
    assert_eq!(EmailAddress::parse(&"\0".repeat(255)), Err(vec![TooLong { maximum: 254 }, NullCharacter, Invalid]));
}

#[test]
fn the_local_part_is_kept_and_the_domain_is_put_in_lower_case() {
    let address = parse(" Ann.Lee@MÜNCHEN.Example\n");
    assert_eq!(address.as_str(), "Ann.Lee@münchen.example");
    assert_eq!(address.local_part(), "Ann.Lee");
    assert_eq!(address.domain(), "münchen.example");
    assert_eq!(address.ascii_domain(), "xn--mnchen-3ya.example");
    assert_eq!(parse("\"A@B\"@X.example").local_part(), "\"A@B\"");
}

#[test]
fn letter_case_and_the_spelling_of_the_domain_do_not_distinguish() {
    for (one, other) in [
        ("ANN@example.com", "ann@EXAMPLE.com"),
        ("a@münchen.example", "a@xn--mnchen-3ya.example"),
        ("a@mu\u{308}nchen.example", "a@MÜNCHEN.example"),
        ("a@ｅxample.com", "a@example.com"),
        ("a@[::AB]", "A@[::ab]"),
        ("\"a.b\"@x.example", "A.b@x.example"),
        ("\"a\\b\"@x.example", "ab@x.example"),
        ("\"a\\@b\"@x.example", "\"a@B\"@x.example"),
    ] {
        assert_eq!(parse(one).key(), parse(other).key(), "{one} and {other}");
    }
}

#[test]
fn tags_and_dots_distinguish() {
    for (one, other) in
        [("ann+a@x.example", "ann@x.example"), ("a.b@x.example", "ab@x.example"), ("a@x.example", "a@y.example")]
    {
        assert_ne!(parse(one).key(), parse(other).key(), "{one} and {other}");
    }
}

#[test]
fn a_stored_address_without_a_punycode_form_still_has_a_key() {
    assert_eq!(EmailAddress::from_stored("ÄNN@xn--\u{fffd}.Com").key(), "änn@xn--\u{fffd}.com");
    assert_eq!(EmailAddress::from_stored("Ann").key(), "ann@");
}

#[test]
fn debug_shows_one_character_of_the_local_part() {
    assert_eq!(format!("{:?}", parse("ann@example.com")), "EmailAddress(a…@example.com)");
    assert_eq!(format!("{:?}", EmailAddress::from_stored("no address")), "EmailAddress(n…@)");
}

proptest! {
    #[test]
    fn parsing_an_address_again_changes_nothing(typed in "[a-zA-Z0-9.+\"]{1,8}@[a-zA-Z0-9üÜßİ.-]{1,12}\\.[a-zA-Zé]{1,4}") {
        if let Ok(address) = EmailAddress::parse(&typed) {
            prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
            prop_assert_eq!(EmailAddress::from_stored(address.key()).key(), address.key());
        }
    }

    #[test]
    fn no_text_makes_parsing_panic(typed in "\\PC{0,40}") {
        let _ = EmailAddress::parse(&typed);
    }
}

#[test]
fn tags_and_dots_that_the_provider_ignores_lead_to_one_mailbox() {
    let mailbox = |address| EmailAddress::parse(address).expect("an address").mailbox();
    for (address, expected) in [
        ("Ann@Mail.example", "ann@mail.example"),
        ("ann+1@mail.example", "ann@mail.example"),
        ("ann+1+2@mail.example", "ann@mail.example"),
        ("ann+@mail.example", "ann@mail.example"),
        ("a.n.n@mail.example", "a.n.n@mail.example"),
        ("a.n.n+shop@gmail.com", "ann@gmail.com"),
        ("A.nn@GoogleMail.com", "ann@gmail.com"),
        ("a.n-n_+shop@proton.me", "ann@proton.me"),
        ("A-nn@ProtonMail.com", "ann@proton.me"),
        ("ann@pm.me", "ann@proton.me"),
        ("+ann@mail.example", "+ann@mail.example"),
        ("ann+1@bücher.example", "ann@xn--bcher-kva.example"),
    ] {
        assert_eq!(mailbox(address), expected, "{address}");
    }
}
