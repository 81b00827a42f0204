//! What is a username, and which two are the same.

use proptest::prelude::*;

use super::*;

fn key(typed: &str) -> String {
    Username::parse(typed).expect("a username").key()
}

#[test]
fn usernames_of_any_script_are_accepted() {
    for typed in ["ann", "a", "żółć", "Ωμέγα", "アン", "안나", "user_1", "a.b@c+d-e", "२०२४", "x²", "Ⅷ", "①", "__"]
    {
        assert!(Username::parse(typed).is_ok(), "{typed:?}");
    }
}

#[test]
fn other_characters_are_refused() {
    for typed in [
        "a b",
        "a/b",
        "a\nb",
        "😀",
        "a\u{200d}b",
        "a!",
        "q\u{307}",
        "\u{64b}a",
        "a\u{a0}b",
        "ann™!",
        "¨",
        "🅰",
        "अं",
        "a\u{202e}b",
    ] {
        assert_eq!(Username::parse(typed), Err(vec![UsernameFault::BadCharacters]), "{typed:?}");
    }
}

#[test]
fn letters_that_draw_nothing_are_refused() {
    for nothing in [
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{1160}',
        '\u{17b4}',
        '\u{180b}',
        '\u{180e}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{202d}',
        '\u{2060}',
        '\u{2064}',
        '\u{2069}',
        '\u{2800}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{13441}',
        '\u{13442}',
        '\u{1d173}',
        '\u{e0001}',
        '\u{e0041}',
        '\u{e0100}',
    ] {
        for typed in [format!("ann{nothing}"), format!("a{nothing}nn"), format!("{nothing}ann"), nothing.to_string()] {
            assert_eq!(Username::parse(&typed), Err(vec![UsernameFault::BadCharacters]), "{typed:?}");
        }
    }
}

#[test]
fn no_letter_that_a_username_may_have_draws_nothing() {
    let invisible: Vec<char> = ('\0'..=char::MAX)
        .filter(|letter| Username::parse(&letter.to_string()).is_ok() && !crate::identity::is_visible(*letter))
        .collect();
    // These are made of visible letters by NFKC.
    assert_eq!(invisible, [] as [char; 0]);
}

#[test]
fn the_key_drops_what_draws_nothing() {
    for stored in ["ann\u{1160}", "\u{3164}Ann", "a\u{200b}nn", "an\u{ad}n\u{2800}", "ann\u{13441}\u{e0041}"] {
        assert_eq!(Username::from_stored(stored).key(), "ann", "{stored:?}");
    }
}

#[test]
fn scripts_are_not_mixed_but_where_people_do() {
    let mixed = Err(vec![UsernameFault::MixedScripts]);
    for typed in ["раypal", "annа", "Аnn", "αnn", "ann.анна", "ann@почта", "안나アンナ", "annא", "علي1٣"]
    {
        assert_eq!(Username::parse(typed), mixed, "{typed}");
    }
    for typed in ["анна_1@mail", "ann-kim@안나", "安ann", "東京タワー.tokyo", "ₐₙₙ", "ａｎｎ", "علي.3"]
    {
        assert_eq!(Username::parse(typed).is_ok(), typed != "анна_1@mail", "{typed}");
    }
}

#[test]
fn what_was_typed_is_looked_up_under_the_key_it_may_be_stored_by() {
    for typed in ["ann", " ANN\n", "ＡＮＮ", "ﬁn", "Żółć"] {
        assert_eq!(Username::lookup_key(typed), Some(key(typed)), "{typed}");
    }
    // As version 0.1.0 stored them.
    assert_eq!(Username::lookup_key("ANN\u{3164}").as_deref(), Some("ann\u{1160}"));
    assert_eq!(Username::lookup_key("Аnn").as_deref(), Some("аnn"));
    for typed in ["", " ", "a b", "ann\0", "ann\u{200b}"] {
        assert_eq!(Username::lookup_key(typed), None, "{typed:?}");
    }
    assert_eq!(Username::lookup_key(&"x".repeat(151)), None);
}

#[test]
fn a_blank_username_is_only_blank() {
    for typed in ["", " ", "\t\n\u{1f}\u{3000}"] {
        assert_eq!(Username::parse(typed), Err(vec![UsernameFault::Blank]), "{typed:?}");
    }
}

#[test]
fn blanks_at_the_ends_are_removed() {
    assert_eq!(Username::parse(" \u{1c}ann\n").expect("a username").as_str(), "ann");
}

#[test]
fn compatible_spellings_are_folded_before_the_check() {
    assert_eq!(Username::parse("ﬁn").expect("a username").as_str(), "fin");
    assert_eq!(Username::parse("ａｎｎ＠ｘ").expect("a username").as_str(), "ann@x");
    assert_eq!(Username::parse("e\u{301}").expect("a username").as_str(), "é");
    assert_eq!(Username::parse("Ⓐ").expect("a username").as_str(), "A");
    // U+2100 becomes `a/c`, and the slash is not allowed.
    assert_eq!(Username::parse("℀"), Err(vec![UsernameFault::BadCharacters]));
}

#[test]
fn the_length_counts_characters_as_typed_and_as_folded() {
    let too_long = Err(vec![UsernameFault::TooLong { maximum: 150 }]);
    assert!(Username::parse(&"ż".repeat(150)).is_ok());
    assert_eq!(Username::parse(&"ż".repeat(151)), too_long);
    assert_eq!(Username::parse(&"ﬁ".repeat(76)), too_long, "152 characters when folded");
    assert_eq!(Username::parse(&"e\u{301}".repeat(76)), too_long, "152 characters as typed");
}

#[test]
fn every_fault_is_reported_in_the_order_of_the_contract() {
    use UsernameFault::{BadCharacters, NullCharacter, TooLong};
    assert_eq!(Username::parse("ann\0"), Err(vec![BadCharacters, NullCharacter]));
    assert_eq!(Username::parse(&"\0".repeat(151)), Err(vec![BadCharacters, TooLong { maximum: 150 }, NullCharacter]));
}

#[test]
fn the_letter_case_is_shown_but_does_not_distinguish() {
    assert_eq!(Username::parse("ANN").expect("a username").as_str(), "ANN");
    for (one, other) in [
        ("ANN", "ann"),
        ("ŻÓŁĆ", "żółć"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬁN", "FiN"),
        ("Å", "a\u{30a}"),
        ("ẞ", "ss"),
    ] {
        assert_eq!(key(one), key(other), "{one} and {other}");
    }
}

#[test]
fn different_letters_stay_different() {
    for (one, other) in [("ann", "anne"), ("zolc", "żółć"), ("a.b", "ab"), ("I", "ı"), ("а", "a")] {
        assert_ne!(key(one), key(other), "{one} and {other}");
    }
}

proptest! {
    #[test]
    fn parsing_a_username_again_changes_nothing(typed in "\\PC{1,20}") {
        if let Ok(username) = Username::parse(&typed) {
            prop_assert_eq!(&Username::parse(username.as_str()).expect("still a username"), &username);
            prop_assert_eq!(Username::from_stored(username.key()).key(), username.key());
            prop_assert_eq!(Username::lookup_key(&typed), Some(username.key()));
        }
    }

    #[test]
    fn the_key_does_not_depend_on_letter_case(typed in "\\w{1,20}") {
        if let (Some(one), Some(other)) = (Username::lookup_key(&typed), Username::lookup_key(&typed.to_lowercase())) {
            // Lower case of a capital I with dot above is two characters, as its folding is.
            prop_assert_eq!(one, other);
        }
    }
}
