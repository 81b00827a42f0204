//! What an operator does to accounts, through the operations that the command line and embedding programs call: what
//! becomes of the account, and that the hooks hear of it.

mod searching;

use std::collections::BTreeSet;

use countersign::UserId;
use countersign::accounts::{
    Administration, EmailStanding, Failure, NewPassword, NoSuchUser, User, UserQuery, VerifyUserError,
};
use countersign::identity::EmailAddress;
use countersign::passwords::Password;
use serde_json::json;

use crate::support::test_app::PASSWORD;
use crate::support::{Diary, Person, TestApp};

async fn start() -> (TestApp, Diary) {
    let diary = Diary::default();
    (TestApp::with_hooks(diary.clone(), |_| {}).await, diary)
}

fn id_of(person: &Person) -> UserId {
    UserId::from_stored(&person.id)
}

#[tokio::test]
async fn an_account_is_shut_and_opened_again_and_both_are_told() {
    let (app, diary) = start().await;
    let ann = app.verified("ann").await;
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    diary.take();
    let administration = app.accounts().administration();

    administration.disable_user(&id_of(&ann)).await.expect("ann is there");
    assert_eq!(diary.take(), [format!("disabled {}", ann.id)]);
    app.get_by(&token, "profile/").await.expect(401);
    app.log_in("ann", PASSWORD).await.expect(400);
    diary.take();

    administration.enable_user(&id_of(&ann)).await.expect("ann is there");
    assert_eq!(diary.take(), [format!("enabled {}", ann.id)]);
    app.get_by(&token, "profile/").await.expect(401);
    app.log_in("ann", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_user_is_staff_since_it_was_first_made_staff_until_it_is_dismissed() {
    let app = TestApp::start().await;
    let (ann, bob) = (app.verified("ann").await, app.verified("bob").await);
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let administration = app.accounts().administration();
    let staff_at = async |person: &Person| app.user(&person.id).await.staff_at;
    assert_eq!([staff_at(&ann).await, staff_at(&bob).await], [None, None]);

    let made_at = app.now();
    administration.make_staff(&id_of(&ann)).await.expect("ann is there");
    app.advance(60);
    administration.make_staff(&id_of(&ann)).await.expect("ann is there");
    assert_eq!([staff_at(&ann).await, staff_at(&bob).await], [Some(made_at), None]);
    assert!(app.user(&ann.id).await.is_staff());

    administration.dismiss_staff(&id_of(&ann)).await.expect("ann is there");
    administration.dismiss_staff(&id_of(&bob)).await.expect("bob is there, and was never staff");
    assert!(!app.user(&ann.id).await.is_staff());
    administration.make_staff(&id_of(&ann)).await.expect("ann is there");
    assert_eq!(staff_at(&ann).await, Some(app.now()));
    app.get_by(&token, "profile/").await.expect(200);
}

#[tokio::test]
async fn a_deleted_user_is_told_once_and_nothing_is_told_of_users_who_are_not_there() {
    let (app, diary) = start().await;
    let ann = id_of(&app.verified("ann").await);
    diary.take();
    let administration = app.accounts().administration();

    administration.delete_user(&ann).await.expect("ann is there");
    assert_eq!(diary.take(), [format!("deleted {ann}")]);
    assert_eq!(app.rows().await, (0, 0));

    for outcome in [
        administration.delete_user(&ann).await,
        administration.disable_user(&ann).await,
        administration.enable_user(&ann).await,
        administration.make_staff(&ann).await,
        administration.dismiss_staff(&ann).await,
    ] {
        assert!(matches!(outcome, Err(Failure::Refused(NoSuchUser))), "{outcome:?}");
    }
    assert_eq!(administration.end_sessions(&ann).await.expect("it answers"), 0);
    assert_eq!(diary.take(), Vec::<String>::new());
}

#[tokio::test]
async fn a_user_is_verified_on_an_operators_word_once_and_not_where_that_would_take_an_address() {
    let (app, diary) = start().await;
    let ann = app.registered("ann").await;
    let (owner, claimant) = (app.verified("bob").await, app.registered("cyd").await);
    diary.take();
    let administration = app.accounts().administration();
    let refused = async |id: &UserId| match administration.verify_user(id).await {
        Err(Failure::Refused(fact)) => fact,
        other => panic!("{other:?}"),
    };

    administration.verify_user(&id_of(&ann)).await.expect("ann is not verified yet");
    assert_eq!(diary.take(), [format!("activated {} Some(1700000000)", ann.id)]);
    assert_eq!(refused(&id_of(&ann)).await, VerifyUserError::AlreadyVerified);
    assert_eq!(refused(&UserId::from_stored("nobody")).await, VerifyUserError::NoSuchUser);

    app.execute(&format!(
        "UPDATE users SET email = '{0}', email_key = '{0}' WHERE id = '{1}'",
        owner.email, claimant.id
    ));
    assert_eq!(refused(&id_of(&claimant)).await, VerifyUserError::EmailTaken);
    administration.disable_user(&id_of(&claimant)).await.expect("cyd is there");
    diary.take();
    assert_eq!(refused(&id_of(&claimant)).await, VerifyUserError::Disabled);
    assert_eq!(diary.take(), Vec::<String>::new());
}

#[tokio::test]
async fn a_password_and_an_address_that_an_operator_sets_are_told() {
    let (app, diary) = start().await;
    let (ann, bob) = (app.verified("ann").await, app.registered("bob").await);
    diary.take();
    let accounts = app.accounts();
    let address = |text: &str| EmailAddress::parse(text).expect("an address");
    let (ann_row, bob_row) = (app.user(&ann.id).await, app.user(&bob.id).await);

    let new = NewPassword::new(Password::parse("Copper-Lantern-77", 128).expect("a password"));
    accounts.set_password(&ann_row, new).await.expect("it is a good one");
    assert_eq!(diary.take(), [format!("changed password {}", ann.id)]);

    let ann_row = app.user(&ann.id).await;
    accounts.set_email(ann_row, address("new@mail.example"), EmailStanding::Proved).await.expect("it is free");
    assert_eq!(diary.take(), [format!("changed e-mail {}", ann.id)]);

    accounts.set_email(bob_row, address("bob2@mail.example"), EmailStanding::Proved).await.expect("it is free");
    assert_eq!(diary.take(), [format!("activated {} Some(1700000000)", bob.id)]);

    let ann_row = app.user(&ann.id).await;
    accounts.set_email(ann_row, address("later@mail.example"), EmailStanding::ToBeProved).await.expect("it is free");
    assert_eq!(diary.take(), Vec::<String>::new(), "it is not the address yet");
}

#[tokio::test]
async fn users_are_found_and_listed_and_their_sessions_ended() {
    let (app, _) = start().await;
    let (ann, bob) = (app.verified("ann").await, app.verified("bob").await);
    app.log_in("ann", PASSWORD).await.expect(200);
    app.log_in("ann", PASSWORD).await.expect(200);
    let administration: &Administration = app.accounts().administration();

    let found = administration.find_users(UserQuery::UsernameKey("ann".to_owned())).await.expect("it answers");
    assert_eq!(found.iter().map(|user| user.id.as_str()).collect::<Vec<_>>(), [&ann.id]);
    let listed = administration.list_users(None, 10).await.expect("it answers");
    assert_eq!(listed.len(), 2);
    let after_first = administration.list_users(Some(listed[0].id.clone()), 10).await.expect("it answers");
    assert_eq!(after_first.len(), 1);

    assert_eq!(administration.list_sessions(&id_of(&ann)).await.expect("it answers").len(), 2);
    assert_eq!(administration.end_sessions(&id_of(&bob)).await.expect("it answers"), 0);
    assert_eq!(administration.end_sessions(&id_of(&ann)).await.expect("it answers"), 2);
}

#[tokio::test]
async fn users_are_listed_by_position_in_the_order_they_registered() {
    let app = TestApp::start().await;
    for name in ["cleo", "ann", "bob"] {
        app.registered(name).await;
        app.advance(1);
    }
    // The ids of one second come in no order, and are the second key.
    app.registered("eve").await;
    app.registered("dan").await;
    let administration = app.accounts().administration();
    let ids = |users: Vec<User>| users.into_iter().map(|user| user.id).collect::<Vec<_>>();

    let all = ids(administration.list_users(None, 10).await.expect("it answers"));
    assert_eq!(all.len(), 5);
    for (offset, limit) in [(0, 10), (0, 2), (2, 2), (3, 1), (4, 2), (0, 0), (5, 1), (u32::MAX, u32::MAX)] {
        let page = administration.list_users_from(offset, limit).await.expect("it answers");
        let expected: Vec<_> = all.iter().skip(offset as usize).take(limit as usize).cloned().collect();
        assert_eq!(ids(page), expected, "{limit} from {offset}");
    }
}

#[tokio::test]
async fn each_user_whom_housekeeping_deletes_is_told() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |settings| settings.users.conceal_emails = false).await;
    let (ann, bob) = (app.verified("ann").await, app.registered("bob").await);
    // More than one transaction deletes, of both reasons: the address that each claims is ann's or its own.
    app.execute(&format!(
        "INSERT INTO users (id, username, username_key, email, email_key, first_name, last_name, password_hash,
                            link_secret, created_at)
         WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 1200)
         SELECT 'id' || number, 'claim' || number, 'claim' || number,
                CASE WHEN number > 1100 THEN '{email}' ELSE 'claim' || number || '@mail.example' END,
                CASE WHEN number > 1100 THEN '{email}' ELSE 'claim' || number || '@mail.example' END, '', '', '-',
                '0123456789abcdef0123456789abcdef',
                CASE WHEN number > 1100 THEN 1700000000 ELSE 1600000000 + number END
         FROM numbers",
        email = ann.email,
    ));
    app.advance(86_401);
    diary.take();

    let purged = app.accounts().purge_unverified().await.expect("it answers");
    assert_eq!((purged.expired, purged.outrun), (1_100, 100));
    let told = diary.take();
    let expected: BTreeSet<String> = (1..=1200).map(|number| format!("deleted id{number}")).collect();
    assert_eq!(told.len(), expected.len(), "each is told once");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), expected);

    assert_eq!(app.rows().await.0, 2);
    assert_eq!(app.user(&bob.id).await.verified_at, None);
    app.accounts().purge_unverified().await.expect("it answers");
    assert_eq!(diary.take(), Vec::<String>::new());
}

#[tokio::test]
async fn a_parked_mail_is_listed_and_tried_again() {
    let app = TestApp::start().await;
    app.register("ann", json!({})).await.expect(201);
    app.execute("UPDATE outbox SET parked_at = 1700000000, last_error = '550 no such mailbox'");
    let queue = app.countersign().mail_queue();

    let [mail] = &queue.list(10).await.expect("it answers")[..] else { panic!("one mail waits") };
    assert_eq!(mail.last_error.as_deref(), Some("550 no such mailbox"));
    assert_eq!(app.deliver().await, 0);
    assert!(!queue.retry("nothing").await.expect("it answers"));
    assert!(queue.retry(&mail.id).await.expect("it answers"));
    assert_eq!(queue.retry_parked().await.expect("it answers"), 0, "it is parked no more");
    assert_eq!(app.deliver().await, 1);
}

#[tokio::test]
async fn a_mail_that_an_operator_deletes_is_never_sent() {
    let app = TestApp::start().await;
    let (ann, bob) = (app.registered("ann").await, app.registered("bob").await);
    let queue = app.countersign().mail_queue();
    let mails = queue.list(10).await.expect("it answers");
    let mail = mails.iter().find(|mail| mail.user_id == Some(id_of(&ann))).expect("ann's mail waits");

    let deleted = queue.delete(&mail.id).await.expect("it answers").expect("it waits");
    assert_eq!(deleted.user_id, Some(id_of(&ann)));
    assert!(queue.delete(&mail.id).await.expect("it answers").is_none(), "it is gone");
    let to: Vec<_> = app.mails().await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, [bob.email]);
}
