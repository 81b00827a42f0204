//! Keys as other programs write them, and texts that are no keys.

use super::*;

/// Written by `openssl genpkey -algorithm ed25519`, and by `openssl pkey -pubout`.
const PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEIK8YaXyCcEfvK1y2uVXYht6+6b9vQaaJ/CU3AXxqkUyo";
const PUBLIC: &str = "MCowBQYDK2VwAyEAXIHDeQHZUM798K2prfwuenmRjKNg9p/AX1BPYJzXMlQ=";
/// The same private key, encrypted with `openssl pkcs8 -topk8`.
const ENCRYPTED: &str = "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjoefpRCqvZbAICCAAw\n\
    DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEC1jCyv+X183A974qiqENjgEQBs6\n\
    2LuTTau/o6C17fCodleaX4ZOdvdppqSMJdM7zrSqzjgvnPtzscKKFFuOgqfvrom9\nviqTZcNIOj+VegRQ10o=";
/// Keys of X25519 and of ECDSA with P-256, private and public.
const X25519: &str = "MC4CAQAwBQYDK2VuBCIEIKBnDi8LOdDVlXHjtHM+VEuO4L499JD8FbDwOzrDIFFE";
const P256: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmr/J8lrUCsMt6H/U\n\
    nZmGxftiEVyy2eZIC6kfHEjg7f2hRANCAARJSPbVP0RN87Ar4WjDkha9ZLhZ1yGI\n\
    CcTFGwLDwNHN4whm4pLNDvma+oNpHbF+aZRFEL3eU2qT6Hg4oVs21HwM";
const P256_PUBLIC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESUj21T9ETfOwK+Fow5IWvWS4Wdch\n\
    iAnExRsCw8DRzeMIZuKSzQ75mvqDaR2xfmmURRC93lNqk+h4OKFbNtR8DA==";

fn pem(label: &str, content: &str) -> String {
    format!("-----BEGIN {label}-----\n{content}\n-----END {label}-----\n")
}

fn private() -> PrivateKey {
    PrivateKey::parse(&pem("PRIVATE KEY", PRIVATE)).expect("a key")
}

#[test]
fn a_key_of_openssl_is_read_and_written_back() {
    assert_eq!(private().to_pem().expose(), pem("PRIVATE KEY", PRIVATE));
    let public = PublicKey::parse(&pem("PUBLIC KEY", PUBLIC)).expect("a key");
    assert_eq!(*private().public(), public);
}

/// The example of RFC 8037, A.1 to A.3.
#[test]
fn the_id_is_the_thumbprint_of_the_public_key() {
    let random = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").expect("hex");
    let key = PrivateKey::from_random(&random.try_into().expect("32 bytes"));
    assert_eq!(key.public().x(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(key.public().id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert!(key.is_guessable() && !private().is_guessable());
}

#[test]
fn keys_that_nobody_drew_are_guessable() {
    let row = |step: u8| std::array::from_fn(|at| (at as u8).wrapping_mul(step));
    let few = std::array::from_fn(|at| (at % 7) as u8);
    for bytes in [[0; 32], [255; 32], row(1), row(255), row(37), few] {
        assert!(PrivateKey::from_random(&bytes).is_guessable(), "{bytes:?}");
    }
}

#[test]
fn a_key_may_have_other_line_breaks_or_blanks_or_written_ones() {
    let text = pem("PRIVATE KEY", PRIVATE);
    for spelled in [
        text.replace('\n', "\r\n"),
        text.replace('\n', "\n    "),
        text.replace('\n', " "),
        text.replace('\n', "\\n"),
        text.replace('\n', "\\r\\n"),
        format!("  \n{text}\n\n"),
        format!("Key of today\n{text}"),
        text.replace("vK1y2", "vK1\ny2"),
    ] {
        assert_eq!(PrivateKey::parse(&spelled).expect(&spelled).public(), private().public(), "{spelled:?}");
    }
}

#[test]
fn a_file_holds_several_keys_and_comments() {
    let other = PrivateKey::from_random(&[7; 32]);
    let (one, two) = (pem("PRIVATE KEY", PRIVATE), other.to_pem());
    let off = pem("PRIVATE KEY", "no key").replace('\n', "\n# ");
    let file = format!("# newest first\n{one}\n# {off}\nolder:\n{}", two.expose()).replace('\n', "\r\n");
    let ids: Vec<String> = PrivateKey::parse_all(&file)
        .expect("keys")
        .into_iter()
        .map(|key| key.expect("a key").public().id().to_owned())
        .collect();
    assert_eq!(ids, [private().public().id(), other.public().id()]);
    assert_eq!(PrivateKey::parse(&format!("{one}{}", two.expose())).err(), Some(KeyError::Several));
    assert_eq!(PrivateKey::parse_all(&format!("# {off}")).err(), Some(KeyError::NoPem));
}

#[test]
fn each_text_that_is_no_private_key_has_its_error() {
    let whole = pem("PRIVATE KEY", PRIVATE);
    for (text, error) in [
        (String::new(), KeyError::NoPem),
        ("3f8a1c5d92e7b06448d1c2a9be57f3603f8a1c5d92e7b064".to_owned(), KeyError::NoPem),
        (PRIVATE.to_owned(), KeyError::NoPem),
        (whole[..whole.len() - 20].to_owned(), KeyError::Damaged),
        (whole[1..].replace("----BEGIN", "BEGIN"), KeyError::Damaged),
        (whole.replace("END PRIVATE", "END PUBLIC"), KeyError::Damaged),
        (pem("PRIVATE KEY", ""), KeyError::Damaged),
        (pem("PRIVATE KEY", "!"), KeyError::Damaged),
        (pem("PRIVATE KEY", &PRIVATE[..60]), KeyError::Damaged),
        (pem("PRIVATE KEY", &PRIVATE[4..]), KeyError::Damaged),
        (pem("PUBLIC KEY", PUBLIC), KeyError::Public),
        (pem("ENCRYPTED PRIVATE KEY", ENCRYPTED), KeyError::Encrypted),
        (pem("PRIVATE KEY", X25519), KeyError::OtherKind),
        (pem("PRIVATE KEY", P256), KeyError::OtherKind),
        (pem("RSA PRIVATE KEY", P256), KeyError::OtherKind),
        (pem("OPENSSH PRIVATE KEY", P256), KeyError::OtherKind),
        (pem("CERTIFICATE", P256), KeyError::OtherKind),
    ] {
        assert_eq!(PrivateKey::parse(&text).err(), Some(error), "{text}");
        assert!(!error.to_string().contains(PRIVATE), "{error}");
    }
}

#[test]
fn each_text_that_is_no_public_key_has_its_error() {
    // The neutral element of the curve.
    let weak = "MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    // No point of the curve.
    let nothing = "MCowBQYDK2VwAyEAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (text, error) in [
        (pem("PRIVATE KEY", PRIVATE), KeyError::Private),
        (pem("PUBLIC KEY", P256_PUBLIC), KeyError::OtherKind),
        (pem("PUBLIC KEY", weak), KeyError::Weak),
        (pem("PUBLIC KEY", nothing), KeyError::Damaged),
        (pem("PUBLIC KEY", &PUBLIC[..40]), KeyError::Damaged),
        (pem("RSA PUBLIC KEY", P256_PUBLIC), KeyError::OtherKind),
        ("ssh-ed25519 AAAA somebody".to_owned(), KeyError::NoPem),
    ] {
        assert_eq!(PublicKey::parse(&text).err(), Some(error), "{text}");
    }
}

#[test]
fn debug_shows_no_private_key() {
    let shown = format!("{:?}", private());
    assert_eq!(shown, format!("PrivateKey(of {})", private().public().id()));
}
