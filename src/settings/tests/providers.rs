//! Identity providers as an operator writes them.

use super::*;

/// Every key of a provider of OpenID Connect, and the other kinds with the least.
const ALL: &str = r#"
    [[providers]]
    name = "staff"
    kind = "openid"
    title = "Staff"
    issuer = "https://login.example.org/realms/staff"
    client_id = "countersign"
    client_secret = "not-for-eyes"
    scopes = ["openid", "email"]
    redirect_uris = ["https://app.example.org/login", "org.example.app:/login", "postmessage"]
    additional_hosts = ["Keys.example.org", "keys.example.org:8443"]
    verifies_emails = true
    creates_users = false
    joins_verified_emails = true
    timeout_seconds = 60

    [[providers]]
    name = "google"
    kind = "google"
    client_id = "1234.apps.googleusercontent.com"
    client_secret = "not-for-eyes"

    [[providers]]
    name = "github"
    kind = "github"
    client_id = "Iv1"
    client_secret = "not-for-eyes"
    web_url = "https://git.example.org/"

    [[providers]]
    name = "facebook"
    kind = "facebook"
    client_id = "77"
    client_secret = "not-for-eyes"

    [[providers]]
    name = "twitter"
    kind = "twitter"
    client_id = "key"
    client_secret = "not-for-eyes"
"#;

/// The least that a provider of OpenID Connect needs, and then `lines`.
fn openid(lines: &str) -> String {
    let given = |key: &str| lines.lines().any(|line| line.starts_with(&format!("{key} =")));
    let least = [("name", "a"), ("kind", "openid"), ("issuer", "https://a.example"), ("client_id", "me")];
    let least = least.into_iter().filter(|(key, _)| !given(key)).map(|(key, value)| format!("{key} = \"{value}\"\n"));
    format!("[[providers]]\n{}{lines}\n", least.collect::<String>())
}

fn provider(lines: &str) -> Provider {
    load_text(&openid(lines)).unwrap().providers.remove(0)
}

#[test]
fn every_kind_is_read_with_its_keys_and_defaults() {
    let providers = load_text(ALL).unwrap().providers;
    let [staff, google, github, facebook, twitter] = &providers[..] else { panic!("{providers:?}") };
    assert_eq!((staff.kind, staff.title.as_str()), (ProviderKind::OpenId, "Staff"));
    assert_eq!(staff.client_secret.as_ref().unwrap().expose(), "not-for-eyes");
    assert_eq!(staff.additional_hosts, ["keys.example.org", "keys.example.org:8443"]);
    assert_eq!(staff.redirect_uris, ["https://app.example.org/login", "org.example.app:/login", "postmessage"]);
    assert_eq!((staff.verifies_emails, staff.creates_users, staff.joins_verified_emails), (true, false, true));
    assert_eq!(staff.timeout.get(), 60);
    assert_eq!(google.issuer.as_deref(), Some("https://accounts.google.com"));
    assert_eq!((google.title.as_str(), google.api_url.as_str()), ("Google", "https://oauth2.googleapis.com"));
    assert_eq!(google.scopes, ["openid", "email", "profile"]);
    assert_eq!((google.verifies_emails, google.creates_users, google.joins_verified_emails), (true, true, false));
    assert_eq!(google.timeout.get(), 10);
    assert_eq!(
        (github.web_url.as_str(), github.api_url.as_str()),
        ("https://git.example.org", "https://git.example.org/api/v3")
    );
    assert_eq!(github.scopes, ["read:user", "user:email"]);
    assert_eq!(facebook.scopes, ["public_profile", "email"]);
    assert_eq!(twitter.api_url, "https://api.twitter.com");
    assert_eq!(provider("").title, "a");
}

#[test]
fn every_fault_of_a_provider_is_told_with_its_key_its_value_and_its_remedy() {
    for (lines, told) in [
        ("name = \"Google\"", "`providers.Google.name` is \"Google\""),
        ("name = \"socialaccounts\"", "contracts have a path of this name"),
        ("name = \"-a\"", "no - at its ends"),
        ("kind = \"oidc\"", "allowed are \"openid\", \"google\", \"github\", \"facebook\", \"twitter\""),
        ("type = \"openid\"", "did you mean `kind`?"),
        ("callback_url = \"https://a.example\"", "did you mean `redirect_uris`?"),
        ("clinet_id = \"x\"", "did you mean `client_id`?"),
        (
            "web_url = \"https://a.example\"",
            "a provider of kind \"openid\" has no such key, one of \"github\", \"facebook\" has",
        ),
        ("issuer = \"a.example\"", "`providers.a.issuer` is \"a.example\""),
        ("issuer = \"http://a.example\"", "must be encrypted"),
        ("issuer = \"https://me:pass@a.example\"", "leave it out"),
        ("issuer = \"https://a.example/.well-known/openid-configuration\"", "without /.well-known"),
        ("issuer = \"https://login.microsoftonline.com/common/v2.0\"", "write the id of your tenant"),
        ("client_id = \" me\"", "without blanks"),
        ("client_secret = 7", "`providers.a.client_secret` is \"(hidden)\""),
        ("client_secret_file = \"nowhere/a.secret\"", "create the file"),
        ("scopes = [\"email\"]", "without \"openid\" among them"),
        ("scopes = [\"openid email\"]", "write each as a text of its own"),
        ("redirect_uris = [\"https://a.example/#x\"]", "a fragment (#…) is not allowed"),
        ("redirect_uris = [\"https://*.a.example/login\"]", "each address is written whole, without *"),
        ("redirect_uris = [\"https://me@a.example/login\"]", "leave it out"),
        ("redirect_uris = [\"app:/login\"]", "an app's own scheme has a dot"),
        ("redirect_uris = [\"/login\"]", "item 1: allowed are whole URLs"),
        (
            &*format!("redirect_uris = [\"https://a.example/{}\"]", "x".repeat(2_031)),
            "item 1: it has 2049 bytes; allowed are up to 2048",
        ),
        ("redirect_uris = \"https://a.example/\"", "a list of texts is allowed"),
        ("additional_hosts = [\"https://a.example\"]", "allowed are names of hosts"),
        ("additional_hosts = [\"*.example\"]", "without *"),
        ("joins_verified_emails = true\nverifies_emails = false", "it needs `verifies_emails`"),
        ("creates_users = \"no\"", "allowed are true and false"),
        ("timeout_seconds = 61", "allowed are 1 to 60 seconds"),
        ("timeout_seconds = 0", "allowed are 1 to 60 seconds"),
    ] {
        let faults = faults_of(&openid(lines));
        assert_eq!(faults.len(), 1, "{lines}: {faults:?}");
        assert!(faults[0].contains(told) && faults[0].contains("settings.toml"), "{lines}: {}", faults[0]);
    }
}

#[test]
fn what_a_kind_needs_is_told_where_it_lacks() {
    for (lines, keys) in [
        ("", &["[1].name", "[1].kind", "[1].client_id"][..]),
        ("name = \"a\"\nkind = \"openid\"", &[".a.client_id", ".a.issuer"]),
        ("name = \"a\"\nkind = \"github\"\nclient_id = \"me\"", &[".a.client_secret"]),
        (
            "name = \"a\"\nkind = \"twitter\"\nclient_id = \"me\"\nclient_secret = \"x\"\njoins_verified_emails = true",
            &[".a.joins_verified_emails"],
        ),
    ] {
        let faults = faults_of(&format!("[[providers]]\n{lines}"));
        assert_eq!(faults.len(), keys.len(), "{lines}: {faults:?}");
        for (fault, key) in faults.iter().zip(keys) {
            assert!(fault.contains(&format!("`providers{key}`")), "{key}: {fault}");
        }
    }
}

#[test]
fn two_providers_have_two_names_and_all_faults_are_told_at_once() {
    let faults = faults_of(&[openid("timeout_seconds = 0\nscopes = 1"), openid("issuer = \"x\"")].concat());
    for key in ["a.timeout_seconds", "a.scopes", "a.issuer", "a.name"] {
        assert_eq!(
            faults.iter().filter(|fault| fault.contains(&format!("`providers.{key}`"))).count(),
            1,
            "{faults:?}"
        );
    }
    let many: String = (0..33).map(|number| openid(&format!("name = \"a{number}\""))).collect();
    let faults = faults_of(&many);
    assert!(faults.len() == 1 && faults[0].contains("33 providers are set; 32 are allowed"), "{faults:?}");
}

#[test]
fn a_secret_is_read_from_its_file_and_never_from_two_places() {
    let disk = Disk::new();
    let secret = disk.private("a.secret", "from-the-file\n");
    let line = format!("client_secret_file = \"{}\"", secret.display());
    let provider = provider(&line);
    assert_eq!(provider.client_secret.unwrap().expose(), "from-the-file");
    let faults = faults_of(&openid(&format!("{line}\nclient_secret = \"not-for-eyes\"")));
    assert!(faults.len() == 1 && faults[0].contains("give one or the other"), "{faults:?}");
    disk.with("a.secret", "\n");
    assert!(faults_of(&openid(&line))[0].contains("write the secret into it"));
}

#[test]
fn secrets_of_providers_are_never_shown() {
    let settings = load_text(ALL).unwrap();
    let shown = entry(&settings, "providers").shown_value;
    assert!(shown.contains("client_secret = (hidden)") && shown.contains("client_id = \"countersign\""), "{shown}");
    let misspelt = faults_of(&openid("client_sceret = \"not-for-eyes\""));
    let broken = load_environment(&[("COUNTERSIGN__PROVIDERS", "[{ client_secret = \"not-for-eyes\"")]).map(drop);
    let no_tables = load_environment(&[("COUNTERSIGN__PROVIDERS", "not-for-eyes")]).map(drop);
    let messages = [format!("{settings:?}"), shown, format!("{misspelt:?}"), broken.unwrap_err().to_string()];
    for message in messages.into_iter().chain([no_tables.unwrap_err().to_string()]) {
        assert!(!message.contains("not-for-eyes"), "{message}");
    }
}

#[test]
fn a_variable_holds_all_providers() {
    let value = "[{ name = \"a\", kind = \"openid\", issuer = \"http://127.0.0.1:9000\", client_id = \"me\" }]";
    let settings = load_environment(&[("COUNTERSIGN__PROVIDERS", value)]).unwrap();
    assert_eq!(settings.providers[0].issuer.as_deref(), Some("http://127.0.0.1:9000"));
}

/// Returns what is found about the providers of `text`.
fn findings_of(text: &str) -> Vec<Finding> {
    let disk = Disk::new();
    let findings = Settings::load(Some(&disk.with("settings.toml", text)), []).unwrap().findings().into_iter();
    findings.filter(|finding| finding.key == "providers").collect()
}

#[test]
fn production_refuses_providers_without_encryption_and_warns_of_what_may_hurt() {
    for (lines, severity, told) in [
        ("issuer = \"http://localhost:9000\"", Severity::Error, "`issuer` is not encrypted"),
        ("issuer = \"https://localhost:9000\"", Severity::Risk, "no provider for users elsewhere"),
        ("redirect_uris = [\"http://localhost:5173/login\"]", Severity::Risk, "an address of this machine"),
        ("redirect_uris = [\"http://a.example/\"]", Severity::Error, "in clear text"),
        ("joins_verified_emails = true", Severity::Risk, "log in and connect the two themselves"),
        ("scopes = [\"openid\"]", Severity::Risk, "`scopes` lacks \"email\""),
        #[cfg(unix)]
        ("client_secret = \"x\"", Severity::Risk, "chmod 600 or 640"),
    ] {
        let findings = findings_of(&openid(lines));
        assert_eq!(findings.len(), 1, "{lines}: {findings:?}");
        assert!(findings[0].severity == severity && findings[0].message.contains(told), "{lines}: {findings:?}");
    }
    assert_eq!(findings_of(&openid("redirect_uris = [\"https://app.example.org/login\"]")), []);
    let without_proof = format!("[registration]\nverification = false\n{}", openid("joins_verified_emails = true"));
    let told: Vec<_> = findings_of(&without_proof).into_iter().map(|finding| finding.message).collect();
    assert!(told.iter().any(|message| message.contains("`joins_verified_emails` has no effect")), "{told:?}");
}
