//! Whatever is declared: what is accepted is given back as it was sent, by every contract and for good.

use serde_json::Map;

use super::*;
use crate::support::drawn_fields::{DrawnField, Draws, load};
use crate::support::endpoints::serve_all;

/// So many sites, each with other declarations and with so many users.
const SITES: usize = 6;
const USERS: usize = 12;
/// As many fields as a site has.
const FIELDS: usize = 20;
/// How often values that were refused are drawn anew.
const ATTEMPTS: usize = 200;

/// All contracts, with these fields.
fn serving(fields: &[DrawnField]) -> impl FnOnce(&mut Settings) {
    let fields = load(fields).expect("each of them is sound");
    move |settings| {
        serve_all(settings);
        with_fields(Vec::new())(settings);
        settings.profile_fields = fields;
    }
}

/// Registers a user with values of many of the fields; refused ones are drawn anew. Returns what was sent at last, what
/// was answered, and how many values were refused.
async fn registered(
    app: &TestApp,
    contract: Contract,
    name: &str,
    fields: &[DrawnField],
    draws: &mut Draws,
) -> (Value, Value, usize) {
    let mut sent = Map::new();
    for (number, field) in fields.iter().enumerate() {
        if field.is_required() || number % 4 != 0 {
            sent.insert(field.name().to_owned(), draws.value(field));
        }
    }
    let mut refused = 0;
    for _ in 0..ATTEMPTS {
        let answer = register(app, contract, name, &Value::Object(sent.clone())).await;
        if answer.status != 400 {
            return (Value::Object(sent), answer.expect(201), refused);
        }
        for fault in answer.json().as_object().expect("an object").keys() {
            let field = fields.iter().find(|field| field.name() == fault).expect("only declared fields are refused");
            assert!(sent.insert(fault.clone(), draws.value(field)).is_some(), "what is refused was sent: {field:?}");
            refused += 1;
        }
    }
    panic!("values were refused {ATTEMPTS} times: {sent:?} of {fields:?}");
}

#[tokio::test]
async fn what_a_registration_accepts_every_contract_gives_back_for_good() {
    let mut draws = Draws::default();
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..SITES {
        let fields = draws.fields(FIELDS);
        let all: Value =
            fields.iter().map(|field| (field.name().to_owned(), Value::Null)).collect::<Map<_, _>>().into();
        let app = TestApp::with(serving(&fields)).await;
        let mut users = Vec::new();
        for number in 0..USERS {
            let contract = Contract::THAT_SHOW_NEW_USERS[number % Contract::THAT_SHOW_NEW_USERS.len()];
            let name = format!("user{number}");
            let (sent, answer, of_these) = registered(&app, contract, &name, &fields, &mut draws).await;
            refused += of_these;
            let shown = among(&answer, &all);
            for field in &fields {
                match sent.get(field.name()) {
                    Some(value) if field.is_taken_at_registration() => {
                        let shown = &shown[field.name()];
                        assert!(field.is_shown_as(value, shown), "{value} is shown as {shown}: {field:?}");
                        accepted += 1;
                    }
                    _ => assert!(field.is_shown_as_nothing(&shown[field.name()]), "{shown}: {field:?}"),
                }
            }
            let token = app.log_in(&name, PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
            users.push((token, shown));
        }
        // Another process, whose operator has sorted the declarations.
        let sorted: Vec<_> = fields.iter().rev().cloned().collect();
        let later = app.sibling(serving(&sorted)).await;
        for (token, shown) in &users {
            for path in records(&app) {
                assert_eq!(among(&app.get_by(token, &path).await.expect(200), &all), *shown, "{path}");
                // A form that is filled with the values and sent back changes nothing, where it is taken.
                let changes: Map<_, _> = fields
                    .iter()
                    .filter(|field| field.is_changeable())
                    .map(|field| (field.name().to_owned(), shown[field.name()].clone()))
                    .collect();
                let answer = patch(&app, token, &path, &changes.into()).await;
                assert_eq!(among(&answer.expect(200), &all), *shown, "{path}");
                assert_eq!(among(&later.get_by(token, &path).await.expect(200), &all), *shown, "{path}");
            }
        }
    }
    assert!(accepted > 300 && refused > 50, "{accepted} values were accepted, {refused} refused");
}
