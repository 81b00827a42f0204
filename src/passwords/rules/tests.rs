//! Which passwords are weak, and for whom.

use super::PersonalAttribute::{EmailAddress, FirstName, LastName, Username};
use super::WeakPassword::{EntirelyNumeric, TooCommon, TooShort, TooSimilar};
use super::*;

/// Password, username, first name, last name, e-mail address, and what Django 5.2 says of them.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [WeakPassword]);

const CASES: &[Case] = &[
    ("Kettle-Harbor-42", "ann", "Ann", "Lee", "ann@mail.example", &[]),
    ("annabella", "annabella", "", "", "", &[TooSimilar(Username)]),
    ("ANNABELLA1", "annabella", "", "", "", &[TooSimilar(Username)]),
    ("allebanna", "annabella", "", "", "", &[TooSimilar(Username)]),
    ("annabell", "ann", "Annabella", "", "", &[TooSimilar(FirstName), TooCommon]),
    ("xbergmann1", "ann", "", "Bergmann", "", &[TooSimilar(LastName)]),
    ("examplemail", "ann", "", "", "ann@mail.example", &[TooSimilar(EmailAddress)]),
    ("ann@mail.example", "bob", "", "", "ann@mail.example", &[TooSimilar(EmailAddress)]),
    ("mail.exampl", "bob", "", "", "ann@mail.example", &[TooSimilar(EmailAddress)]),
    ("ann@mail", "bob", "", "", "ann@mail.example", &[]),
    ("vanderberg", "bob", "", "van der Berg", "", &[TooSimilar(LastName)]),
    ("van der Berg", "bob", "", "van der Berg", "", &[TooSimilar(LastName)]),
    ("jane-doe", "jane_doe", "", "", "", &[TooSimilar(Username)]),
    ("jane.doe", "jane.doe", "", "", "", &[TooSimilar(Username)]),
    ("janedoe1", "jane", "doe", "", "", &[]),
    ("obrienobrien", "bob", "", "O'Brien", "", &[]),
    ("żółćżółć", "żółć", "", "", "", &[]),
    ("ŻÓŁĆżółw", "żółćżółw", "", "", "", &[TooSimilar(Username)]),
    ("σίσυφος", "ΣΊΣΥΦΟΣ", "", "", "", &[TooSimilar(Username), TooShort { minimum: 8 }]),
    ("straßenbau", "Straßenbau", "", "", "", &[TooSimilar(Username)]),
    ("abcdefghij", "abcdefgxyz", "", "", "", &[TooSimilar(Username), TooCommon]),
    ("abcdefghij", "abcdefxyzw", "", "", "", &[TooCommon]),
    ("annannannannannannannannannann", "ann", "", "", "", &[]),
    ("password", "ann", "", "", "", &[TooCommon]),
    ("PASSWORD", "ann", "", "", "", &[TooCommon]),
    (" password ", "ann", "", "", "", &[TooCommon]),
    ("password", "password", "", "", "", &[TooSimilar(Username), TooCommon]),
    ("12345678", "ann", "", "", "", &[TooCommon, EntirelyNumeric]),
    ("1234", "ann", "", "", "", &[TooShort { minimum: 8 }, TooCommon, EntirelyNumeric]),
    ("98127643", "ann", "", "", "", &[EntirelyNumeric]),
    ("٣٤٥٦٧٨٩١", "ann", "", "", "", &[EntirelyNumeric]),
    ("²³²³²³²³", "ann", "", "", "", &[EntirelyNumeric]),
    ("1234 5678", "ann", "", "", "", &[]),
    ("-12345678", "ann", "", "", "", &[]),
    ("aaa", "ann", "", "", "", &[TooShort { minimum: 8 }, TooCommon]),
    ("éééééé7", "ann", "", "", "", &[TooShort { minimum: 8 }]),
    ("ééééééé7", "ann", "", "", "", &[]),
    ("qwerty", "ann", "", "", "", &[TooShort { minimum: 8 }, TooCommon]),
    ("correct horse battery staple", "ann", "", "", "", &[]),
    ("friend of emily", "ann", "", "", "", &[TooCommon]),
    ("annlee77", "annlee77", "Ann", "Lee", "annlee77@mail.example", &[TooSimilar(Username)]),
    ("leeann", "bob", "Ann", "Leean", "leeann@x.example", &[TooSimilar(LastName), TooShort { minimum: 8 }, TooCommon]),
];

fn password(sent: &str) -> Password {
    Password::parse(sent, 1_000).expect("a password")
}

#[test]
fn the_rules_say_what_the_reference_says() {
    for &(sent, username, first_name, last_name, email, expected) in CASES {
        let person = PersonalData { username, first_name, last_name, email };
        assert_eq!(PasswordRules::default().check(&password(sent), &person), expected, "{sent:?} of {username:?}");
    }
}

#[test]
fn only_the_first_similar_attribute_is_named() {
    let person =
        PersonalData { username: "", first_name: "Annabella", last_name: "Annabella", email: "annabella@x.example" };
    assert_eq!(PasswordRules::default().check(&password("Annabella!"), &person), [TooSimilar(FirstName)]);
}

#[test]
fn without_personal_data_nothing_is_similar() {
    assert_eq!(PasswordRules::default().check(&password("Kettle-Harbor"), &PersonalData::default()), []);
}

#[test]
fn a_rule_that_is_off_finds_nothing() {
    let person = PersonalData { username: "1234", ..PersonalData::default() };
    let all = PasswordRules::default();
    let weak = password("1234");
    let all_but = |left_out: WeakPassword| {
        let mut rest = all.check(&weak, &person);
        assert!(rest.contains(&left_out));
        rest.retain(|weakness| *weakness != left_out);
        rest
    };
    let check = |rules: PasswordRules| rules.check(&weak, &person);
    assert_eq!(check(PasswordRules { refuses_similar: false, ..all }), all_but(TooSimilar(Username)));
    assert_eq!(check(PasswordRules { minimum_length: 0, ..all }), all_but(TooShort { minimum: 8 }));
    assert_eq!(check(PasswordRules { refuses_common: false, ..all }), all_but(TooCommon));
    assert_eq!(check(PasswordRules { refuses_numeric: false, ..all }), all_but(EntirelyNumeric));
}

#[test]
fn the_minimum_length_is_named_and_enough() {
    let rules = PasswordRules { minimum_length: 12, ..PasswordRules::default() };
    let nobody = PersonalData::default();
    assert_eq!(rules.check(&password("kettle-harb"), &nobody), [TooShort { minimum: 12 }]);
    assert_eq!(rules.check(&password("kettle-harbo"), &nobody), []);
}

#[test]
fn fractions_and_roman_numerals_are_numbers_too() {
    assert_eq!(PasswordRules::default().check(&password("½¾ⅧⅫ½¾ⅧⅫ"), &PersonalData::default()), [EntirelyNumeric]);
}
