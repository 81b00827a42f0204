//! `countersign users search`.

use super::migrated_home;
use super::users::home_of;

#[tokio::test]
async fn users_are_found_by_a_part_of_a_name_or_address_page_by_page() {
    let home = home_of(&["joanna", "bob", "annabel"]).await;
    let found = home.run(&["users", "search", "ANNA"]).done();
    let names: Vec<_> = found.lines().map(|line| line.split_whitespace().nth(3).expect("a name")).collect();
    assert_eq!(names, ["joanna", "annabel"]);
    assert_eq!(home.run(&["users", "search", "bob", "mail.example"]).done().lines().count(), 1);
    assert_eq!(home.run(&["users", "search", "bob@mail.exampl_"]).done(), "");

    let page = home.run(&["users", "search", "anna", "--limit", "1"]);
    assert_eq!((page.code, page.stdout.lines().count()), (Some(0), 1));
    let after = page.stderr.trim_end().rsplit(' ').next().expect("it tells how to go on");
    let rest = home.run(&["users", "search", "anna", "--after", after]).done();
    assert_eq!(rest, format!("{}\n", found.lines().nth(1).expect("there are two")));
}

#[test]
fn a_search_for_nothing_is_refused() {
    let home = migrated_home();
    assert_eq!(home.run(&["users", "search"]).code, Some(2));
    assert!(home.run(&["users", "search", " "]).complaint(2).contains("nothing to search for"));
    assert!(
        home.run(&["users", "search", "ann", "--after", "nobody"]).complaint(1).contains("no user has the id nobody")
    );
}
