//! What templates say of the link of a mail.

use super::*;
use crate::mail::context::LinkValues;

#[test]
fn a_mail_with_a_link_must_show_it_to_every_reader() {
    let text = "reset-password/text.hbs";
    let html = "reset-password/html.hbs";
    let link = "{{verification_url}}";
    let button = "<a href=\"{{verification_url}}\">x</a>";
    for (files, culprit) in [
        (vec![(text, "Hello".to_owned())], text),
        (vec![(html, "<p>Hello</p>".to_owned())], html),
        (vec![(text, "Hello".to_owned()), (html, String::new())], text),
        (vec![("reset-password/subject.hbs", link.to_owned()), (text, "Hello".to_owned())], text),
        (vec![(html, format!("<p>Hello</p><!-- {button} -->"))], html),
        (vec![(html, format!("<p>Hello</p>{{{{!-- {button} --}}}}"))], html),
        (vec![(text, format!("Hello {{{{! {link} }}}}"))], text),
        (vec![(text, format!("Hello {{{{#if user.first_name}}}}{link}{{{{/if}}}}"))], text),
        (vec![(text, format!("Hello {{{{#unless user.username}}}}{link}{{{{/unless}}}}"))], text),
        (vec![(text, format!("Hello {{{{#if support_address}}}}{link}{{{{/if}}}}"))], text),
        (vec![(text, format!("Hello {{{{#unless app_name}}}}{link}{{{{/unless}}}}"))], text),
        (vec![(html, "{{#> layout title=\"x\" preview=verification_url}}<p>Hello</p>{{/layout}}".to_owned())], html),
        (vec![(text, format!("Hello x{link}"))], text),
        (vec![("button.html.hbs", "<b>{{label}}</b>".to_owned())], "button.html.hbs"),
        (vec![("layout.html.hbs", "<h1>{{title}}{{preview}}</h1>".to_owned())], "layout.html.hbs"),
    ] {
        let given: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let overrides = directory(&given);
        let error = Templates::load(Some(overrides.path())).expect_err(&format!("{files:?}")).to_string();
        assert!(error.lines().all(|line| line.contains(culprit) && line.contains("without its link")), "{error}");
        assert!(error.contains("`{{verification_url}}`"), "{error}");
    }
    for (path, own) in [
        (text, format!("Hello {link}.")),
        (text, format!("Hello {{{{#if user.first_name}}}}{link}{{{{else}}}}you: {link}{{{{/if}}}}")),
        (html, button.to_owned()),
        (html, format!("<p>{link}")),
        (html, "<a href='{{{verification_url}}}'>x</a>".to_owned()),
        (html, String::new()),
    ] {
        let overrides = directory(&[(path, &own)]);
        Templates::load(Some(overrides.path())).unwrap_or_else(|error| panic!("{own}: {error}"));
    }
}

/// Returns what templates may say where the page's URL has these values, beside the link.
fn load_with(overrides: &tempfile::TempDir, values: Option<LinkValues>) -> Result<Templates, TemplateError> {
    Templates::load_for(Some(overrides.path()), |kind| {
        let link = kind.has_link().then(|| MailLink { values: values.clone(), ..MailLink::sample() });
        link.into_iter().collect()
    })
}

#[test]
fn the_values_of_a_link_are_there_where_the_page_has_placeholders_for_them() {
    let uid_token = || Some(LinkValues::UidToken { uid: "MQ".into(), token: "2-3".into() });
    let key = || Some(LinkValues::Key { key: "MQ:2:3".into() });
    let text = |text: &str| directory(&[("reset-password/text.hbs", &format!("{{{{verification_url}}}} {text}"))]);

    let of_key = text("my-app://reset/{{key}}");
    let templates = load_with(&of_key, key()).expect("the page has a key");
    let mut mail = context(MailKind::ResetPassword, "App");
    mail.link = mail.link.map(|link| MailLink { values: key(), ..link });
    let rendered = templates.render(MailKind::ResetPassword, &mail).expect("it renders").text;
    assert_eq!(rendered, format!("{URL} my-app://reset/MQ:2:3"));

    for (template, values) in [
        ("{{key}}", None),
        ("{{key}}", uid_token()),
        ("{{uid}}/{{token}}", None),
        ("{{uid}}/{{token}}", key()),
        ("{{#unless key}}{{uid}}{{/unless}}", None),
    ] {
        let error = load_with(&text(template), values).expect_err(template).to_string();
        assert!(error.contains("does not exist in `reset-password`") && error.contains("`frontend_url`"), "{error}");
    }
    let guarded = text("{{#if uid}}{{uid}}/{{token}}{{/if}}{{#if key}}{{key}}{{/if}}");
    for (values, expected) in [(None, ""), (uid_token(), " MQ/2-3"), (key(), " MQ:2:3")] {
        let templates = load_with(&guarded, values.clone()).expect("nothing is missing");
        let mut mail = context(MailKind::ResetPassword, "App");
        mail.link = mail.link.map(|link| MailLink { values, ..link });
        let rendered = templates.render(MailKind::ResetPassword, &mail).expect("it renders").text;
        assert_eq!(rendered, format!("{URL}{expected}"));
    }

    let without_link = directory(&[("password-changed/text.hbs", "{{uid}}")]);
    let error = load_with(&without_link, uid_token()).expect_err("there is no link").to_string();
    assert!(error.contains("`uid` does not exist in `password-changed`; use one of"), "{error}");
    let bare = directory(&[("reset-password/text.hbs", "https://app.example/{{uid}}/{{token}}")]);
    let error = load_with(&bare, uid_token()).expect_err("the settings say where links lead").to_string();
    assert!(error.contains("without its link") && error.contains("{{verification_url}}"), "{error}");
}
