//! What the settings may name as a page, and the URL that a link to it has.

use super::*;
use crate::links::page::PageUrlError;
use crate::links::purpose::{ResetPassword, VerifyEmail};

type EmailPage = FrontendUrl<VerifyEmail>;
type ResetPage = FrontendUrl<ResetPassword>;

/// Values that show how each is encoded.
fn value(placeholder: Placeholder) -> String {
    match placeholder {
        Placeholder::UserId => "1",
        Placeholder::Email => "z+\u{eb}/&#?%@b.c",
        Placeholder::Timestamp => "2",
        Placeholder::Signature => "3",
        Placeholder::Uid => "MQ-_",
        Placeholder::Token => "2-3",
        Placeholder::Key => "MQ-_:2:3",
    }
    .to_owned()
}

#[track_caller]
fn assert_built(page: &str, expected: &str) {
    assert_eq!(ResetPage::parse(page).expect("a good URL").with_values(value), expected);
}

#[test]
fn parameters_become_the_query() {
    assert_built("https://app.example/verify", "https://app.example/verify?user_id=1&%74imestamp=2&signature=3");
    assert_built("https://app.example", "https://app.example/?user_id=1&%74imestamp=2&signature=3");
    assert_built("HTTP://localhost:3000/v/", "http://localhost:3000/v/?user_id=1&%74imestamp=2&signature=3");
    assert_built(
        "https://bücher.example/prüfen",
        "https://xn--bcher-kva.example/pr%C3%BCfen?user_id=1&%74imestamp=2&signature=3",
    );
}

#[test]
fn parameters_join_a_query_that_is_there() {
    assert_built("https://app.example/?lang=fr", "https://app.example/?lang=fr&user_id=1&%74imestamp=2&signature=3");
    assert_built("https://app.example/?", "https://app.example/?user_id=1&%74imestamp=2&signature=3");
    assert_built("https://app.example/?lang=fr&", "https://app.example/?lang=fr&user_id=1&%74imestamp=2&signature=3");
}

#[test]
fn parameters_of_the_page_survive_html_as_well() {
    assert_built(
        "https://app.example/?x=1&copy=2",
        "https://app.example/?x=1&%63opy=2&user_id=1&%74imestamp=2&signature=3",
    );
    assert_built(
        "https://app.example/#/?x&times=2",
        "https://app.example/#/?x&%74imes=2&user_id=1&%74imestamp=2&signature=3",
    );
}

#[test]
fn a_page_has_no_parameter_of_a_links_name() {
    for (page, name) in [
        ("https://app.example/?timestamp=5", "timestamp"),
        ("https://app.example/?lang=fr&%75ser_id=me#form", "user_id"),
        ("https://app.example/#/verify?signature", "signature"),
        ("https://app.example/?email=x#/verify", "email"),
    ] {
        assert_eq!(ResetPage::parse(page), Err(FrontendUrlError::TakenParameter(name)), "{page}");
        // In a page with placeholders, the page's own parameters may have any name.
        let template = page.replace("example/", "example/{key}");
        ResetPage::parse(&template).unwrap_or_else(|error| panic!("{template}: {error}"));
    }
    ResetPage::parse("https://app.example/?Email=1&user=email&uid=1&token=2&key=3").expect("these are other names");
}

#[test]
fn an_ordinary_fragment_stays_at_the_end() {
    let parameters = "user_id=1&%74imestamp=2&signature=3";
    assert_built("https://app.example/verify#form", &format!("https://app.example/verify?{parameters}#form"));
    assert_built("https://app.example/?lang=fr#form", &format!("https://app.example/?lang=fr&{parameters}#form"));
    assert_built("https://app.example/#", &format!("https://app.example/?{parameters}#"));
    assert_built("https://app.example/#what?", &format!("https://app.example/?{parameters}#what?"));
}

#[test]
fn a_route_in_the_fragment_gets_the_parameters() {
    let parameters = "user_id=1&%74imestamp=2&signature=3";
    for (page, before) in [
        ("https://app.example/#/verify", "https://app.example/#/verify?"),
        ("https://app.example/#!/verify", "https://app.example/#!/verify?"),
        ("https://app.example/#/verify?lang=fr", "https://app.example/#/verify?lang=fr&"),
        ("https://app.example/?x=y#/verify", "https://app.example/?x=y#/verify?"),
        ("https://app.example/#/verify?", "https://app.example/#/verify?"),
    ] {
        assert_built(page, &format!("{before}{parameters}"));
    }
}

#[test]
fn placeholders_stand_in_path_query_and_fragment() {
    for (page, spelling, expected) in [
        ("https://app.example/reset/{uid}/{token}", Spelling::UidToken, "https://app.example/reset/MQ-_/2-3"),
        ("https://app.example/{uid}/{token}/?a=b#c", Spelling::UidToken, "https://app.example/MQ-_/2-3/?a=b#c"),
        ("https://app.example/?t={token}&u={uid}", Spelling::UidToken, "https://app.example/?t=2-3&u=MQ-_"),
        ("https://app.example/#/r/{uid}/{token}", Spelling::UidToken, "https://app.example/#/r/MQ-_/2-3"),
        ("https://app.example/{uid}?t={token}", Spelling::UidToken, "https://app.example/MQ-_?t=2-3"),
        ("https://app.example/confirm/{key}/", Spelling::Key, "https://app.example/confirm/MQ-_:2:3/"),
        ("https://app.example?key={key}", Spelling::Key, "https://app.example/?key=MQ-_:2:3"),
        ("https://app.example#{key}", Spelling::Key, "https://app.example/#MQ-_:2:3"),
        ("https://app.example/{user_id}/{timestamp}/{signature}", Spelling::Parts, "https://app.example/1/2/3"),
        (
            "https://app.example/?signature={signature}&id={user_id}#{timestamp}",
            Spelling::Parts,
            "https://app.example/?signature=3&id=1#2",
        ),
        ("https://Bücher.example:8443/ü/{key}", Spelling::Key, "https://xn--bcher-kva.example:8443/%C3%BC/MQ-_:2:3"),
        ("https://app.example/a/../b/./{key}", Spelling::Key, "https://app.example/b/MQ-_:2:3"),
        ("https://app.example/%7Buid%7D/{key}", Spelling::Key, "https://app.example/%7Buid%7D/MQ-_:2:3"),
        ("https://app.example/100%25{key}", Spelling::Key, "https://app.example/100%25MQ-_:2:3"),
    ] {
        let parsed = ResetPage::parse(page).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert_eq!(parsed.spelling(), spelling, "{page}");
        assert_eq!(parsed.with_values(value), expected, "{page}");
        assert_eq!(parsed.as_url().scheme(), "https");
        assert_eq!(ResetPage::parse(&parsed.to_string()).expect("what is shown is a page too"), parsed);
    }
}

#[test]
fn an_address_is_percent_encoded_alike_everywhere() {
    let encoded = "z%2B%C3%AB%2F%26%23%3F%25%40b.c";
    for (page, expected) in [
        (
            "https://app.example/{user_id}/{email}/{timestamp}/{signature}",
            format!("https://app.example/1/{encoded}/2/3"),
        ),
        (
            "https://app.example/?m={email}&i={user_id}&t={timestamp}&s={signature}",
            format!("https://app.example/?m={encoded}&i=1&t=2&s=3"),
        ),
        (
            "https://app.example/#{email}/{user_id}/{timestamp}/{signature}",
            format!("https://app.example/#{encoded}/1/2/3"),
        ),
    ] {
        assert_eq!(EmailPage::parse(page).expect("a good URL").with_values(value), expected);
    }
}

#[test]
fn a_filled_template_survives_html_as_well() {
    let page = ResetPage::parse("https://app.example/?x=1&reg={uid}&times={token}").expect("a good URL");
    assert_eq!(page.with_values(value), "https://app.example/?x=1&%72eg=MQ-_&%74imes=2-3");
    let page = ResetPage::parse("https://app.example/?x&{uid}&#{token}").expect("a good URL");
    let built = page.with_values(|placeholder| match placeholder {
        Placeholder::Uid => "copy".to_owned(),
        _ => "38".to_owned(),
    });
    assert_eq!(built, "https://app.example/?x&%63opy&#%338");
}

#[test]
fn a_template_carries_one_whole_spelling() {
    for (page, expected) in [
        (
            "https://app.example/{uid}",
            "the URL has `{uid}` and lacks `{token}`; write `{user_id}`, `{timestamp}` and `{signature}`, or `{uid}` and `{token}`, or `{key}` alone",
        ),
        ("https://app.example/{token}", "the URL has `{token}` and lacks `{uid}`; "),
        ("https://app.example/{user_id}", "the URL has `{user_id}` and lacks `{timestamp}` and `{signature}`; "),
        ("https://app.example/{signature}/{timestamp}", "the URL has `{signature}` and lacks `{user_id}`; "),
        ("https://app.example/{uid}/{token}/{key}", "`{uid}` and `{key}` do not go together; write "),
        ("https://app.example/{key}?i={user_id}", "`{key}` and `{user_id}` do not go together; "),
        ("https://app.example/{uid}/{token}?e={email}", "`{uid}` and `{email}` do not go together; "),
        ("https://app.example/{key}/{key}", "`{key}` stands in the URL more than once; write it once"),
        ("https://app.example/{uid}/{token}#{uid}", "`{uid}` stands in the URL more than once; "),
        (
            "https://app.example/{user_id}/{timestamp}/{signature}/{email}",
            "the link is for no new address, so it has no `{email}`; take it out",
        ),
        ("https://app.example/{email}", "the link is for no new address, so it has no `{email}`; "),
        (
            "https://app.example/{name}",
            "`{name}` is no placeholder; the placeholders are `{user_id}`, `{email}`, `{timestamp}`, `{signature}`, `{uid}`, `{token}` and `{key}`, and a brace of the page's own is written `%7B` or `%7D`",
        ),
        ("https://app.example/{Key}", "`{Key}` is no placeholder; "),
        ("https://app.example/{ key }", "`{ key }` is no placeholder; "),
        ("https://app.example/{{key}}", "`{{key}` is no placeholder; "),
        ("https://app.example/{}", "`{}` is no placeholder; "),
        ("https://app.example/{key}}", "`}` is no placeholder; "),
        ("https://app.example/{key", "`{key` is no placeholder; "),
        ("https://app.example/}{key}", "`}` is no placeholder; "),
        (
            "https://app.example/{kéééééééééééééééééééééééééééééééééééy}",
            "`{kéééééééééééééééééééééééééééééé` is no placeholder; ",
        ),
        (
            "https://{key}/",
            "`{key}` stands before the URL's path; placeholders may stand in its path, query and fragment",
        ),
        ("https://{key}", "`{key}` stands before the URL's path; "),
        ("https://{uid}.app.example/{token}", "`{uid}` stands before the URL's path; "),
        ("https://app.example:{uid}/{token}", "`{uid}` stands before the URL's path; "),
        ("https://{uid}@app.example/{token}", "`{uid}` stands before the URL's path; "),
        (
            "https://app.example/{uid}{token}",
            "nothing stands between `{uid}` and `{token}` by which the page can separate them; ",
        ),
        ("https://app.example/{key}/..", "the URL's path has `..` behind `{key}`, which takes it away; "),
        ("https://app.example/x/{uid}/%2E./{token}", "the URL's path has `..` behind `{uid}`, which takes it away; "),
        ("https://app.example/%{key}", "a `%` without its two hex digits stands before `{key}`; write `%25` "),
        ("https://app.example/%4{key}", "a `%` without its two hex digits stands before `{key}`; "),
    ] {
        let error = ResetPage::parse(page).expect_err(page).to_string();
        assert!(error.starts_with(expected), "{page}: {error}");
    }
}

#[test]
fn placeholders_stand_apart_by_something_that_no_value_hides() {
    for between in ["/", "?token=", "&", "#", ".", "~", ":", "_", ",", "%2F", "-x/"] {
        ResetPage::parse(&format!("https://app.example/{{uid}}{between}{{token}}")).expect(between);
    }
    for between in ["", "-", "a", "0", "deadbeef", "-1-"] {
        let page = format!("https://app.example/{{uid}}{between}{{token}}");
        let error = ResetPage::parse(&page).expect_err(between);
        assert_eq!(error, FrontendUrlError::Touching(Placeholder::Uid, Placeholder::Token), "{between:?}");
    }
    let of_parts = |page: &str| ResetPage::parse(page).map(|_| ());
    of_parts("https://app.example/{user_id}.{timestamp}.{signature}").expect("neither number has a dot");
    let error = of_parts("https://app.example/{user_id}/{timestamp}0{signature}").expect_err("a digit is of both");
    assert_eq!(error, FrontendUrlError::Touching(Placeholder::Timestamp, Placeholder::Signature));
}

#[test]
fn a_link_to_a_new_address_has_the_address_in_it() {
    let page = "https://app.example/{user_id}/{timestamp}/{signature}";
    let error = EmailPage::parse(page).expect_err("the address is missing").to_string();
    let expected = "the URL has `{user_id}` and lacks `{email}`; write `{user_id}`, `{email}`, `{timestamp}` and \
                    `{signature}`, or `{uid}` and `{token}`, or `{key}` alone";
    assert_eq!(error, expected);
    for page in ["https://app.example/{uid}/{token}", "https://app.example/{key}"] {
        EmailPage::parse(page).expect("uid and key hold the address");
    }
}

#[test]
fn what_no_mail_may_carry_is_refused() {
    for (text, error) in [
        ("/{key}", PageUrlError::NotAbsoluteHttp),
        ("ftp://app.example/{key}", PageUrlError::NotAbsoluteHttp),
        ("{key}://app.example/", PageUrlError::NotAbsoluteHttp),
        ("https:///{key}", PageUrlError::NoHost),
        ("https://user@app.example/{key}", PageUrlError::UserInfo),
        ("https://app.example/ {key}", PageUrlError::StrayCharacter),
        ("https://app.example/\n{key}", PageUrlError::StrayCharacter),
        ("https://app.example:99999/{key}", PageUrlError::Unreadable(url::ParseError::InvalidPort)),
    ] {
        assert_eq!(ResetPage::parse(text), Err(FrontendUrlError::Page(error)), "{text:?}");
    }
}

#[test]
fn no_text_of_the_page_is_taken_for_a_placeholder() {
    // The marks that stand for placeholders while the URL is read.
    assert_built("https://p0x0q.example/p0x0q/p1x{key}p0x", "https://p0x0q.example/p0x0q/p1xMQ-_:2:3p0x");
    assert_built("https://\u{ff50}0x0q.example/{key}", "https://p0x0q.example/MQ-_:2:3");
    assert_built("https://app.example/p{uid}0x0q?p0{token}", "https://app.example/pMQ-_0x0q?p02-3");
}
