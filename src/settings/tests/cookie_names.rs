//! The names that the settings may give to cookies.

use super::faults_of;

#[test]
fn the_cookies_of_tokens_have_no_name_of_another_cookie_of_this_server() {
    let own = ["sessionid", "registration", "browser"];
    let names = own.into_iter().flat_map(|name| [name.to_owned(), format!("__Host-{name}"), name.to_uppercase()]);
    for name in names.chain(["csrftoken".to_owned()]) {
        for (section, key) in [
            ("dj_rest_auth", "jwt_auth_cookie"),
            ("dj_rest_auth", "jwt_auth_refresh_cookie"),
            ("django_rest_auth", "jwt_auth_cookie"),
        ] {
            let text = format!("[contracts.{section}]\nenabled = true\nuse_jwt = true\n{key} = \"{name}\"");
            let faults = faults_of(&text);
            assert!(faults.iter().any(|fault| fault.contains("another cookie of this server")), "{text}: {faults:#?}");
        }
    }
}

#[test]
fn the_error_of_a_cookies_name_lists_what_the_file_allows() {
    let faults = faults_of("[contracts.dj_rest_auth]\nenabled = true\nuse_jwt = true\njwt_auth_cookie = \"a b\"");
    let allowed = "up to 100 letters, digits and -_.!#$%&'*+^`|~";
    assert!(faults.iter().any(|fault| fault.contains(allowed)), "{faults:#?}");
    let file = include_str!("../../../settings.toml").replace("\n# ", " ");
    assert!(file.contains(allowed));
}
