//! `[jwt]` with EdDSA: where its keys come from, which texts are refused, and what is risky.

use super::findings::{keys_found, sound};
use super::*;
use crate::tokens::PrivateKey;

const ON: &str = "contracts.djoser.enabled = true\ncontracts.djoser.jwt = true\njwt.algorithm = \"EdDSA\"\n";
const SECRET: &str = "3f8a1c5d92e7b06448d1c2a9be57f3603f8a1c5d92e7b064";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAXIHDeQHZUM798K2prfwuenmRjKNg9p/AX1BPYJzXMlQ=\n-----END PUBLIC KEY-----\n";

fn pem(number: u8) -> String {
    PrivateKey::from_random(&[number; 32]).to_pem().expose().to_owned()
}

fn id(number: u8) -> String {
    PrivateKey::from_random(&[number; 32]).public().id().to_owned()
}

fn ids(settings: &Settings) -> Vec<&str> {
    settings.jwt.private_keys.iter().map(|key| key.public().id()).collect()
}

/// Returns the only fault of these settings.
#[track_caller]
fn fault(text: &str) -> String {
    let faults = faults_of(text);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

#[test]
fn a_private_key_is_generated_where_a_contract_needs_it_and_kept() {
    let disk = Disk::new();
    let file = disk.path("var/jwt.pem");
    let text = format!("{ON}jwt.private_keys_file = {file:?}\n");
    let mut first = load_text(&text).unwrap();
    assert!(first.jwt.private_keys.is_empty() && first.jwt.secrets.is_empty() && !file.exists());
    assert_eq!(first.generate_missing_jwt_secret().unwrap(), Some(file.clone()));
    let mut second = load_text(&text).unwrap();
    assert_eq!(second.generate_missing_jwt_secret().unwrap(), None);
    assert_eq!((ids(&first).len(), ids(&first)), (1, ids(&second)));
    let content = fs::read_to_string(&file).unwrap();
    assert!(content.starts_with("# Signs the JSON Web Tokens of countersign."), "{content}");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
}

#[test]
fn keys_are_read_in_their_order_from_settings_files_and_variables() {
    let disk = Disk::new();
    let listed = load_text(&format!("{ON}jwt.private_keys = [{:?}, {:?}]", pem(1), pem(2))).unwrap();
    assert_eq!(ids(&listed), [id(1), id(2)]);
    assert_eq!(listed.jwt.private_keys_file, None);
    let file = disk.private("jwt.pem", &format!("# new\n{}# old\n{}", pem(1), pem(2)).replace('\n', "\r\n"));
    let public = disk.private("jwt.pub", PUBLIC);
    let text = format!("{ON}jwt.private_keys_file = {file:?}\njwt.public_keys_file = {public:?}");
    let filed = load_text(&text).unwrap();
    assert_eq!((ids(&filed), filed.jwt.public_keys.len()), (vec![&*id(1), &*id(2)], 1));
    let on = [
        ("COUNTERSIGN__CONTRACTS__DJOSER__ENABLED", "true"),
        ("COUNTERSIGN__CONTRACTS__DJOSER__JWT", "true"),
        ("COUNTERSIGN__JWT__ALGORITHM", "EdDSA"),
    ];
    for (separator, line_break) in [(",", " "), (",", "\\n"), (" , ", "\n")] {
        let value = format!("{}{separator}{}", pem(1), pem(2)).replace('\n', line_break);
        let set = [on.as_slice(), &[("COUNTERSIGN__JWT__PRIVATE_KEYS", value.as_str())]].concat();
        assert_eq!(ids(&load_environment(&set).unwrap()), [id(1), id(2)], "{line_break:?}");
    }
}

#[test]
fn production_makes_no_private_key_up() {
    let load = |text: &str| {
        let links = "links.secrets = [\"9c1be2a4f7d05836b4e1d9a27f3c6058\"]";
        let disk = Disk::new();
        let file = disk.with("settings.toml", &format!("mode = \"production\"\n{links}\n{ON}{text}"));
        Settings::load_for_review(Some(&file), []).map(drop).map_err(|errors| errors.to_string())
    };
    for text in ["", "jwt.private_keys_file = \"\"", "jwt.public_keys_file = \"\""] {
        let told = load(text).unwrap_err();
        assert!(told.contains("`jwt.private_keys") && told.contains("`countersign secret new --jwt eddsa`"), "{told}");
    }
}

#[test]
fn a_wrong_key_is_refused_with_its_position_and_a_remedy_and_is_not_shown() {
    let damaged = pem(2).replace("MC4", "MC");
    for (text, told) in [
        (format!("jwt.private_keys = [{:?}, {SECRET:?}]", pem(1)), "item 2: there is no key in PEM"),
        (format!("jwt.private_keys = [{:?}, {damaged:?}]", pem(1)), "item 2: the PEM text is damaged"),
        (format!("jwt.private_keys = [{PUBLIC:?}]"), "this is a public key"),
        (format!("jwt.private_keys = [{:?}]", pem(1) + &pem(2)), "more than one key"),
        (format!("jwt.private_keys = [{:?}, {:?}]", pem(1), pem(1)), "key 2 stands in the list twice"),
        (format!("jwt.public_keys = [{PUBLIC:?}, {PUBLIC:?}]"), "key 2 stands in the list twice"),
        (format!("jwt.public_keys = [{:?}]", pem(1)), "this is a private key"),
        (format!("jwt.public_keys = [{SECRET:?}]"), "there is no key in PEM"),
    ] {
        let fault = fault(&format!("{ON}{text}"));
        assert!(fault.contains(told), "{fault}");
        assert!(!fault.contains("MC4C") && !fault.contains("MCAC") && !fault.contains("jwt.pem"), "{fault}");
    }
}

#[test]
fn a_file_without_good_keys_is_refused_with_a_remedy() {
    let disk = Disk::new();
    for (content, told) in [
        (String::new(), "the file is empty; write the key into it"),
        ("# nothing yet\n".to_owned(), "there is no key in PEM"),
        (SECRET.to_owned(), "`countersign secret new --jwt eddsa` makes one"),
        (pem(1) + PUBLIC, "key 2: this is a public key"),
        (pem(1) + &pem(1), "key 2 stands in the list twice"),
        (pem(1).replace("-----END", "-----"), "damaged or cut off"),
        (pem(1).replace("PRIVATE KEY", "RSA PRIVATE KEY"), "key 1: this is a key of another kind"),
        // One name for both files would empty the file before it is read.
        (pem(1).replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), "`openssl pkey -in FILE -out NEWFILE`"),
    ] {
        let fault = fault(&format!("{ON}jwt.private_keys_file = {:?}", disk.private("jwt.pem", &content)));
        assert!(fault.contains("`jwt.private_keys_file`") && fault.contains(told), "{fault}");
    }
    for (file, told) in [
        (disk.path("missing"), "create the file"),
        (disk.private("jwt.pub", ""), "write the key into it"),
        (disk.private("twice.pub", &[PUBLIC, PUBLIC].concat()), "key 2 stands in the list twice"),
    ] {
        let fault = fault(&format!("{ON}jwt.public_keys_file = {file:?}"));
        assert!(fault.contains("`jwt.public_keys_file`") && fault.contains(told), "{fault}");
    }
    let told = faults_of(&format!("{ON}jwt.private_keys_file = {:?}", disk.0.path())).join("\n");
    assert!(told.contains("the file cannot be read"), "{told}");
}

#[test]
fn secrets_and_keys_are_not_mixed() {
    let told = fault(&format!("{ON}jwt.secrets = [{SECRET:?}]"));
    assert!(told.contains("`jwt.algorithm`") && told.contains("`jwt.secrets`"), "{told}");
    assert!(told.contains("`countersign secret new --jwt eddsa`") && !told.contains(SECRET), "{told}");
    let disk = Disk::new();
    let file = disk.private("secret", SECRET);
    fault(&format!("{ON}jwt.secrets_file = {file:?}"));
    let hmac = ON.replace("EdDSA", "HS256");
    for key in [format!("jwt.private_keys = [{:?}]", pem(1)), format!("jwt.public_keys = [{PUBLIC:?}]")] {
        let told = fault(&format!("{hmac}{key}"));
        assert!(told.contains("choose \"EdDSA\""), "{told}");
    }
    fault(&format!("{ON}jwt.private_keys = [{:?}]\njwt.private_keys_file = \"elsewhere\"", pem(1)));
    // Without a contract that serves tokens nothing is read, and a copy of all defaults changes nothing.
    load_text(&format!("jwt.algorithm = \"EdDSA\"\njwt.secrets = [{SECRET:?}]")).unwrap();
    for algorithm in ["HS256", "EdDSA"] {
        let line = format!("algorithm = \"{algorithm}\"");
        let defaults = Settings::built_in_toml().replace("algorithm = \"HS256\"", &line);
        load_text(&defaults.replace("\nenabled = false", "\nenabled = true").replace("\njwt = false", "\njwt = true"))
            .unwrap();
    }
}

#[test]
fn private_keys_are_shown_nowhere() {
    let text = format!("{ON}jwt.private_keys = [{:?}]\njwt.public_keys = [{PUBLIC:?}]", pem(1));
    let settings = load_text(&text).unwrap();
    assert_eq!(entry(&settings, "jwt.private_keys").shown_value, "(hidden)");
    assert!(!format!("{settings:?}").contains(pem(1).lines().nth(1).unwrap()));
}

#[cfg(unix)]
#[test]
fn each_risk_of_keys_is_named_by_its_key_where_they_sign() {
    use std::os::unix::fs::PermissionsExt;

    let disk = Disk::new();
    let served = || {
        let mut settings = sound();
        settings.contracts.djoser.enabled = true;
        settings.contracts.djoser.jwt = true;
        settings.contracts.djoser.activation_url = None;
        settings.contracts.djoser.password_reset_confirm_url = None;
        settings.contracts.djoser.username_reset_confirm_url = None;
        settings.jwt.algorithm = JwtAlgorithm::EdDsa;
        let bytes = std::array::from_fn(|at| (at * at * 37 + 11) as u8);
        settings.jwt.private_keys = vec![PrivateKey::from_random(&bytes)];
        settings.jwt.private_keys_file = None;
        settings.jwt.secrets_file = Some(PathBuf::from("/"));
        settings
    };
    assert_eq!(served().findings(), []);
    // RFC 8037, A.1.
    let published = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
        0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    ];
    let mut settings = served();
    settings.jwt.private_keys.push(PrivateKey::from_random(&published));
    assert_eq!(settings.findings()[0].severity, Severity::Error);
    assert_eq!(keys_found(&settings), ["jwt.private_keys"]);
    let file = disk.with("keys", "");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let mut settings = served();
    settings.jwt.private_keys_file = Some(file.clone());
    assert_eq!(keys_found(&settings), ["jwt.private_keys_file"]);
    settings.jwt.private_keys_file = None;
    settings.jwt.public_keys_file = Some(file);
    assert_eq!(keys_found(&settings), ["jwt.public_keys_file"]);
    settings.jwt.algorithm = JwtAlgorithm::Hs256;
    settings.jwt.secrets_file = None;
    assert_eq!(keys_found(&settings), [""; 0]);
}
