//! That the checker finds what it should, and nothing else: a rule that cannot fail holds nothing.

use super::house::House;
use super::rooms::{Rules, compare};
use super::tables::RULES;

fn broken(file: &str, text: &str) -> Vec<String> {
    compare(RULES, &House::of([(file, text)])).broken
}

#[test]
fn an_import_against_the_direction_is_told_with_file_and_line() {
    let text = "//! A story.\n\nuse crate::clock::Clock;\nuse crate::http::Fault;\n";
    let [only] = &broken("accounts/registration.rs", text)[..] else { panic!("one line is wrong") };
    assert!(only.starts_with("src/accounts/registration.rs:4: `accounts` may not use `http`"), "{only}");
}

#[test]
fn every_way_to_name_another_room_is_seen() {
    for text in [
        "use crate::{clock::Clock, http::{self, Fault}};",
        "pub use crate::http::*;",
        "pub(crate) use crate::http as face;",
        "use super::super::http::Fault;",
        "use super::{super::http::Fault};",
        "fn f() -> crate::http::Fault { super::fault() }",
        "fn f() { let fault = crate::http::Fault::internal(1); }",
        "#[derive(crate::http::Describe)] struct S;",
        "mod inner { use super::super::super::http::Fault; }",
        "impl From<crate::http::Fault> for E {}",
        "use crate::clock::{\n    Clock,\n};\nuse crate::http::Fault;",
    ] {
        assert_eq!(broken("accounts/registration.rs", text).len(), 1, "{text}");
    }
}

#[test]
fn a_crate_away_from_its_home_is_seen() {
    for (file, text) in [
        ("accounts.rs", "use diesel::prelude::*;"),
        ("http/face.rs", "fn f() { diesel::insert_into(users::table); }"),
        ("http/face.rs", "fn f() { ::diesel::insert_into(users::table); }"),
        ("http/face.rs", "use { diesel::prelude::*, std::fmt };"),
        ("app.rs", "use actix_web::App;"),
        ("app/server/extra.rs", "use diesel as database;"),
        ("accounts/verification.rs", "use hmac::{Hmac, Mac};"),
        ("store/users.rs", "use argon2::Argon2;"),
        ("mail/worker.rs", "#[lettre::something] fn f() {}"),
        ("mail/worker.rs", "use std::{env, fmt};"),
        ("settings/layers.rs", "fn f() { for (name, value) in std::env::vars() {} }"),
        ("store/outbox.rs", "fn f() { let now = std::time::SystemTime::now(); }"),
        ("store/outbox.rs", "fn f() { let now = SystemTime::now(); }"),
        ("store/outbox.rs", "fn f() { let now = Utc::now(); }"),
    ] {
        assert_eq!(broken(file, text).len(), 1, "{file}: {text}");
    }
}

#[test]
fn a_crate_at_home_is_welcome() {
    for (file, text) in [
        ("store/users.rs", "use diesel::prelude::*;"),
        ("app/server.rs", "use actix_web::App;"),
        ("mail/message.rs", "use lettre::message::Mailbox;"),
        ("mail/templates.rs", "use handlebars::Handlebars;"),
        ("main.rs", "fn main() { countersign::cli::run(std::env::args_os()) }"),
        ("clock.rs", "fn f() { chrono::Utc::now() }"),
        ("mail/message.rs", "use std::time::{SystemTime, UNIX_EPOCH};"),
        ("http/face.rs", "use serde::Serialize; use tokio::sync::Notify;"),
    ] {
        assert_eq!(broken(file, text), Vec::<String>::new(), "{file}: {text}");
    }
}

#[test]
fn a_room_is_not_reached_through_the_short_names_for_embedders() {
    for text in ["use crate::Countersign;", "use crate::*;", "use super::super::Settings;"] {
        assert_eq!(broken("http/face.rs", text).len(), 1, "{text}");
    }
}

#[test]
fn the_program_itself_reaches_the_command_line_only() {
    assert_eq!(broken("main.rs", "fn main() { countersign::app::serve() }").len(), 1);
    assert_eq!(broken("main.rs", "fn main() { countersign::Countersign::builder() }").len(), 1);
}

#[test]
fn a_room_without_a_row_is_told() {
    let [only] = &broken("cellar.rs", "")[..] else { panic!("the room is unknown") };
    assert!(only.contains("`cellar` has no row"), "{only}");
}

#[test]
fn comments_texts_and_tests_do_not_count() {
    for text in [
        "/// See [`crate::http::Fault`] and diesel::prelude.\nfn f() {}",
        "/* outer /* use diesel::prelude::*; */ use crate::http::Fault; */ fn f() {}",
        "const A: &str = \"use crate::http::Fault; \\\" diesel::x\";",
        "const A: &str = r#\"crate::http \" diesel::x\"#; const B: &[u8] = b\"diesel::x\";",
        "fn f<'a>(x: &'a str) -> char { '\"' }\n// crate::http::Fault \"",
        "fn f(x: char) -> bool { x == '\\'' || x == '\\u{22}' }\n// \"diesel::x",
        "#[cfg(test)]\nmod tests { use crate::http::Fault; fn f() { std::env::temp_dir(); } }",
        "#[cfg(test)]\nuse crate::http::Fault;",
        "fn routes() -> impl Fn() + use<> { || () }",
    ] {
        assert_eq!(broken("accounts.rs", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn code_after_tests_counts_again() {
    let text = "#[cfg(test)]\nmod tests {\n    fn f() { {} }\n}\n\nuse crate::http::Fault;\n";
    let [only] = &broken("accounts.rs", text)[..] else { panic!("one line is wrong") };
    assert!(only.starts_with("src/accounts.rs:6: "), "{only}");
}
#[test]
fn relative_paths_are_followed_to_where_they_lead() {
    for (file, text) in [
        ("accounts/login.rs", "use super::super::http::Fault;"),
        ("accounts/login.rs", "mod inner { fn f() -> super::super::super::http::Fault { loop {} } }"),
        ("accounts/login.rs", "use crate::http; fn f() -> http::Fault { loop {} }"),
        ("accounts/login.rs", "use crate::http as face; fn f() -> face::Fault { loop {} }"),
    ] {
        let [only] = &broken(file, text)[..] else { panic!("one line for {text}") };
        assert!(only.contains("`accounts` may not use `http`"), "{only}");
    }
    for text in
        ["use self::inner::{self, Thing as Other};", "mod http { pub struct A; } use http::A;", "use self::http::A;"]
    {
        assert_eq!(broken("accounts/login.rs", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn paths_in_macros_and_attributes_are_seen() {
    for text in [
        "fn f() { println!(\"{}\", crate::http::x()); }",
        "fn f() { vec![1, [crate::http::X]]; }",
        "macro_rules! m { ($a:expr) => { $crate::http::f($a) }; }",
        "#[serde(with(crate::http::x))] struct S;",
        "fn f() { assert!(diesel::x()); }",
        "fn f() { assert!(::diesel::x()); }",
    ] {
        assert_eq!(broken("accounts/login.rs", text).len(), 1, "{text}");
    }
    for text in ["fn f(s: S) { assert!(s.diesel.x(hex)); }", "fn f() { assert!(T::<u8>::hmac::x()); }"] {
        assert_eq!(broken("accounts/login.rs", text), Vec::<String>::new(), "{text}");
    }
}

const PARTS: Rules = Rules {
    rooms: &[
        ("app", &["contracts"]),
        ("contracts", &["http"]),
        ("contracts/djoser", &["contracts/site", "http"]),
        ("contracts/accounts", &["contracts/site", "http"]),
        ("contracts/site", &["http"]),
        ("http", &[]),
        ("http/faults", &[]),
    ],
    homes: &[],
};

#[test]
fn a_part_of_a_room_uses_the_room_around_it_only_where_its_row_says_so() {
    for (file, text, told) in [
        ("contracts/djoser.rs", "use super::accounts::Login;", "`contracts/djoser` may not use `contracts/accounts`"),
        ("contracts/djoser/users.rs", "use crate::contracts::mount;", "`contracts/djoser` may not use `contracts`"),
        (
            "contracts/accounts/login.rs",
            "use super::super::djoser::X;",
            "`contracts/accounts` may not use `contracts/djoser`",
        ),
        ("contracts/site.rs", "fn f() { super::djoser::f() }", "`contracts/site` may not use `contracts/djoser`"),
        ("http/faults/code.rs", "use crate::http::Body;", "`http/faults` may not use `http`"),
        ("http/body.rs", "use crate::contracts::site::Site;", "`http` may not use `contracts/site`"),
    ] {
        let found = compare(PARTS, &House::of([(file, text)])).broken;
        let [only] = &found[..] else { panic!("one line for {text}: {found:?}") };
        assert!(only.starts_with(&format!("src/{file}:1: {told}")), "{only}");
    }
    for (file, text) in [
        ("app.rs", "use crate::contracts::djoser::Options;"),
        ("contracts.rs", "use djoser::mount; use self::accounts::mount as other; mod djoser; mod accounts;"),
        (
            "contracts/djoser/users.rs",
            "use super::options::X; use crate::contracts::site::Site; use crate::http::Body;",
        ),
        ("contracts/djoser/users.rs", "use crate::http::faults::Fault;"),
        ("http.rs", "pub use faults::Fault; mod faults;"),
    ] {
        assert_eq!(compare(PARTS, &House::of([(file, text)])).broken, Vec::<String>::new(), "{file}: {text}");
    }
}

#[test]
fn a_part_may_be_named_through_the_room_that_re_exports_it() {
    let room = ("contracts.rs", "mod site; mod djoser; pub use site::Site; pub use djoser::Users;");
    let parts = [("contracts/site.rs", "pub struct Site;"), ("contracts/djoser.rs", "pub struct Users;")];
    let found =
        |text: &str| compare(PARTS, &House::of([room, parts[0], parts[1], ("contracts/accounts.rs", text)])).broken;
    assert_eq!(found("use crate::contracts::Site;"), Vec::<String>::new());
    assert_eq!(found("use crate::contracts::Users;").len(), 1);
}

#[test]
fn what_a_table_allows_and_no_file_needs_is_told() {
    let rules = Rules {
        rooms: &[("app", &["http", "store"]), ("http", &["store"]), ("store", &[])],
        homes: &[("diesel", &["store", "http"]), ("Utc::now", &["store"])],
    };
    let house = House::of([
        ("app.rs", "use crate::http::Body;"),
        ("http.rs", "pub struct Body;"),
        ("store.rs", "use diesel::prelude::*;"),
    ]);
    let told = [
        "`app`: no file needs `store` any more; take it out of ROOMS",
        "`http`: no file needs `store` any more; take it out of ROOMS",
        "`diesel`: no file needs `http` any more; take it out of HOMES",
    ];
    assert_eq!(compare(rules, &house).idle, told);
}

/// An import in every direction between two rows: those that the table allows pass, each other one is told.
#[test]
fn an_import_in_every_wrong_direction_is_told() {
    let is_part = |room: &str, whole: &str| room == whole || room.starts_with(&format!("{whole}/"));
    let mut wrong = 0;
    for (room, may_use) in RULES.rooms {
        for (other, _) in RULES.rooms.iter().filter(|(other, _)| *other != "main") {
            let text = format!("use crate::{}::Thing;", other.replace('/', "::"));
            let found = broken(&format!("{room}/probe.rs"), &text);
            if is_part(other, room) || may_use.iter().any(|used| is_part(other, used)) {
                assert_eq!(found, Vec::<String>::new(), "{room} → {other}");
            } else {
                let told = format!("src/{room}/probe.rs:1: `{room}` may not use `{other}`; it may use {may_use:?}");
                assert_eq!(found, [told]);
                wrong += 1;
            }
        }
    }
    assert!(wrong > 500, "the table says little: {wrong}");
}
