//! `countersign users link`.

use std::collections::HashMap;

use super::users::{home_of, shown};
use super::{QUIET, home};
use crate::process::{Home, registration};

/// The link that the command printed, as what its page posts. The remarks beside it name the address.
fn claim(home: &Home, arguments: &[&str], address: &str) -> HashMap<String, String> {
    let finished = home.run(&[&["users", "link"], arguments].concat());
    assert_eq!((finished.code, finished.stdout.lines().count()), (Some(0), 1), "{finished:?}");
    assert!(finished.stderr.contains(&format!("Opening it proves the address {address}, until ")), "{finished:?}");
    url::Url::parse(finished.stdout.trim_end()).expect("it is a URL").query_pairs().into_owned().collect()
}

/// Posts a claim to an endpoint of the program.
async fn follow(home: &Home, endpoint: &str, claim: &HashMap<String, String>) -> u16 {
    let mut program = home.serve();
    let url = format!("{}{endpoint}", program.base_url().await);
    let answer = reqwest::Client::new().post(url).json(claim).send().await.expect("the program answers");
    let status = answer.status().as_u16();
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
    status
}

#[tokio::test]
async fn a_printed_link_verifies_its_user() {
    let home = home_of(&["ann"]).await;
    let link = claim(&home, &["ann"], "ann@mail.example");
    assert_eq!(shown(&home, "ann", "verified"), "-", "printing changes nothing");
    assert_eq!(follow(&home, "verify-registration/", &link).await, 200);
    assert_ne!(shown(&home, "ann", "verified"), "-");

    let complaint = home.run(&["users", "link", "ann"]).complaint(1);
    assert!(complaint.contains("is verified already and needs no link"), "{complaint}");
}

#[tokio::test]
async fn a_printed_link_proves_the_corrected_address() {
    let home = home_of(&["ann"]).await;
    home.run(&["users", "set-email", "ann", "ann2@mail.example", "--unverified"]).done();
    let link = claim(&home, &["ann"], "ann2@mail.example");
    assert_eq!(link["email"], "ann2@mail.example");
    assert_eq!(follow(&home, "verify-email/", &link).await, 200);
    assert_ne!(shown(&home, "ann", "verified"), "-");
}

#[tokio::test]
async fn no_link_is_printed_that_would_not_work() {
    let home = home_of(&["ann", "bob"]).await;
    home.run(&["users", "disable", "ann"]).done();
    let complaint = home.run(&["users", "link", "ann"]).complaint(1);
    assert!(complaint.contains("is disabled") && complaint.contains("users enable"), "{complaint}");
    assert!(home.run(&["users", "link", "nobody"]).complaint(1).contains("`countersign users list`"));
    let complaint = home.run(&["users", "link", "bob", "--contract", "djoser"]).complaint(2);
    assert!(complaint.contains("djoser") && complaint.contains("accounts"), "{complaint}");

    let mut program = home.serve();
    let mut body = registration("eve");
    body["email"] = "bob@mail.example".into();
    let url = format!("{}register/", program.base_url().await);
    let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("the program answers");
    assert_eq!(answer.status(), 201);
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
    home.run(&["users", "verify", "bob"]).done();
    let complaint = home.run(&["users", "link", "eve"]).complaint(1);
    assert!(complaint.contains("another verified user has the address"), "{complaint}");
}

#[tokio::test]
async fn a_site_without_proofs_has_no_links() {
    let home = home();
    let mut program = home.serve();
    program.register("ann").await;
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
    std::fs::write(home.settings(), format!("{QUIET}[registration]\nverification = false\n"))
        .expect("it can be written");
    let complaint = home.run(&["users", "link", "ann"]).complaint(1);
    assert!(complaint.contains("`registration.verification`"), "{complaint}");
}

#[tokio::test]
async fn a_link_may_lead_to_the_page_of_a_contract() {
    let home = home_of(&["ann"]).await;
    let url = "https://d.example/#/activate/{uid}/{token}";
    let djoser = format!("{QUIET}[contracts.djoser]\nenabled = true\nactivation_url = \"{url}\"\n");
    std::fs::write(home.settings(), djoser).expect("it can be written");
    let printed = home.run(&["users", "link", "ann", "--contract", "djoser"]).stdout;
    assert!(printed.starts_with("https://d.example/#/activate/"), "{printed}");
    assert!(!home.run(&["users", "link", "ann"]).stdout.contains("d.example"));
}
