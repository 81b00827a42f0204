//! Links in every spelling and every part of a URL, written and read back.

use proptest::prelude::*;
use url::Url;

use super::any_signer;
use crate::clock::{Seconds, Timestamp};
use crate::links::html_text::surviving_html;
use crate::links::*;

/// Pages with the placeholders `{0}` to `{n}` in path, query and fragment, as `Place` reads them back.
#[derive(Clone, Copy, Debug)]
enum Place {
    Path,
    Query,
    Fragment,
    Route,
}

const PLACES: [Place; 4] = [Place::Path, Place::Query, Place::Fragment, Place::Route];
const OF_EMAIL: [&[&str]; 3] = [&["user_id", "email", "timestamp", "signature"], &["uid", "token"], &["key"]];
const OF_OTHERS: [&[&str]; 3] = [&["user_id", "timestamp", "signature"], &["uid", "token"], &["key"]];

impl Place {
    /// Returns a page with these placeholders here. Each name begins a character reference of HTML.
    fn page(self, names: &[&str]) -> String {
        let joined = |joint: &str| names.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(joint);
        let pairs: String = names.iter().map(|name| format!("&times{name}={{{name}}}")).collect();
        match self {
            Self::Path => format!("https://app.example/a&copy/{}/?x=1&reg#top", joined("/")),
            Self::Query => format!("https://app.example/?x=1{pairs}#/top"),
            Self::Fragment => format!("https://app.example/?x=1#{}", joined("/")),
            Self::Route => format!("https://app.example/#/verify?x=1{pairs}"),
        }
    }

    /// Returns the values that a page reads from the URL with which it was opened.
    fn values(self, url: &str) -> Vec<String> {
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
        let of_form = |query: &str| {
            form_urlencoded::parse(query.as_bytes()).skip(1).map(|(_, value)| value.into_owned()).collect()
        };
        let url = Url::parse(url).expect("it is a URL");
        let (path, fragment) = (url.path().trim_end_matches('/'), url.fragment().unwrap_or_default());
        match self {
            Self::Path => path.split('/').skip(2).map(decoded).collect(),
            Self::Query => of_form(url.query().expect("there is one")),
            Self::Fragment => fragment.split('/').map(decoded).collect(),
            Self::Route => of_form(fragment.split_once('?').expect("there is one").1),
        }
    }
}

/// Opens the link in every part of the URL and in every spelling, and returns what each page reads.
fn claims<P: Purpose>(
    link: &SignedLink<P>,
    spellings: [&[&str]; 3],
    parse_parts: impl Fn(&[String]) -> Result<Claim<P>, LinkError>,
) -> Vec<Claim<P>> {
    let mut claims = Vec::new();
    for place in PLACES {
        for names in spellings {
            let page = place.page(names);
            let url = link.url(&FrontendUrl::parse(&page).unwrap_or_else(|error| panic!("{page}: {error}")));
            assert_eq!(surviving_html(&url), url, "it has no character reference in it");
            assert_eq!(Url::parse(&url).expect("it is a URL").as_str(), url, "a browser spells it alike");
            let values = place.values(&url);
            let claim = match names {
                ["uid", "token"] => Claim::parse_uid_token(&values[0], &values[1]),
                ["key"] => Claim::parse_key(&values[0]),
                _ => parse_parts(&values),
            };
            claims.push(claim.unwrap_or_else(|error| panic!("{url}: {error}")));
        }
    }
    claims
}

/// Checks that each claim is believed with the link secret that was signed, and with no other.
fn assert_bound<P>(link: &SignedLink<P>, claims: Vec<Claim<P>>, [signed, replaced]: &[LinkSecret; 2])
where
    P: for<'a> Purpose<Holder<'a> = BoundTo<'a>>,
{
    for claim in claims {
        let verify =
            |claim, secret| any_signer().verify(claim, BoundTo::User(secret), Seconds::new(0), || link.timestamp());
        assert_eq!(verify(claim.clone(), replaced).map(drop), Err(LinkError::Forged));
        let proof = verify(claim, signed).expect("ours");
        assert_eq!((proof.user_id(), proof.signed_at()), (link.user_id(), link.timestamp()));
    }
}

prop_compose! {
    /// A path cannot contain a user id of one or two dots.
    fn user_id()(id in "[^\\p{Cc}]{1,16}".prop_filter("it is a dot segment", |id| id != "." && id != "..")) -> String {
        id
    }
}

/// Two different link secrets.
fn two_link_secrets() -> impl Strategy<Value = [LinkSecret; 2]> {
    let secret = |bits: [u8; 16]| LinkSecret::parse(&hex::encode(bits)).expect("sixteen bytes");
    any::<[[u8; 16]; 2]>()
        .prop_filter("they are the same", |[one, other]| one != other)
        .prop_map(move |both| both.map(secret))
}

/// Characters among which some have a meaning in URLs, HTML, handlebars or templates.
fn hostile_address() -> impl Strategy<Value = String> {
    prop_oneof!["[^\\p{Cc}]{1,254}", "[-&#?/%+=;:@.{}<>\"'\\\\ a2é]{1,80}"]
        .prop_filter("it is a dot segment", |address| address != "." && address != "..")
}

proptest! {
    #[test]
    fn an_email_link_comes_back(user_id in user_id(), email in hostile_address(), seconds: i64, bits: [u8; 16]) {
        let secret = LinkSecret::parse(&hex::encode(bits)).expect("sixteen bytes");
        let at = Timestamp::from_unix_seconds(seconds);
        let link = any_signer().sign_verify_email(&user_id, &email, &secret, at);
        let parse = |parts: &[String]| Claim::<VerifyEmail>::parse(&parts[0], &parts[1], &parts[2], &parts[3]);
        for claim in claims(&link, OF_EMAIL, parse) {
            let other = any_signer().verify(claim.clone(), BoundTo::Nobody, Seconds::new(0), || at);
            prop_assert_eq!(other.map(drop), Err(LinkError::Forged));
            let proof = any_signer().verify(claim, BoundTo::User(&secret), Seconds::new(0), || at).expect("ours");
            prop_assert_eq!((proof.user_id(), proof.email(), proof.signed_at()), (&*user_id, &*email, at));
        }
    }

    #[test]
    fn a_reset_link_comes_back(user_id in user_id(), seconds: i64, secrets in two_link_secrets()) {
        let link = any_signer().sign_reset_password(&user_id, &secrets[0], Timestamp::from_unix_seconds(seconds));
        let parse = |parts: &[String]| Claim::<ResetPassword>::parse(&parts[0], &parts[1], &parts[2]);
        assert_bound(&link, claims(&link, OF_OTHERS, parse), &secrets);
    }

    #[test]
    fn a_username_link_comes_back(user_id in user_id(), seconds: i64, secrets in two_link_secrets()) {
        let link = any_signer().sign_reset_username(&user_id, &secrets[0], Timestamp::from_unix_seconds(seconds));
        let parse = |parts: &[String]| Claim::<ResetUsername>::parse(&parts[0], &parts[1], &parts[2]);
        assert_bound(&link, claims(&link, OF_OTHERS, parse), &secrets);
    }

    #[test]
    fn a_registration_link_comes_back(user_id in user_id(), seconds: i64) {
        let at = Timestamp::from_unix_seconds(seconds);
        let link = any_signer().sign_verify_registration(&user_id, at);
        let parse = |parts: &[String]| Claim::<VerifyRegistration>::parse(&parts[0], &parts[1], &parts[2]);
        for claim in claims(&link, OF_OTHERS, parse) {
            let proof = any_signer().verify(claim, Unbound, Seconds::new(0), || at).expect("ours");
            prop_assert_eq!(proof.user_id(), &user_id);
        }
    }

    #[test]
    fn one_changed_character_is_refused(seconds: i64, at in 0..200_usize, with in "[0-9A-Za-z_:=%\n-]") {
        let link = any_signer().sign_verify_registration("018bcfe5-6800", Timestamp::from_unix_seconds(seconds));
        let changed = |text: String| {
            let at = at % text.len();
            let edited = format!("{}{with}{}", &text[..at], &text[at + 1..]);
            (edited != text).then_some(edited)
        };
        let now = || Timestamp::from_unix_seconds(seconds);
        let judged = |claim: Result<Claim<VerifyRegistration>, LinkError>| {
            any_signer().verify(claim?, Unbound, Seconds::new(u64::MAX), now).map(drop)
        };
        let uid = changed(link.uid()).map(|uid| judged(Claim::parse_uid_token(&uid, &link.token())));
        let token = changed(link.token()).map(|token| judged(Claim::parse_uid_token(&link.uid(), &token)));
        let key = changed(link.key()).map(|key| judged(Claim::parse_key(&key)));
        for judged in [uid, token, key].into_iter().flatten() {
            prop_assert!(matches!(judged, Err(LinkError::Malformed | LinkError::Forged)), "{judged:?}");
        }
    }

    #[test]
    fn what_is_read_is_spelled_as_we_would(uid in "[-_0-9A-Za-z=+/]{0,12}", token in "-?[0-9]{1,3}-[0-9a-fA-F]{31,33}") {
        if let Ok(claim) = Claim::<ResetPassword>::parse_uid_token(&uid, &token) {
            prop_assert_eq!(&spelling::uid(claim.user_id(), None), &uid);
        }
        if let Ok(claim) = Claim::<VerifyEmail>::parse_uid_token(&uid, &token) {
            prop_assert_eq!(spelling::uid(claim.user_id(), Some(claim.email())), uid);
        }
    }

    #[test]
    fn no_value_decides_which_host_a_link_leads_to(
        before in "[-a-z0-9.:@/\\\\?#%;&{} ]{0,20}",
        behind in "(/|\\?|#|\\.|:|%|//|@)?[-a-z0-9.:@/?#%;&]{0,12}",
        email in hostile_address(),
    ) {
        let page = format!("https://{before}{{key}}{behind}");
        if let Ok(page) = FrontendUrl::<VerifyEmail>::parse(&page) {
            let secret = LinkSecret::parse(&"0".repeat(32)).expect("sixteen bytes");
            let link = any_signer().sign_verify_email("7", &email, &secret, Timestamp::from_unix_seconds(7));
            let url = Url::parse(&link.url(&page)).expect("it is a URL");
            prop_assert_eq!(url.origin(), page.as_url().origin());
            prop_assert!(url.username().is_empty() && url.password().is_none());
            prop_assert_eq!(FrontendUrl::<VerifyEmail>::parse(&page.to_string()), Ok(page));
        }
    }

    #[test]
    fn parsing_never_panics(one: String, other: String) {
        let _ = Claim::<VerifyRegistration>::parse_uid_token(&one, &other);
        let _ = ActivationClaim::parse_uid_token(&one, &other);
        let _ = ActivationClaim::parse_key(&one);
        let _ = FrontendUrl::<VerifyEmail>::parse(&format!("https://app.example/{{key}}{one}"));
        let _ = FrontendUrl::<VerifyEmail>::parse(&format!("https://{one}/{other}{{key}}"));
    }
}
