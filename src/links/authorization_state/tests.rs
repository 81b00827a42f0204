use super::*;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const ASKED: Asked<'_> =
    Asked { provider: "google", redirect_uri: "https://app.example/back?a=1", user_id: Some("ann"), browser_mark: "" };

fn states(secrets: &[&str]) -> AuthorizationStates {
    AuthorizationStates::new(&secrets.iter().map(|text| Secret::new(*text)).collect::<Vec<_>>())
}

fn ours() -> AuthorizationStates {
    states(&["the secret of all tests, 32 bytes"])
}

fn judge(states: &AuthorizationStates, begun: &BegunAuthorization, now: Timestamp) -> Result<(), StateError> {
    states.verify(&begun.state, "google", begun.browser_mark.expose(), now).map(|_| ())
}

#[test]
fn a_state_comes_back_as_it_was_begun() {
    for user_id in [Some("ann"), None] {
        let begun = ours().begin(Asked { user_id, ..ASKED }, NOW);
        let back = ours().verify(&begun.state, "google", begun.browser_mark.expose(), NOW).expect("it is ours");
        assert_eq!((back.redirect_uri.as_str(), back.user_id.as_deref()), (ASKED.redirect_uri, user_id));
        assert_eq!(back.nonce, begun.nonce);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(back.code_verifier.expose()));
        assert_eq!((challenge, back.code_verifier.expose().len()), (begun.code_challenge, 43));
    }
}

#[test]
fn a_state_has_room_for_the_longest_redirect_uri_and_names() {
    let (provider, user_id) = ("p".repeat(32), "9".repeat(64));
    let redirect_uri = "x".repeat(LONGEST_REDIRECT_URI_BYTES);
    let asked = Asked { provider: &provider, redirect_uri: &redirect_uri, user_id: Some(&user_id), browser_mark: "" };
    let begun = ours().begin(asked, Timestamp::from_unix_seconds(i64::MAX));
    assert!(begun.state.len() <= LONGEST, "{}", begun.state.len());
    let begun = ours().begin(asked, NOW);
    let back = ours().verify(&begun.state, &provider, begun.browser_mark.expose(), NOW).expect("it is ours");
    assert_eq!(back.redirect_uri, redirect_uri);
}

#[test]
fn two_states_share_nothing() {
    let (one, other) = (ours().begin(ASKED, NOW), ours().begin(ASKED, NOW));
    assert_ne!(one.state, other.state);
    assert_ne!(one.nonce, other.nonce);
    assert_ne!(one.code_challenge, other.code_challenge);
    let crossed = ours().verify(&one.state, "google", other.browser_mark.expose(), NOW);
    assert_eq!(crossed.map(|_| ()), Err(StateError::OfAnotherBrowser));
}

#[test]
fn several_states_of_one_browser_share_its_mark() {
    let one = ours().begin(ASKED, NOW);
    let mark = one.browser_mark.expose();
    let other = ours().begin(Asked { browser_mark: mark, ..ASKED }, NOW);
    assert_eq!(other.browser_mark.expose(), mark);
    assert_ne!((&one.nonce, &one.code_challenge), (&other.nonce, &other.code_challenge));
    for begun in [&one, &other] {
        assert_eq!(judge(&ours(), begun, NOW), Ok(()));
    }
    for no_mark in ["", &mark[1..], "ann", &mark.to_uppercase().replace(|letter: char| letter.is_ascii_digit(), "A")] {
        let begun = ours().begin(Asked { browser_mark: no_mark, ..ASKED }, NOW);
        assert_ne!(begun.browser_mark.expose(), no_mark);
    }
}

#[test]
fn no_other_text_is_a_state() {
    let begun = ours().begin(ASKED, NOW);
    let (text, signature) = begun.state.split_once('.').expect("it has two parts");
    let other = ours().begin(Asked { user_id: None, ..ASKED }, NOW).state;
    let swapped = format!("{}.{signature}", other.split_once('.').expect("it has two parts").0);
    let long = "a".repeat(100_000);
    let wrong = ["", ".", text, &swapped, &format!("{text}.{signature}A"), &format!("{text}="), &long, "é.é"];
    for state in wrong {
        let refused = ours().verify(state, "google", begun.browser_mark.expose(), NOW).map(|_| ());
        assert_eq!(refused, Err(StateError::Forged), "{state}");
    }
    let elsewhere = ours().verify(&begun.state, "github", begun.browser_mark.expose(), NOW).map(|_| ());
    assert_eq!(elsewhere, Err(StateError::Forged));
    assert_eq!(judge(&states(&["another secret, 32 bytes or more.."]), &begun, NOW), Err(StateError::Forged));
}

#[test]
fn a_state_needs_the_mark_of_its_browser() {
    let begun = ours().begin(ASKED, NOW);
    let mark = begun.browser_mark.expose();
    for wrong in ["", &mark[1..], &mark.to_uppercase(), &"0".repeat(64), &begun.nonce] {
        let refused = ours().verify(&begun.state, "google", wrong, NOW).map(|_| ());
        assert_eq!(refused, Err(StateError::OfAnotherBrowser), "{wrong}");
    }
}

#[test]
fn a_state_expires_after_ten_minutes() {
    let begun = ours().begin(ASKED, NOW);
    assert_eq!(judge(&ours(), &begun, NOW.plus(STATE_VALID_FOR)), Ok(()));
    let later = NOW.plus(STATE_VALID_FOR).plus(Seconds::new(1));
    assert_eq!(judge(&ours(), &begun, later), Err(StateError::Expired));
    assert_eq!(judge(&ours(), &begun, NOW.minus(CLOCK_SKEW)), Ok(()));
    assert_eq!(judge(&ours(), &begun, NOW.minus(Seconds::new(61))), Err(StateError::Expired));
}

#[test]
fn a_state_outlives_the_rotation_of_secrets() {
    let (old, new) = ("the old secret, 32 bytes or more..", "the new secret, 32 bytes or more..");
    let begun = states(&[old]).begin(ASKED, NOW);
    let back = states(&[new, old]).verify(&begun.state, "google", begun.browser_mark.expose(), NOW);
    assert_eq!(back.expect("an old secret signed it").nonce, begun.nonce);
    assert!(!format!("{:?} {begun:?}", states(&[old])).contains(begun.browser_mark.expose()));
}
