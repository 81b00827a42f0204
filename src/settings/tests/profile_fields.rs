//! Declared fields as an operator writes them.

use super::*;
use crate::profile_fields::{
    Date, Editable, FieldType, Pattern, ProfileField, ProfileFields, ProfileValue, Visibility,
};

/// Every type, and every key.
const ALL: &str = r#"
    [[profile_fields]]
    name = "nickname"
    type = "text"

    [[profile_fields]]
    name = "postcode"
    type = "text"
    min_length = 4
    max_length = 5
    pattern = "[0-9]+"
    required = true
    default = "00000"

    [[profile_fields]]
    name = "age"
    type = "integer"
    min = -1
    max = 150

    [[profile_fields]]
    name = "newsletter"
    type = "boolean"
    default = false
    editable = "after-registration"

    [[profile_fields]]
    name = "born_on"
    type = "date"
    min = 1900-01-01
    max = "2030-12-31"
    nullable = true
    editable = "never"

    [[profile_fields]]
    name = "role"
    type = "choice"
    choices = ["student", "teacher"]
    required = true
    editable = "at-registration"
    shown = "logged-in"
"#;

fn declared(text: &str) -> ProfileFields {
    load_text(text).unwrap().profile_fields
}

#[test]
fn every_type_is_declared_with_its_keys() {
    let fields = declared(ALL);
    let get = |name| fields.get(name).unwrap();
    let names: Vec<_> = fields.iter().map(ProfileField::name).collect();
    assert_eq!(names, ["nickname", "postcode", "age", "newsletter", "born_on", "role"]);
    assert_eq!(get("nickname").field_type(), &FieldType::TEXT);
    let pattern = Pattern::parse("[0-9]+").ok();
    assert_eq!(get("postcode").field_type(), &FieldType::Text { min_length: 4, max_length: 5, pattern });
    assert_eq!(get("age").field_type(), &FieldType::Integer { min: -1, max: 150 });
    let (min, max) = (Date::parse("1900-01-01").unwrap(), Date::parse("2030-12-31").unwrap());
    assert_eq!(get("born_on").field_type(), &FieldType::Date { min, max });
    assert_eq!(get("role").field_type(), &FieldType::Choice(vec!["student".to_owned(), "teacher".to_owned()]));
    assert_eq!(get("role").visibility(), Visibility::LoggedIn);
    assert_eq!(get("newsletter").value_of_nothing(), ProfileValue::Boolean(false));
}

#[test]
fn a_field_is_null_where_a_user_could_have_no_other_value() {
    let fields = declared(ALL);
    let nullable: Vec<_> = fields.iter().filter(|field| field.is_nullable()).map(ProfileField::name).collect();
    assert_eq!(nullable, ["age", "born_on"]);
    let of_nothing = |name| fields.get(name).unwrap().value_of_nothing();
    assert_eq!(of_nothing("nickname"), "".into());
    assert_eq!(of_nothing("age"), ProfileValue::Null);
    assert_eq!(of_nothing("role"), ProfileValue::Null);
}

#[test]
fn editable_says_when_users_set_a_field() {
    let fields = declared(ALL);
    let when = |name| {
        let field = fields.get(name).unwrap();
        (field.is_taken_at_registration(), field.is_changeable())
    };
    assert_eq!(Editable::default(), Editable::Always);
    assert_eq!(
        ["nickname", "role", "newsletter", "born_on"].map(when),
        [(true, true), (true, false), (false, true), (false, false)]
    );
}

#[test]
fn every_fault_is_told_with_its_key_its_value_and_its_remedy() {
    for (lines, told) in [
        ("type = \"text\"", "`profile_fields[1].name` is not set"),
        ("name = 7\ntype = \"text\"", "`profile_fields[1].name` is 7"),
        ("name = \"2nd\"\ntype = \"text\"", "`profile_fields.2nd.name` is \"2nd\""),
        ("name = \"__proto__\"\ntype = \"text\"", "a name begins with a letter"),
        ("name = \"größe\"\ntype = \"text\"", "(ASCII)"),
        ("name = \"Password\"\ntype = \"text\"", "`password` is a member of the contracts' own requests"),
        ("name = \"a\"", "`profile_fields.a.type` is not set"),
        ("name = \"a\"\ntype = \"string\"", "allowed are \"text\", \"integer\", \"boolean\", \"date\", \"choice\""),
        ("name = \"a\"\ntype = \"text\"\nmax_lenght = 3", "did you mean `max_length`?"),
        ("name = \"a\"\ntype = \"choice\"\nchoices = [\"a\"]\noptions = []", "did you mean `choices`?"),
        ("name = \"a\"\ntype = \"text\"\nmin = 3", "one of \"integer\", \"date\" has"),
        ("name = \"a\"\ntype = \"text\"\nmax_length = 0", "`profile_fields.a.max_length` is 0"),
        ("name = \"a\"\ntype = \"text\"\nmax_length = 10001", "allowed are 1 to 10000"),
        (
            "name = \"a\"\ntype = \"text\"\nmin_length = 3\nmax_length = 2",
            "not be larger than `max_length`, which is 2",
        ),
        ("name = \"a\"\ntype = \"text\"\npattern = \"[\"", "it is no regular expression: unclosed character class"),
        ("name = \"a\"\ntype = \"text\"\npattern = '(\\w{99}){99}'", "the pattern is too large"),
        (
            "name = \"a\"\ntype = \"text\"\npattern = '[ab]*a[ab]{200}'",
            "set `max_length` to 4950 at most, or repeat less",
        ),
        ("name = \"a\"\ntype = \"integer\"\nmin = 2\nmax = 1", "not be larger than `max`, which is 1"),
        ("name = \"a\"\ntype = \"integer\"\nmax = 9007199254740992", "JavaScript changes larger numbers"),
        ("name = \"a\"\ntype = \"integer\"\nmin = 1.5", "a whole number is allowed"),
        ("name = \"a\"\ntype = \"date\"\nmin = 2023-02-01T00:00:00", "a day is allowed"),
        ("name = \"a\"\ntype = \"date\"\nmin = \"2023-02-29\"", "a day is allowed"),
        ("name = \"a\"\ntype = \"date\"\nmin = 2023-02-02\nmax = 2023-02-01", "not be later than `max`"),
        ("name = \"a\"\ntype = \"choice\"", "`profile_fields.a.choices` is not set"),
        ("name = \"a\"\ntype = \"choice\"\nchoices = []", "allowed are 1 to 1000 choices"),
        ("name = \"a\"\ntype = \"choice\"\nchoices = [\"x\", \"y\", \"x\"]", "\"x\" is there twice"),
        (
            "name = \"a\"\ntype = \"choice\"\nchoices = [\"\\u00e9\", \"e\\u0301\"]",
            "\"é\" is there in two spellings of Unicode that look the same",
        ),
        ("name = \"a\"\ntype = \"choice\"\nchoices = [\"x \", \"y\"]", "\"x \" has blanks around it"),
        ("name = \"a\"\ntype = \"choice\"\nchoices = [\"\"]", "a choice has 1 to 200 characters"),
        ("name = \"a\"\ntype = \"choice\"\nchoices = [1]", "a list of texts is allowed"),
        ("name = \"a\"\ntype = \"choice\"\nchoices = [\"x\"]\ndefault = \"y\"", "it must be one of the choices"),
        ("name = \"a\"\ntype = \"integer\"\ndefault = \"1\"", "it must be a whole number"),
        ("name = \"a\"\ntype = \"integer\"\nmax = 3\ndefault = 4", "it must be 3 at most"),
        ("name = \"a\"\ntype = \"boolean\"\ndefault = 1.5", "true, false or a day is allowed"),
        ("name = \"a\"\ntype = \"text\"\nrequired = true\ndefault = \"\"", "it must not be empty"),
        ("name = \"a\"\ntype = \"boolean\"\nrequired = \"yes\"", "allowed are true and false"),
        ("name = \"a\"\ntype = \"boolean\"\nnullable = false", "users who give no value would have none"),
        (
            "name = \"a\"\ntype = \"text\"\nrequired = true\neditable = \"never\"",
            "a registration does not take the field",
        ),
        ("name = \"a\"\ntype = \"text\"\neditable = \"sometimes\"", "allowed are \"always\", \"at-registration\""),
        ("name = \"a\"\ntype = \"text\"\nshown = \"all\"", "allowed are \"owner\", \"logged-in\""),
    ] {
        let faults = faults_of(&format!("[[profile_fields]]\n{lines}"));
        assert_eq!(faults.len(), 1, "{lines}: {faults:?}");
        assert!(faults[0].contains(told) && faults[0].contains("settings.toml"), "{lines}: {}", faults[0]);
    }
}

#[test]
fn all_faults_of_all_fields_are_told_at_once() {
    let faults = faults_of(
        "[[profile_fields]]\nname = \"a\"\ntype = \"text\"\nmax_length = 0\nwhat = 1\nshown = 3\n\
         [[profile_fields]]\nname = \"A\"\ntype = \"date\"\nmin = 7\nmax_length = 3",
    );
    let keys = ["a.max_length", "a.what", "a.shown", "A.name", "A.min", "A.max_length"];
    assert_eq!(faults.len(), keys.len(), "{faults:?}");
    for key in keys {
        assert!(faults.iter().any(|fault| fault.contains(&format!("`profile_fields.{key}`"))), "{key}: {faults:?}");
    }
}

#[test]
fn there_are_at_most_sixty_four_fields() {
    let fields = |count: usize| {
        let field = |number| format!("[[profile_fields]]\nname = \"f{number}\"\ntype = \"boolean\"\n");
        (0..count).map(field).collect::<String>()
    };
    assert_eq!(declared(&fields(64)).iter().count(), 64);
    let faults = faults_of(&fields(65));
    assert!(faults.len() == 1 && faults[0].contains("65 fields are declared; 64 are allowed"), "{faults:?}");
}

#[test]
fn a_variable_holds_the_whole_list_and_replaces_the_files() {
    let disk = Disk::new();
    let file = disk.with("mine.toml", "[[profile_fields]]\nname = \"a\"\ntype = \"text\"");
    let names = |value: &str| {
        let variables = variables(&[("COUNTERSIGN__PROFILE_FIELDS", value)]);
        let fields = Settings::load(Some(&file), variables).unwrap().profile_fields;
        fields.iter().map(|field| field.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(r#"[{ name = "b", type = "boolean" }, { name = "c", type = "text" }]"#), ["b", "c"]);
    assert_eq!(names(""), Vec::<String>::new());
    let told = load_environment(&[("COUNTERSIGN__PROFILE_FIELDS", "location, bio")]).unwrap_err().to_string();
    assert!(told.contains("items 1 and 2: a table is allowed: [[profile_fields]] begins a field"), "{told}");
    assert!(load_environment(&[("COUNTERSIGN__PROFILE_FIELDS__0__NAME", "a")]).is_err());
}

#[test]
fn a_heading_in_single_brackets_is_told() {
    let faults = faults_of("[profile_fields]\nname = \"a\"\ntype = \"text\"");
    assert!(faults.iter().all(|fault| fault.contains("did you mean `[[profile_fields]]`?")), "{faults:?}");
}

#[test]
fn a_declared_name_among_the_built_in_fields_is_told_to_be_needless() {
    let faults = faults_of("[users]\nfields = [\"id\", \"a\"]\n[[profile_fields]]\nname = \"a\"\ntype = \"text\"");
    assert!(faults[0].contains("fields of [[profile_fields]] follow them by themselves"), "{faults:?}");
}

#[test]
fn a_field_is_not_named_as_the_key_of_errors_of_no_field() {
    let faults = faults_of(
        "[contracts.accounts]\nnon_field_errors_key = \"oops\"\n[[profile_fields]]\nname = \"oops\"\ntype = \"text\"",
    );
    assert!(faults[0].contains("errors of a field and errors of no field would have one key"), "{faults:?}");
}

#[test]
fn the_settings_in_force_show_the_fields() {
    let settings = load_text("[[profile_fields]]\nname = \"a\"\ntype = \"text\"").unwrap();
    assert_eq!(entry(&settings, "profile_fields").shown_value, r#"[{ name = "a", type = "text" }]"#);
}
