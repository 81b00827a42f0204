//! A declared field cannot have the name of a member that a contract has itself.

use std::collections::BTreeSet;

use countersign::profile_fields::RESERVED_NAMES;

use super::*;
use crate::support::endpoints;

fn names_of(object: &Value) -> Vec<String> {
    object.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
}

/// Whether a path is of a login by an identity provider. Its requests and answers have no declared fields, and `state` is
/// a name that people declare: that of an address.
fn is_of_provider(path: &str) -> bool {
    path.contains("{provider}") || path.contains("{name}")
}

/// The members of every other request, as the tests send them and as OPTIONS describe them, and those of records.
async fn names_of_the_contracts() -> BTreeSet<String> {
    let app = app_with(Vec::new()).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    let mut rows = [endpoints::all(), endpoints::all_with_jwt()].concat();
    rows.retain(|row| !is_of_provider(row.endpoint.path));
    let mut names: BTreeSet<_> = endpoints::taking_bodies(rows).iter().flat_map(|(_, body)| names_of(body)).collect();
    for (contract, path) in endpoints::paths().into_keys().filter(|(_, path)| !is_of_provider(path)) {
        let request = app.request_by(&token, "OPTIONS", &app.path_of(contract, path));
        let described = app.send(request).await.expect(200);
        let actions = described["actions"].as_object().cloned().unwrap_or_default();
        names.extend(actions.values().flat_map(names_of));
    }
    for path in records(&app) {
        names.extend(names_of(&app.get_by(&token, &path).await.expect(200)));
        // Frontends tell an error of a field from one of the whole request by its names.
        let refused = app.send(app.request("GET", &path).header("Authorization", "Bearer a.b.c")).await;
        names.extend(names_of(&refused.expect(401)));
    }
    names
}

#[tokio::test]
async fn no_declared_field_has_the_name_of_a_member_of_a_contract() {
    let names = names_of_the_contracts().await;
    assert!(names.len() >= 20, "{names:?}");
    let free: Vec<_> = names.iter().filter(|name| !RESERVED_NAMES.contains(&name.as_str())).collect();
    assert!(free.is_empty(), "RESERVED_NAMES lacks {free:?}");
}

#[test]
fn a_reserved_name_is_refused_in_any_case() {
    for reserved in RESERVED_NAMES {
        let capital = reserved.to_ascii_uppercase();
        for name in [*reserved, &*capital] {
            let faults = Declaration::new(name, FieldType::Boolean).check().expect_err(name);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].to_string().contains("choose another name"), "{faults:?}");
        }
    }
}
