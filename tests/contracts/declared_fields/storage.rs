//! What is stored: nothing is lost by changes at one time, by other settings, or by what no program of ours wrote.

use futures_util::future::join_all;

use super::*;
use crate::support::endpoints::serve_all;

fn text(name: &str) -> Declaration {
    Declaration::new(name, FieldType::TEXT)
}

#[tokio::test]
async fn changes_of_different_fields_at_one_time_are_all_kept() {
    let names: Vec<String> = (0..16).map(|number| format!("field_{number}")).collect();
    let app = app_with(names.iter().map(|name| text(name)).collect()).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    for round in 0..4 {
        let value = |name: &str| json!(format!("{name} {round}"));
        let changes = names.iter().enumerate().map(|(number, name)| {
            let (app, path, token) = (&app, records(&app)[number % 2].clone(), &token);
            async move { patch(app, token, &path, &json!({ name: value(name) })).await.expect(200) }
        });
        join_all(changes).await;
        let shown = app.get_by(&token, &records(&app)[0]).await.expect(200);
        for name in &names {
            assert_eq!(shown[name], value(name));
        }
    }
}

#[tokio::test]
async fn servers_with_different_declarations_lose_no_value_of_each_other() {
    let names = |rest: usize| (0..12).filter(move |number| number % 3 != rest).map(|number| format!("field_{number}"));
    let fields = |rest| names(rest).map(|name| text(&name)).collect::<Vec<_>>();
    let app = app_with(fields(0)).await;
    let other = |settings: &mut Settings| {
        serve_all(settings);
        with_fields(fields(1))(settings);
    };
    let other = app.sibling(other).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    for round in 0..4 {
        let value = |name: &str| json!(format!("{name} {round}"));
        let changes = [(&app, 0), (&other, 1)].into_iter().flat_map(|(server, rest)| {
            names(rest).enumerate().map(move |(number, name)| (server, records(server)[number % 2].clone(), name))
        });
        join_all(changes.map(|(server, path, name)| {
            let token = &token;
            async move { patch(server, token, &path, &json!({ &name: value(&name) })).await.expect(200) }
        }))
        .await;
        for (server, rest) in [(&app, 0), (&other, 1)] {
            let shown = server.get_by(&token, &records(server)[0]).await.expect(200);
            names(rest).for_each(|name| assert_eq!(shown[&name], value(&name), "{name}"));
        }
    }
}

#[tokio::test]
async fn a_field_comes_and_goes_between_two_starts_and_no_value_is_lost() {
    let app = app_with(vec![text("first")]).await;
    let token = logged_in(&app, "ann", &json!({ "first": "1" })).await;
    let path = records(&app)[0].clone();

    let with_default = Declaration { default: Some("none yet".into()), ..text("second") };
    let app = app.sibling(with_fields(vec![text("first"), with_default])).await;
    assert_eq!(app.get_by(&token, &path).await.expect(200)["second"], "none yet");
    patch(&app, &token, &path, &json!({ "second": "2" })).await.expect(200);

    let app = app.sibling(with_fields(vec![text("second")])).await;
    let shown = app.get_by(&token, &path).await.expect(200);
    assert_eq!((shown.get("first"), &shown["second"]), (None, &json!("2")));
    patch(&app, &token, &path, &json!({ "second": "two", "first": "ignored" })).await.expect(200);

    let app = app.sibling(with_fields(vec![text("first"), text("second")])).await;
    let shown = app.get_by(&token, &path).await.expect(200);
    assert_eq!((&shown["first"], &shown["second"]), (&json!("1"), &json!("two")));
}

#[tokio::test]
async fn a_default_is_shown_and_not_stored() {
    let declaration = |default: &str| vec![Declaration { default: Some(default.into()), ..text("plan") }];
    let app = app_with(declaration("free")).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    let path = records(&app)[0].clone();
    assert_eq!(app.get_by(&token, &path).await.expect(200)["plan"], "free");
    assert_eq!(app.lines("SELECT coalesce(profile, 'NULL') AS line FROM users"), ["NULL"]);
    let app = app.sibling(with_fields(declaration("basic"))).await;
    assert_eq!(app.get_by(&token, &path).await.expect(200)["plan"], "basic");
}

#[tokio::test]
async fn a_stored_value_that_fits_no_longer_is_shown_and_may_only_be_replaced_by_one_that_fits() {
    let choices = |names: [&str; 2]| {
        vec![Declaration::new("role", FieldType::Choice(names.map(str::to_owned).to_vec())), text("bio")]
    };
    let app = app_with(choices(["old", "new"])).await;
    let token = logged_in(&app, "ann", &json!({ "role": "old" })).await;
    let later = |settings: &mut Settings| {
        serve_all(settings);
        with_fields(choices(["new", "newer"]))(settings);
    };
    let app = app.sibling(later).await;
    for path in records(&app) {
        assert_eq!(app.get_by(&token, &path).await.expect(200)["role"], "old");
        let refused = patch(&app, &token, &path, &json!({ "role": "old" })).await.expect(400);
        assert_eq!(refused["role"][0], "\"old\" is not a valid choice.");
        assert_eq!(patch(&app, &token, &path, &json!({ "bio": path })).await.expect(200)["role"], "old");
    }
}

#[tokio::test]
async fn a_document_that_is_no_json_stops_nobody_from_logging_in_and_is_not_overwritten() {
    let app = app_with(vec![text("bio")]).await;
    let token = logged_in(&app, "ann", &json!({ "bio": "x" })).await;
    app.execute("UPDATE users SET profile = 'not JSON'");
    for path in records(&app) {
        assert_eq!(app.get_by(&token, &path).await.expect(200)["bio"], "");
        assert_eq!(patch(&app, &token, &path, &json!({ "bio": "y" })).await.status, 500);
        assert_eq!(patch(&app, &token, &path, &json!({ "first_name": "Ann" })).await.status, 200);
    }
    assert_eq!(app.lines("SELECT profile AS line FROM users"), ["not JSON"]);
}

#[tokio::test]
async fn values_are_bounded_for_each_user() {
    let fields = || (0..7).map(|number| text(&format!("field_{number}"))).collect::<Vec<_>>();
    let large = |settings: &mut Settings| {
        with_fields(fields())(settings);
        settings.server.body_limit_bytes = 1 << 20;
    };
    let app = TestApp::with_all_contracts(large).await;
    let all: Value = (0..7)
        .map(|number| (format!("field_{number}"), json!("x".repeat(10_000))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let told = ["The profile is too large. At most 65536 bytes are stored."];
    for contract in Contract::THAT_REGISTER {
        let answer = register(&app, contract, "ann", &all).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json().as_object().and_then(|body| body.values().next()), Some(&json!(told)), "{contract:?}");
    }
    let token = logged_in(&app, "ann", &json!({ "field_0": "kept" })).await;
    for path in records(&app) {
        assert_eq!(patch(&app, &token, &path, &all).await.status, 400);
        let change = with_members(json!({ "email": "new@mail.example" }), &all);
        assert_eq!(patch(&app, &token, &path, &change).await.status, 400);
    }
    let user = &app.users().await[0];
    assert_eq!(user.email.as_deref(), Some("ann@mail.example"), "of one request, all is done or nothing");
    assert_eq!(app.get_by(&token, &records(&app)[0]).await.expect(200)["field_0"], "kept");
}

#[tokio::test]
async fn the_time_of_the_last_change_is_stored() {
    let app = app_with(vec![text("bio")]).await;
    let token = logged_in(&app, "ann", &json!({ "bio": "x" })).await;
    let changed_at = async || app.users().await[0].profile_updated_at.map(|at| at.unix_seconds());
    assert_eq!(changed_at().await, None);
    app.advance(60);
    for path in records(&app) {
        patch(&app, &token, &path, &json!({})).await.expect(200);
        assert_eq!(changed_at().await, None);
    }
    patch(&app, &token, &records(&app)[0], &json!({ "bio": "y" })).await.expect(200);
    assert_eq!(changed_at().await, Some(app.now().unix_seconds()));
}

#[tokio::test]
async fn values_go_with_their_user() {
    let app = app_with(vec![text("bio")]).await;
    let token = logged_in(&app, "ann", &json!({ "bio": "gone" })).await;
    let body = json!({ "current_password": PASSWORD });
    djoser::expect_nothing(&app.djoser().send_by(&token, "DELETE", djoser::paths::ME, &body).await);
    assert_eq!(app.lines("SELECT CAST(count(*) AS text) AS line FROM users"), ["0"]);
}

#[tokio::test]
async fn values_are_purged_beside_changes_of_other_fields_and_both_are_kept() {
    let app = app_with(vec![text("kept"), text("gone")]).await;
    let mut tokens = Vec::new();
    for number in 0..8 {
        tokens.push(logged_in(&app, &format!("user{number}"), &json!({ "kept": "old", "gone": "x" })).await);
    }
    let app = app.sibling(with_fields(vec![text("kept")])).await;
    let path = records(&app)[0].clone();
    let changes = join_all(tokens.iter().map(|token| async {
        for round in 0..5 {
            patch(&app, token, &path, &json!({ "kept": format!("new {round}") })).await.expect(200);
        }
    }));
    let purge = app.accounts().administration().purge_profile_field("gone");
    let (_, purged) = tokio::join!(changes, purge);
    assert_eq!(purged.expect("the database answers").users, 8);
    assert_eq!(app.lines("SELECT DISTINCT profile AS line FROM users"), [r#"{"kept":"new 4"}"#]);
    let again = app.accounts().administration().purge_profile_field("kept").await;
    assert_eq!(again.expect("the database answers").users, 8);
    assert_eq!(app.lines("SELECT DISTINCT coalesce(profile, 'NULL') AS line FROM users"), ["NULL"]);
}
