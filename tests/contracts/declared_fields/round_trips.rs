//! What is accepted is given back, whatever it is: at registration, in records, and after it was sent once more.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

/// Values of all shapes that JSON has, many of which fit a field.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-10_i64..200).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[ -~]{1,10}".prop_map(Value::from),
        "\\PC{1,5}".prop_map(Value::from),
        "[0-9]{4}-[01][0-9]-[0-3][0-9]".prop_map(Value::from),
        "(19|20)[0-9]{2}-1?[0-9]-[12]?[0-9]".prop_map(Value::from),
        prop_oneof!["student", "Lehrkraft für Öl", "true", "off", "1"].prop_map(Value::from),
        Just(json!([])),
    ]
}

#[tokio::test]
async fn what_a_contract_accepts_it_gives_back_for_good() {
    const NAMES: [&str; 5] = ["bio", "age", "newsletter", "born_on", "role"];
    let app = app_with(of_every_type()).await;
    let mut runner = TestRunner::default();
    let mut draw = || any_value().new_tree(&mut runner).expect("a value").current();
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..120 {
        let contract = Contract::THAT_REGISTER[round % 3];
        let name = format!("user{round}");
        // What is refused is left out, so that the rest is registered.
        let mut sent: Value =
            NAMES.map(|name| (name.to_owned(), draw())).into_iter().collect::<serde_json::Map<_, _>>().into();
        let mut answer = register(&app, contract, &name, &sent).await;
        if answer.status == 400 {
            for fault in answer.json().as_object().expect("an object").keys() {
                refused += 1;
                sent.as_object_mut().expect("an object").remove(fault).expect("only what was sent is refused");
            }
            answer = register(&app, contract, &name, &sent).await;
        }
        let registered = answer.expect(201);
        accepted += sent.as_object().map_or(0, serde_json::Map::len);
        let all = json!({ "bio": 0, "age": 0, "newsletter": 0, "born_on": 0, "role": 0 });
        let shown = among(&registered, &all);
        let token = app.log_in(&name, PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
        for path in records(&app) {
            assert_eq!(among(&app.get_by(&token, &path).await.expect(200), &all), shown, "{sent}");
            // A form that is filled with the values and sent back changes nothing.
            assert_eq!(among(&patch(&app, &token, &path, &shown).await.expect(200), &all), shown, "{sent}");
        }
    }
    assert!(accepted > 60 && refused > 60, "{accepted} values were accepted, {refused} refused");
}
