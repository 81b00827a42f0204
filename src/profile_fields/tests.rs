//! What is accepted is kept, and nothing else is lost.

use proptest::prelude::*;

use super::*;

fn field(field_type: FieldType) -> ProfileField {
    Declaration::new("it", field_type).check().unwrap()
}

#[test]
fn values_are_judged_by_type_and_limits() {
    use ProfileValue::{Boolean, Integer, Null, Text};
    let short = field(FieldType::Text { min_length: 2, max_length: 3, pattern: Pattern::parse("[a-z]*").ok() });
    let date = |text| Date::parse(text).unwrap();
    let days = field(FieldType::Date { min: date("2000-01-01"), max: date("2000-12-31") });
    let choice = field(FieldType::Choice(vec!["Öl".to_owned()]));
    let text = |text: &str| Text(text.to_owned());
    let no_choice = || Err(vec![ValueFault::NotAChoice]);
    for (field, value, expected) in [
        (&short, text("ab"), Ok(text("ab"))),
        (&short, text(" "), Ok(text(""))),
        (&short, text("\u{1c} ab\n"), Ok(text("ab"))),
        (&short, text("a "), Err(vec![ValueFault::TooShort { minimum: 2 }])),
        (&short, text("a"), Err(vec![ValueFault::TooShort { minimum: 2 }])),
        (&short, text("abcd"), Err(vec![ValueFault::TooLong { maximum: 3 }])),
        (&short, text("A\0"), Err(vec![ValueFault::NullCharacter, ValueFault::PatternMismatch])),
        (&short, Integer(12), Err(vec![ValueFault::NotText])),
        (&short, Null, Err(vec![ValueFault::Null])),
        (
            &field(FieldType::INTEGER),
            Integer(i64::MAX),
            Err(vec![ValueFault::TooLarge { maximum: Bound::Integer(9_007_199_254_740_991) }]),
        ),
        (&field(FieldType::INTEGER), Null, Ok(Null)),
        (&field(FieldType::Boolean), Integer(1), Err(vec![ValueFault::NotABoolean])),
        (&field(FieldType::Boolean), Boolean(true), Ok(Boolean(true))),
        (&days, text("2000-2-3"), Ok(text("2000-02-03"))),
        (&days, text("1999-12-31"), Err(vec![ValueFault::TooSmall { minimum: Bound::Date(date("2000-01-01")) }])),
        (&days, text("2001-02-29"), Err(vec![ValueFault::NotADate])),
        (&choice, text("Öl"), Ok(text("Öl"))),
        (&choice, text("öl"), no_choice()),
        (&choice, text("Öl "), no_choice()),
        (&choice, text(""), no_choice()),
    ] {
        assert_eq!(field.check(value.clone()), expected, "{field:?} {value:?}");
    }
}

#[test]
fn a_text_of_the_command_line_is_a_value_without_the_blanks_around_it() {
    let choice = field(FieldType::Choice(vec!["a b".to_owned()]));
    assert_eq!(choice.parse(" a b "), Ok("a b".into()));
    assert_eq!(choice.parse("ab"), Err(vec![ValueFault::NotAChoice]));
    assert_eq!(field(FieldType::TEXT).parse(" a b "), Ok("a b".into()));
    assert_eq!(field(FieldType::INTEGER).parse(" -7 "), Ok((-7).into()));
    assert_eq!(field(FieldType::Boolean).parse("true "), Ok(true.into()));
}

#[test]
fn a_required_text_is_not_empty() {
    let field = Declaration { required: true, ..Declaration::new("it", FieldType::TEXT) }.check().unwrap();
    assert_eq!(field.check(" \n".into()), Err(vec![ValueFault::Blank]));
}

#[test]
fn a_default_has_no_blanks_around_it_either() {
    let field = Declaration { default: Some(" none ".into()), ..Declaration::new("it", FieldType::TEXT) };
    assert_eq!(field.check().unwrap().value_of_nothing(), "none".into());
}

#[test]
fn undeclared_values_survive_every_change_as_they_are_written() {
    let stored = StoredProfile::from_stored(Some(r#"{"gone":[1.50,{"a":1}],"it":"old","huge":1e400}"#.to_owned()));
    let mut values = CheckedValues::default();
    values.add(&field(FieldType::TEXT), "new").unwrap();
    let changed = stored.with(&values).unwrap();
    assert_eq!(changed.as_stored(), Some(r#"{"gone":[1.50,{"a":1}],"huge":1e400,"it":"new"}"#));
    let purged = changed.without("gone").unwrap().unwrap();
    assert_eq!(purged.as_stored(), Some(r#"{"huge":1e400,"it":"new"}"#));
    assert_eq!(purged.without("gone"), Ok(None));
    assert_eq!(purged.without("it").unwrap().unwrap().without("huge"), Ok(Some(StoredProfile::default())));
}

#[test]
fn a_document_that_is_no_object_is_shown_as_nothing_and_never_overwritten() {
    let fields = ProfileFields::new(vec![field(FieldType::TEXT)]).unwrap();
    for document in ["", "[]", "7", "null", "{\"it\":", "{\"it\":1}x"] {
        let stored = StoredProfile::from_stored(Some(document.to_owned()));
        assert_eq!(fields.values_of(&stored)[0].1, "".into(), "{document}");
        let mut values = CheckedValues::default();
        values.add(fields.get("it").unwrap(), "new").unwrap();
        assert_eq!(stored.with(&values), Err(UnreadableProfile), "{document}");
    }
}

#[test]
fn a_value_that_cannot_be_read_hides_no_other_value() {
    let fields = ProfileFields::new(vec![field(FieldType::TEXT)]).unwrap();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for strange in ["1e400", r#""\ud800""#, &deep] {
        let stored = StoredProfile::from_stored(Some(format!(r#"{{"a":{strange},"it":"kept"}}"#)));
        assert_eq!(fields.values_of(&stored)[0].1, "kept".into());
        let values = stored.values().unwrap();
        assert_eq!(values["a"], ProfileValue::Other(strange.into()));
        assert!(field(FieldType::TEXT).check(values["a"].clone()).is_err(), "it fits no field");
    }
}

#[test]
fn a_stored_value_that_fits_no_longer_is_shown_as_it_is() {
    let fields = ProfileFields::new(vec![field(FieldType::Choice(vec!["new".to_owned()]))]).unwrap();
    for (document, shown) in [(r#"{"it":"old"}"#, r#""old""#), (r#"{"it":1.5}"#, "1.5"), (r#"{"it":[1]}"#, "[1]")] {
        let stored = StoredProfile::from_stored(Some(document.to_owned()));
        let values = fields.values_of(&stored);
        assert_eq!(serde_json::to_string(&values[0].1).unwrap(), shown);
        assert!(values[0].0.check(values[0].1.clone()).is_err());
    }
}

#[test]
fn neither_values_nor_documents_are_in_debug_output() {
    let mut values = CheckedValues::default();
    values.add(&field(FieldType::TEXT), "private").unwrap();
    assert_eq!(format!("{values:?} {:?}", StoredProfile::of_new_user(&values)), r#"{"it"} StoredProfile(16 bytes)"#);
}

fn any_value() -> impl Strategy<Value = (FieldType, ProfileValue)> {
    prop_oneof![
        any::<String>().prop_map(|text| (FieldType::TEXT, text.into())),
        any::<i64>().prop_map(|number| (FieldType::INTEGER, number.into())),
        any::<bool>().prop_map(|truth| (FieldType::Boolean, truth.into())),
        "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}".prop_map(|text| (FieldType::DATE, text.into())),
        "[\\PC]{1,20}".prop_map(|text| (FieldType::Choice(vec![text.clone()]), text.into())),
    ]
}

proptest! {
    #[test]
    fn what_is_accepted_is_stored_and_read_back((field_type, value) in any_value(), other in ".*") {
        let (Ok(field), Ok(beside)) = (Declaration::new("it", field_type).check(), Declaration::new("other", FieldType::TEXT).check())
        else { return Ok(()) };
        let fields = ProfileFields::new(vec![field.clone(), beside.clone()]).unwrap();
        let Ok(accepted) = field.check(value.clone()) else { return Ok(()) };
        let mut values = CheckedValues::default();
        values.add(&field, value).unwrap();
        let mut stored = StoredProfile::of_new_user(&values);
        let mut change = CheckedValues::default();
        if change.add(&beside, other.as_str()).is_ok() {
            stored = stored.with(&change).unwrap();
        }
        prop_assert_eq!(&fields.values_of(&stored)[0].1, &accepted);
        prop_assert_eq!(field.check(accepted.clone()), Ok(accepted));
    }
}
