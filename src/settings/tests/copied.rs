//! Secrets that were copied with what stood around them.

use super::findings::sound;
use super::*;
use crate::secret::Secret;

/// The keys of what is told in development, too, each with its message.
fn told(settings: &Settings) -> Vec<(&'static str, String)> {
    let findings = settings.findings().into_iter().filter(|finding| finding.shows_in_development);
    findings.map(|finding| (finding.key, finding.message)).collect()
}

/// Sets a secret.
type Give = fn(&mut Settings, Secret);

#[test]
fn a_secret_in_quotation_marks_is_told_by_its_key_and_not_shown() {
    let changes: &[(&str, Give)] = &[
        ("moving.django_rest_registration.secrets", |s, it| s.moving.django_rest_registration.secrets = vec![it]),
        ("moving.djoser.secrets", |s, it| s.moving.djoser.secrets = vec![it]),
        ("moving.allauth.secrets", |s, it| s.moving.allauth.secrets = vec![it]),
        ("moving.simplejwt.secrets", |s, it| s.moving.simplejwt.secrets = vec![it]),
        ("links.secrets", |s, it| s.links.secrets = vec![it]),
        ("jwt.secrets", |s, it| s.jwt.secrets = vec![it]),
        ("mail.smtp.password", |s, it| s.mail.smtp.password = Some(it)),
    ];
    for (key, change) in changes {
        let mut settings = sound();
        settings.contracts.djoser.enabled = true;
        settings.contracts.djoser.jwt = true;
        settings.contracts.dj_rest_auth.enabled = true;
        settings.jwt.secrets_file = None;
        settings.jwt.secrets = vec![Secret::new("b81fd2a4f7d05836b4e1d9a27f3c6058")];
        let before = told(&settings);
        change(&mut settings, Secret::new("'django-insecure-4f%k2z8w7vqx0m1'"));
        let found: Vec<_> = told(&settings).into_iter().filter(|finding| !before.contains(finding)).collect();
        let [(found, message)] = &found[..] else { panic!("{key}: {found:?}") };
        assert_eq!(found, key);
        assert!(message.contains("stands in quotation marks") && !message.contains("4f%k2"), "{message}");
    }
}

#[test]
fn a_client_secret_with_a_name_before_it_is_told_with_its_provider() {
    let text =
        "[[providers]]\nname = \"google\"\nkind = \"google\"\nclient_id = \"me\"\nclient_secret = \"KEY='hush'\"\n";
    let [(key, message)] = &told(&load_text(text).unwrap())[..] else { panic!("it is one finding") };
    assert_eq!(*key, "providers");
    assert!(message.starts_with("google: `client_secret` begins with a name and `=`"), "{message}");
}

#[test]
fn the_lines_of_a_file_with_old_secrets_are_told_by_their_numbers() {
    let disk = Disk::new();
    let file = disk.private("old.secret", "the-newest-key-of-the-old-site\nSECRET_KEY=\"an-older-key-of-it\"\n");
    let text = format!("contracts.djoser.enabled = true\nmoving.djoser.secrets_file = {file:?}\n");
    let settings = load_text(&text).unwrap();
    let [(key, message)] = &told(&settings)[..] else { panic!("{:?}", told(&settings)) };
    assert_eq!(*key, "moving.djoser.secrets_file");
    assert!(message.starts_with("secret 2 begins with a name and `=`"), "{message}");
    assert!(message.contains("no link or token of the old system fits. Give the secret alone"), "{message}");
}
