//! `countersign openapi`.

use std::fs;

use serde_json::Value;

use super::{QUIET, home};
use crate::process::Home;

fn printed(home: &Home) -> Value {
    serde_json::from_str(&home.run(&["openapi"]).done()).expect("it is JSON")
}

#[test]
fn the_description_is_printed_and_nothing_is_made() {
    let home = home();
    let document = printed(&home);
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"].get("/api/v1/accounts/register/").is_some(), "{document}");
    assert!(!home.path("var").exists(), "no database and no secret");
}

#[test]
fn it_is_that_of_the_settings_in_force() {
    let home = home();
    let own = "[contracts.accounts]\nenabled = false\n[contracts.djoser]\nenabled = true\njwt = true\n\
               [[profile_fields]]\nname = \"born_on\"\ntype = \"date\"\n";
    fs::write(home.settings(), format!("{QUIET}{own}")).expect("it can be written");
    let document = printed(&home);
    assert!(document["paths"].get("/api/v1/accounts/register/").is_none());
    assert!(document["paths"].get("/auth/jwt/create/").is_some());
    assert!(document["components"]["schemas"]["DjoserRegisterRequest"]["properties"].get("born_on").is_some());
}

#[test]
fn letters_that_are_not_seen_arrive_and_reach_no_terminal() {
    let family = "👨\u{200d}👩\u{200d}👧";
    let own = format!("[[profile_fields]]\nname = \"family\"\ntype = \"choice\"\nchoices = [\"{family}\", \"none\"]\n");
    let home = Home::new(&format!("{QUIET}{own}"));
    let text = home.run(&["openapi"]).done();
    assert!(!text.contains('\u{200d}') && text.lines().count() == 1, "{text}");
    assert!(printed(&home).to_string().contains(family), "{text}");
}

#[test]
fn what_production_refuses_does_not_keep_it_from_being_printed() {
    let secret = "secrets = [\"the secret of this test, and of nothing else\"]";
    let home = Home::new(&format!("mode = \"production\"\n{QUIET}[links]\n{secret}\n"));
    assert_eq!(printed(&home)["openapi"], "3.1.0");
}
