//! What is refused before anything is computed.

use proptest::prelude::*;

use super::*;
use crate::passwords::PasswordHash;

const OUTPUT: &str = "55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM=";

const MALFORMED: &[(&str, &str)] = &[
    ("pbkdf2_sha256$1000$salt", "number of parts"),
    ("pbkdf2_sha256$1000$salt$OUT$x", "number of parts"),
    ("pbkdf2_sha256$1000$$OUT", "salt"),
    ("pbkdf2_sha256$1000$salt$", "output"),
    ("pbkdf2_sha256$1000$salt$====", "output"),
    ("pbkdf2_sha256$1000$salt$not base64!", "output"),
    ("pbkdf2_sha256$1000$salt$c29tZXNhbHRzb21lc2FsdA==", "output"),
    ("pbkdf2_sha1$1000$salt$OUT", "output"),
    ("pbkdf2_sha256$0$salt$OUT", "iterations"),
    ("pbkdf2_sha256$-1$salt$OUT", "iterations"),
    ("pbkdf2_sha256$+1000$salt$OUT", "iterations"),
    ("pbkdf2_sha256$01000$salt$OUT", "iterations"),
    ("pbkdf2_sha256$1_000$salt$OUT", "iterations"),
    ("pbkdf2_sha256$ 1000$salt$OUT", "iterations"),
    ("pbkdf2_sha256$\u{661}\u{660}\u{660}$salt$OUT", "iterations"),
    ("pbkdf2_sha256$1e3$salt$OUT", "iterations"),
    ("pbkdf2_sha256$$salt$OUT", "iterations"),
    ("$pbkdf2-sha256$i=1000,l=16$c2FsdA$OUT", "output"),
    ("$pbkdf2-sha256$l=32$c2FsdA$OUT", "cost"),
    ("$pbkdf2-sha256$i=1000,i=1000$c2FsdA$OUT", "cost"),
    ("$pbkdf2-sha256$i=1000,x=1$c2FsdA$OUT", "cost"),
    ("$pbkdf2-sha256$i=1000$$OUT", "salt"),
    ("$pbkdf2-sha256$i=1000$!$OUT", "salt"),
    ("$pbkdf2-sha256$i=1000$c2FsdA$c2FsdA", "output"),
    ("$scrypt$ln=4,r=8$c2FsdA$OUT", "cost"),
    ("$scrypt$ln=4,r=8,p=1,x=1$c2FsdA$OUT", "cost"),
    ("$scrypt$ln=0,r=8,p=1$c2FsdA$OUT", "work factor 2 to the"),
    ("$scrypt$ln=4,r=0,p=1$c2FsdA$OUT", "block size"),
    ("$scrypt$ln=4,r=8,p=0$c2FsdA$OUT", "parallelism"),
    ("$scrypt$ln=4,r=8,p=1$c2FsdA", "number of parts"),
    ("scrypt$0$salt$8$1$OUT", "work factor"),
    ("scrypt$1$salt$8$1$OUT", "work factor 2 to the"),
    ("scrypt$15$salt$8$1$OUT", "work factor"),
    ("scrypt$16$salt$8$1$AAAA", "output"),
    ("scrypt$salt$16$8$1$OUT", "work factor"),
    ("$firebase-scrypt$ln=14,r=8$c2FsdA$OUT", "number of parts"),
    ("$firebase-scrypt$ln=14,r=8$c2FsdA$Bw==$OUT", "output"),
    ("$firebase-scrypt$ln=14,r=8$c2FsdA$$OUT", "output"),
    ("$firebase-scrypt$ln=14$c2FsdA$Bw==$OUT", "cost"),
    ("$2b$", "cost"),
    ("$2b$12$tooshort", "salt or output"),
    ("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMU", "salt or output"),
    ("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW$", "salt or output"),
    ("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jW\u{e9}W", "salt or output"),
    ("$2b$03$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "cost"),
    ("$2b$+9$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "cost"),
    ("$2b$\u{e9}$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "cost"),
    ("bcrypt$$2x$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "variant"),
    ("bcrypt$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "variant"),
    ("bcrypt_sha256$salt$OUT", "variant"),
    ("argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA", "output"),
    ("argon2$argon3$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM", "variant"),
    ("argon2$", "PHC string"),
    ("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA", "output"),
    ("$argon2id$v=19$m=64,t=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM", "cost"),
    ("$argon2id$v=18$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM", "version"),
];

const TOO_COSTLY: &[&str] = &[
    "pbkdf2_sha256$5000001$salt$OUT has iterations 5000001; allowed are at most 5000000",
    "pbkdf2_sha256$2147483648$salt$OUT has iterations 2147483648; allowed are at most 5000000",
    "pbkdf2_sha256$99999999999999999999$salt$OUT has iterations 18446744073709551615; allowed are at most 5000000",
    "$pbkdf2-sha1$i=2500001$c2FsdA$OUT has iterations 5000002; allowed are at most 5000000",
    "$pbkdf2-sha256$18446744073709551615$c2FsdA$OUT has iterations 18446744073709551615; allowed are at most 5000000",
    "$2b$16$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW has cost 16; allowed are at most 15",
    "bcrypt_sha256$$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW has cost 31; allowed are at most 15",
    "$2b$99$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW has cost 99; allowed are at most 15",
    "scrypt$2147483648$salt$8$1$OUT has work factor 2 to the 31; allowed are at most 22",
    "scrypt$99999999999999999999$salt$8$1$OUT has work factor 2 to the 63; allowed are at most 22",
    "$scrypt$ln=4294967300,r=8,p=1$c2FsdA$OUT has work factor 2 to the 4294967300; allowed are at most 22",
    "$scrypt$ln=14,r=1073741824,p=1$c2FsdA$OUT has block size 1073741824; allowed are at most 32",
    "$scrypt$ln=14,r=8,p=1073741823$c2FsdA$OUT has parallelism 1073741823; allowed are at most 64",
    "$scrypt$ln=19,r=8,p=1$c2FsdA$OUT has KiB of memory 524288; allowed are at most 262144",
    "scrypt$131072$salt$8$5$OUT has work 5242880; allowed are at most 4194304",
    "$firebase-scrypt$ln=31,r=8$c2FsdA$Bw==$OUT has work factor 2 to the 31; allowed are at most 22",
];

const UNKNOWN: &[&str] = &[
    "password",
    "pbkdf2_sha256",
    "$",
    "$$",
    "$$$$",
    "\u{202e}$\u{142}",
    "crypt$$1$salt$5f4dcc3b5aa765d61d8327deb882cf99",
    "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
    "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.",
    "$2x$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
    "$pbkdf2-md5$1000$c2FsdA$OUT",
    "pbkdf2_sha512$1000$salt$OUT",
    "PBKDF2_SHA256$1000$salt$OUT",
    " pbkdf2_sha256$1000$salt$OUT",
];

fn import(text: &str) -> Result<PasswordHash, ImportHashError> {
    PasswordHash::import(text.replace("OUT", OUTPUT))
}

#[test]
fn a_malformed_hash_is_refused_with_its_part() {
    for (text, part) in MALFORMED {
        let told = import(text).map(|_| ()).expect_err(text).to_string();
        assert!(told.ends_with(&format!("a missing or malformed {part}")), "{text}: {told}");
    }
}

#[test]
fn a_hash_above_its_ceiling_is_refused_with_the_cost_and_the_ceiling() {
    for line in TOO_COSTLY {
        let (text, told) = line.split_once(" has ").expect("it has both");
        let error = import(text).map(|_| ()).expect_err(text);
        assert!(error.is_about_cost(), "{text}: {error}");
        assert!(error.to_string().ends_with(told), "{text}: {error}");
    }
    let argon2 = "argon2$argon2id$v=19$m=262145,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4";
    let error = import(argon2).map(|_| ()).expect_err("too costly").to_string();
    assert_eq!(error, "the password hash cannot be verified: Argon2's memory is 262145 KiB; allowed are 8 to 262144");
}

#[test]
fn the_ceilings_themselves_are_allowed() {
    for text in [
        "pbkdf2_sha256$5000000$salt$OUT",
        "$pbkdf2-sha1$i=2500000$c2FsdA$OUT",
        "$2y$15$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$scrypt$ln=18,r=8,p=2$c2FsdA$OUT",
        "$scrypt$ln=17,r=8,p=4$c2FsdA$OUT",
        "scrypt$2$salt$32$64$OUT",
        "$argon2id$v=19$m=262144,t=32,p=64$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    ] {
        import(text).map(|_| ()).expect(text);
    }
}

#[test]
fn what_costs_nothing_to_crack_is_refused_by_name() {
    for (text, scheme) in [
        ("md5$salt$5f4dcc3b5aa765d61d8327deb882cf99", "md5"),
        ("md5$$5f4dcc3b5aa765d61d8327deb882cf99", "md5"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "md5"),
        ("sha1$$5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", "sha1"),
    ] {
        assert_eq!(import(text).map(|_| ()), Err(ImportHashError::Unprotected { scheme }), "{text}");
    }
}

#[test]
fn what_is_no_hash_is_refused() {
    for text in UNKNOWN {
        assert_eq!(import(text).map(|_| ()), Err(ImportHashError::UnknownScheme), "{text}");
    }
}

#[test]
fn a_salt_of_ten_megabytes_is_refused_by_its_size() {
    for text in
        ["pbkdf2_sha256$1000$SALT$OUT", "scrypt$16$SALT$8$1$OUT", "$scrypt$ln=4,r=8,p=1$SALT$OUT", "!SALT", "SALT"]
    {
        let text = text.replace("SALT", &"x".repeat(10 << 20));
        let error = import(&text).map(|_| ()).expect_err("too long").to_string();
        assert!(error.ends_with("bytes; allowed are 512"), "{error}");
    }
}

#[test]
fn no_text_and_one_with_an_exclamation_mark_stand_for_no_password() {
    for (text, stored) in [("", "!"), ("!", "!"), ("!aB3dE", "!aB3dE")] {
        assert_eq!(import(text).expect("no password").as_str(), stored);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_judged_without_a_panic(text in "\\PC{0,80}") {
        let _ = import(&text);
    }

    #[test]
    fn any_text_of_a_known_form_is_judged_without_a_panic_and_accepted_below_its_ceiling_only(
        form in prop::sample::select(vec![
            "pbkdf2_sha256${a}$salt$OUT",
            "$pbkdf2-sha256$i={a}$c2FsdA$OUT",
            "$pbkdf2${a}$c2FsdA$OUT",
            "scrypt${a}$salt${b}${c}$OUT",
            "$scrypt$ln={a},r={b},p={c}$c2FsdA$OUT",
            "$2b${a}$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
            "$argon2id$v=19$m={a},t={b},p={c}$c29tZXNhbHRzb21lc2FsdA$c29tZXNhbHRzb21lc2FsdA",
        ]),
        numbers in prop::array::uniform3("[0-9]{1,12}|(1|2|4|8|16|64|1024|131072)|\\PC{0,3}"),
    ) {
        let [a, b, c] = &numbers;
        let text = form.replace("{a}", a).replace("{b}", b).replace("{c}", c);
        if form.starts_with("$2b") || import(&text).is_err() {
            return Ok(());
        }
        let number = |text: &str| text.parse::<u64>().expect("no other text is accepted");
        match form {
            "scrypt${a}$salt${b}${c}$OUT" => prop_assert!(number(a) * number(b) * number(c) <= 4 << 20),
            "$scrypt$ln={a},r={b},p={c}$c2FsdA$OUT" => prop_assert!((number(b) * number(c)) << number(a) <= 4 << 20),
            _ if form.starts_with("$argon2") => prop_assert!(number(a) <= 262_144 && number(b) <= 32 && number(c) <= 64),
            _ => prop_assert!(number(a) <= 5_000_000),
        }
    }

    #[test]
    fn what_is_accepted_can_be_computed(
        form in prop::sample::select(vec![
            "pbkdf2_sha256$N$SALT$OUT",
            "pbkdf2_wrapped_md5$N$SALT$OUT",
            "pbkdf2_wrapped_unsalted_sha1$N$SALT$OUT",
            "$pbkdf2-sha1$i=N$B64$B64",
            "$pbkdf2-sha512$N$B64$B64",
            "scrypt$16$SALT$N$2$OUT",
            "$scrypt$ln=2,r=N,p=N$B64$B64",
            "$2a$04$B64",
            "bcrypt_sha256$$2b$04$B64",
            "$firebase-scrypt$ln=2,r=N$B64$B64$JpewOQ2S/apsCM8ieXBYpJ5IzbBvfw6ViMF4miQxIqEYR2bLvzIUUzwMLUGFGntZ+1qY1bYCDjnz830y28qFSg==",
        ]),
        number in 1_u32..=4,
        salt in "\\PC{0,20}",
        base64 in "[A-Za-z0-9+/._-]{0,90}",
        password in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let text = form.replace('N', &number.to_string()).replace("SALT", &salt).replace("B64", &base64);
        let signer_key = SignerKey::parse(&format!("{}==", "A".repeat(86))).expect("a signer key");
        if let Ok(hash) = ForeignHash::read(&text.replace("OUT", OUTPUT)) {
            prop_assert_eq!(hash.matches(&password, Some(&signer_key)).ok(), Some(false));
        }
    }
}
