//! Tests of reading fields from JSON and from forms.

use actix_web::http::StatusCode;

use super::*;
use crate::http::body::tests::{body_of_form, body_of_json};
use crate::http::faults::ErrorStyle;
use crate::http::negotiation::Representation;
use crate::identity::{EmailFault, UsernameFault};

const REQUIRED: &str = "This field is required.";
const NOT_NULL: &str = "This field may not be null.";
const NOT_BLANK: &str = "This field may not be blank.";
const NOT_A_BOOLEAN: &str = "Must be a valid boolean.";

fn told(fault: &Fault) -> String {
    assert_eq!(fault.status(), StatusCode::BAD_REQUEST);
    let body = fault.write(Representation::Json, &ErrorStyle::DEFAULT).into_body();
    let bytes = actix_web::body::MessageBody::try_into_bytes(body).expect("the body is at hand");
    String::from_utf8(bytes.to_vec()).expect("JSON is UTF-8")
}

fn text_of(json: &str, rule: TextRule) -> Result<String, String> {
    let body = body_of_json(json);
    let mut fields = body.fields().map_err(|fault| told(&fault))?;
    let text = fields.text("x", rule);
    fields.finish(text).map(Cow::into_owned).map_err(|fault| told(&fault))
}

#[test]
fn text_is_what_was_sent_without_the_blanks_around_it() {
    for (json, expected) in [
        (r#"{"x":" a b\t"}"#, "a b"),
        (r#"{"x":"\u00a0\u001f żółć \u3000"}"#, "żółć"),
        (r#"{"x":42}"#, "42"),
        (r#"{"x":-0}"#, "0"),
        (r#"{"x":1.50}"#, "1.5"),
        (r#"{"x":123456789012345678901234567890}"#, "123456789012345678901234567890"),
        (r#"{"x":"\"\\\/\n"}"#, "\"\\/"),
        (r#"{"x":"\ud83d\ude00"}"#, "😀"),
        (r#"{"x":"first","x":"last"}"#, "last"),
        (r#"{"\u0078":"a"}"#, "a"),
        (r#"{"\ud800":1,"x":"a"}"#, "a"),
    ] {
        assert_eq!(text_of(json, TextRule::TRIMMED).as_deref(), Ok(expected), "{json}");
    }
}

#[test]
fn what_is_no_text_is_told_in_the_words_of_the_contract() {
    for (json, expected) in [
        ("{}", REQUIRED),
        (r#"{"x":null}"#, NOT_NULL),
        (r#"{"x":""}"#, NOT_BLANK),
        (r#"{"x":" \u001c\u2003"}"#, NOT_BLANK),
        (r#"{"x":true}"#, "Not a valid string."),
        (r#"{"x":[]}"#, "Not a valid string."),
        (r#"{"x":{"x":1}}"#, "Not a valid string."),
        (r#"{"x":"a\u0000b"}"#, "Null characters are not allowed."),
        (r#"{"x":"\ud800"}"#, "Surrogate characters are not allowed: U+D800."),
        (r#"{"x":"ok \udfff\ud801 é"}"#, "Surrogate characters are not allowed: U+DFFF."),
        (r#"{"x":"\ud800\u0041"}"#, "Surrogate characters are not allowed: U+D800."),
    ] {
        let expected = format!(r#"{{"x":["{expected}"]}}"#);
        assert_eq!(text_of(json, TextRule::TRIMMED), Err(expected), "{json}");
    }
}

#[test]
fn several_faults_of_one_text_are_told_together() {
    let expected = r#"{"x":["Null characters are not allowed.","Surrogate characters are not allowed: U+D800."]}"#;
    assert_eq!(text_of(r#"{"x":"a\u0000\ud800"}"#, TextRule::TRIMMED), Err(expected.to_owned()));
}

#[test]
fn blanks_around_a_text_are_trimmed() {
    assert_eq!(text_of(r#"{"x":"  żółć  "}"#, TextRule::TRIMMED).as_deref(), Ok("żółć"));
}

#[test]
fn a_password_keeps_its_blanks_but_is_not_only_blanks() {
    assert_eq!(text_of(r#"{"x":" a "}"#, TextRule::EXACT).as_deref(), Ok(" a "));
    assert_eq!(text_of(r#"{"x":"   "}"#, TextRule::EXACT), Err(format!(r#"{{"x":["{NOT_BLANK}"]}}"#)));
}

#[test]
fn blanks_may_count_as_an_empty_text() {
    assert_eq!(text_of(r#"{"x":"   "}"#, TextRule::TRIMMED.or_blank()).as_deref(), Ok(""));
}

#[test]
fn an_optional_text_may_be_missing_but_not_null() {
    let body = body_of_json(r#"{"b":null}"#);
    let mut fields = body.fields().expect("an object");
    let missing = fields.optional_text("a", TextRule::TRIMMED);
    let null = fields.optional_text("b", TextRule::TRIMMED);
    assert_eq!(missing.value(), Some(&None));
    let fault = fields.finish((missing, null)).expect_err("null was sent");
    assert_eq!(told(&fault), format!(r#"{{"b":["{NOT_NULL}"]}}"#));
}

#[test]
fn errors_come_in_the_order_of_reading() {
    let body = body_of_json(r#"{"timestamp":"soon","unknown":1}"#);
    let mut fields = body.fields().expect("an object");
    let user_id = fields.text("user_id", TextRule::TRIMMED);
    let timestamp = fields.integer("timestamp");
    let signature = fields.text("signature", TextRule::TRIMMED);
    let fault = fields.finish((user_id, timestamp, signature)).expect_err("fields are wrong");
    let expected = r#"{"user_id":["This field is required."],"timestamp":["A valid integer is required."],"signature":["This field is required."]}"#;
    assert_eq!(told(&fault), expected);
}

fn username(text: &str) -> Result<String, Vec<UsernameFault>> {
    if text.chars().all(char::is_alphanumeric) {
        Ok(text.to_lowercase())
    } else {
        Err(vec![UsernameFault::BadCharacters])
    }
}

fn address(text: &str) -> Result<String, Vec<EmailFault>> {
    if text.contains('@') { Ok(text.to_owned()) } else { Err(vec![EmailFault::Invalid]) }
}

#[test]
fn a_parser_of_the_domain_makes_the_value() {
    let body = body_of_json(r#"{"username":" Ann ","email":"  "}"#);
    let mut fields = body.fields().expect("an object");
    let name = fields.parsed("username", TextRule::TRIMMED, username);
    let email = fields.optional_parsed("email", TextRule::EMAIL.or_blank(), address);
    let other = fields.optional_parsed("other", TextRule::EMAIL, address);
    assert_eq!(fields.finish((name, email, other)).expect("all is well"), ("ann".to_owned(), None, None));
}

#[test]
fn messages_of_the_domain_stand_first_and_those_on_addresses_last() {
    let body = body_of_json(r#"{"username":"a b\u0000","email":"a\u0000","other":["x"],"blank":""}"#);
    let mut fields = body.fields().expect("an object");
    let name = fields.parsed("username", TextRule::TRIMMED, username);
    let email = fields.parsed("email", TextRule::EMAIL, address);
    let other = fields.parsed("other", TextRule::EMAIL, address);
    let blank = fields.parsed("blank", TextRule::EMAIL.or_blank(), address);
    let fault = fields.finish((name, email, other, blank)).expect_err("all fields are wrong");
    let expected = concat!(
        r#"{"username":["Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.","Null characters are not allowed."],"#,
        r#""email":["Null characters are not allowed.","Enter a valid email address."],"#,
        r#""other":["Enter a valid email address."],"blank":["This field may not be blank."]}"#
    );
    assert_eq!(told(&fault), expected);
}

#[test]
fn a_valid_domain_value_does_not_hide_a_fault_of_the_text() {
    let body = body_of_json(r#"{"username":"abc\u0000"}"#);
    let mut fields = body.fields().expect("an object");
    let name = fields.parsed("username", TextRule::TRIMMED, |text: &str| Ok::<_, Vec<UsernameFault>>(text.to_owned()));
    assert!(fields.finish(name).is_err());
}

fn integer_of(json: &str) -> Result<String, String> {
    let body = body_of_json(json);
    let mut fields = body.fields().expect("an object");
    let integer = fields.integer("x");
    fields.finish(integer).map(|integer| integer.digits().to_owned()).map_err(|fault| told(&fault))
}

#[test]
fn an_integer_has_many_spellings_and_one_meaning() {
    for json in [
        r#"{"x":123}"#,
        r#"{"x":"123"}"#,
        r#"{"x":" 0123 "}"#,
        r#"{"x":"123.0"}"#,
        r#"{"x":123.0}"#,
        r#"{"x":"\u0031_23"}"#,
        r#"{"x":1.23e2}"#,
    ] {
        assert_eq!(integer_of(json).as_deref(), Ok("123"), "{json}");
    }
    let huge = "9".repeat(1000);
    assert_eq!(integer_of(&format!(r#"{{"x":"{huge}"}}"#)).as_deref(), Ok(huge.as_str()));
    assert_eq!(integer_of(&format!(r#"{{"x":{huge}9}}"#)), Ok(huge + "9"));
}

#[test]
fn what_is_no_integer_is_refused() {
    for value in ["1.5", "true", "\"1e9\"", "\"\"", "[1]", "{}", "\"soon\"", "1e400", "1e22", "\"\\ud800\"", "\"1 0\""]
    {
        let expected = r#"{"x":["A valid integer is required."]}"#.to_owned();
        assert_eq!(integer_of(&format!(r#"{{"x":{value}}}"#)), Err(expected), "{value}");
    }
    let too_long = format!(r#"{{"x":"{}"}}"#, "1".repeat(1001));
    for (json, message) in [(&*too_long, "String value too large."), ("{}", REQUIRED), (r#"{"x":null}"#, NOT_NULL)] {
        assert_eq!(integer_of(json), Err(format!(r#"{{"x":["{message}"]}}"#)));
    }
}

fn boolean_of(json: &str) -> Result<Option<bool>, String> {
    let body = body_of_json(json);
    let mut fields = body.fields().expect("an object");
    let boolean = fields.optional_boolean("x");
    fields.finish(boolean).map_err(|fault| told(&fault))
}

#[test]
fn a_boolean_has_the_spellings_of_the_contract() {
    for value in
        [r#""t""#, r#""Y""#, r#""yes""#, r#""YES""#, r#""True""#, r#""on""#, r#""On""#, r#""1""#, "true", "1", "1.0"]
    {
        assert_eq!(boolean_of(&format!(r#"{{"x":{value}}}"#)), Ok(Some(true)), "{value}");
    }
    for value in [r#""F""#, r#""n""#, r#""No""#, r#""FALSE""#, r#""off""#, r#""0""#, "false", "0", "-0.0"] {
        assert_eq!(boolean_of(&format!(r#"{{"x":{value}}}"#)), Ok(Some(false)), "{value}");
    }
    assert_eq!(boolean_of("{}"), Ok(None));
    for value in [r#""tRUE""#, r#""""#, r#"" true""#, "2", "[]", "{}", r#""null""#, "1e400"] {
        let expected = format!(r#"{{"x":["{NOT_A_BOOLEAN}"]}}"#);
        assert_eq!(boolean_of(&format!(r#"{{"x":{value}}}"#)), Err(expected), "{value}");
    }
    assert_eq!(boolean_of(r#"{"x":null}"#), Err(format!(r#"{{"x":["{NOT_NULL}"]}}"#)));
}

#[test]
fn a_form_says_the_same_in_text() {
    let body = body_of_form("name=+a+&name=+b%C3%A9+&timestamp=+0123.0&box=on&empty=&note=");
    let mut fields = body.fields().expect("a form");
    let name = fields.text("name", TextRule::TRIMMED);
    let timestamp = fields.integer("timestamp");
    let ticked = fields.optional_boolean("box");
    let empty = fields.optional_boolean("empty");
    let note = fields.optional_text("note", TextRule::TRIMMED.or_blank());
    let (name, timestamp, ticked, empty, note) =
        fields.finish((name, timestamp, ticked, empty, note)).expect("all is well");
    assert_eq!(
        (&*name, timestamp.digits().parse::<i64>().ok(), ticked, empty, note.as_deref()),
        ("bé", Some(123), Some(true), None, Some(""))
    );
}
