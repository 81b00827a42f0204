mod brand;
mod links;
mod replaced;

use std::fs;

use super::*;
use crate::mail::context::{MailLink, MailProvider, MailUser};

const URL: &str = "https://app.example/verify/?user_id=1&timestamp=2&signature=3";

fn context(kind: MailKind, name: &str) -> MailContext {
    MailContext {
        app_name: name.into(),
        user: MailUser {
            username: name.into(),
            first_name: name.into(),
            last_name: name.into(),
            email: "o'neil@mail.example".into(),
        },
        email: "o'neil@mail.example".into(),
        link: kind.has_link().then(|| MailLink {
            verification_url: URL.into(),
            expires_in: "7 days".into(),
            values: None,
        }),
        provider: kind.may_name_provider().then(|| MailProvider { provider_title: "GitHub".into() }),
    }
}

fn built_in(kind: MailKind) -> Rendered {
    let templates = Templates::load(None).expect("the built-in templates are sound");
    templates.render(kind, &context(kind, "Tea & Co")).expect("they render")
}

/// Returns a directory with these files in it.
fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (path, text) in files {
        let file = directory.path().join(path);
        fs::create_dir_all(file.parent().expect("a file lies in a directory")).expect("it can be created");
        fs::write(file, text).expect("it can be written");
    }
    directory
}

fn site() -> Site {
    Site { app_url: "https://app.example/".into(), support_address: "help@app.example".into(), ..Site::default() }
}

#[test]
fn the_sentences_of_the_reference_are_kept() {
    for (kind, sentence) in [
        (MailKind::VerifyRegistration, "Please verify your account by clicking on this link:"),
        (MailKind::ResetPassword, "You can reset your password by clicking on this link:"),
        (MailKind::VerifyEmail, "You can verify the address by clicking on this link:"),
    ] {
        let text = built_in(kind).text;
        assert!(text.contains(&format!("{sentence}\n\n{URL}\n\n")), "{text}");
    }
}

#[test]
fn subject_text_and_html_of_every_mail_say_who_writes_and_what_to_do() {
    let templates = Templates::load(None).expect("the built-in templates are sound").of_site(site());
    for kind in MailKind::ALL {
        let rendered = templates.render(kind, &context(kind, "Tea & Co")).expect("it renders");
        assert!(rendered.subject.contains("Tea & Co"), "{}", rendered.subject);
        let html = rendered.html.expect("every built-in mail has an HTML part").replace("&amp;", "&");
        let mut common = vec!["Tea & Co", "help@app.example", "https://app.example/"];
        if kind.has_link() {
            common.extend(["The link works for 7 days", "please ignore this mail"]);
        }
        let is_about_a_stranger = matches!(
            kind,
            MailKind::PasswordChanged
                | MailKind::EmailChanged
                | MailKind::UsernameChanged
                | MailKind::ProviderConnected
                | MailKind::ProviderDisconnected
        );
        common.push(if is_about_a_stranger { "If it was not you," } else { "please ignore this mail" });
        for words in common {
            assert!(rendered.text.contains(words), "{kind}, text: {words}\n{}", rendered.text);
            assert!(html.contains(words), "{kind}, HTML: {words}\n{html}");
        }
        // Whatever a paragraph of the text says, the HTML says in the same words.
        let plain: String = words_of(&html);
        for paragraph in rendered.text.lines().filter(|line| !line.is_empty() && !line.contains("by clicking on")) {
            let said = plain.contains(&paragraph.replace(" (https://app.example/)", "")) || paragraph == URL;
            assert!(said, "{kind}: {paragraph}\n{plain}");
        }
    }
}

/// Returns what a reader of the HTML reads, in one line.
fn words_of(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, words)| words));
    }
    text.replace("&#39;", "'").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_site_without_help_and_home_page_leaves_no_gap() {
    for kind in MailKind::ALL {
        let rendered = built_in(kind);
        let html = rendered.html.expect("there is an HTML part");
        for text in [rendered.text, words_of(&html), html] {
            for gap in ["()", " . ", "Write to", "write to", "href=\"\"", "mailto:\""] {
                assert!(!text.contains(gap), "{kind}: {gap:?}\n{text}");
            }
        }
    }
}

#[test]
fn every_link_is_in_both_parts_of_its_mail_and_in_no_other_mail() {
    for kind in MailKind::ALL {
        let rendered = built_in(kind);
        let html = rendered.html.expect("every built-in mail has an HTML part").replace("&amp;", "&");
        assert_eq!(rendered.text.contains(URL), kind.has_link(), "{kind}");
        assert_eq!(html.matches(URL).count(), if kind.has_link() { 3 } else { 0 }, "{kind}");
        assert!(html.starts_with("<!DOCTYPE html>"), "{kind}");
    }
}

#[test]
fn html_escapes_markup_and_nothing_else() {
    assert_eq!(escape("a=1&b=`{}`+/ü<\"'>"), "a=1&amp;b=`{}`+/ü&lt;&quot;&#39;&gt;");
    let html = built_in(MailKind::ResetPassword).html.expect("there is an HTML part");
    assert!(html.contains(&format!("href=\"{}\"", URL.replace('&', "&amp;"))), "{html}");
}

#[test]
fn html_loads_nothing_from_elsewhere() {
    for kind in MailKind::ALL {
        let html = built_in(kind).html.expect("every built-in mail has an HTML part");
        for loader in ["src=", "@import", "url(", "<link", "<script", "background="] {
            assert!(!html.contains(loader), "{kind} has {loader}");
        }
    }
}

#[test]
fn hostile_names_stay_names_in_every_mail() {
    let names = "{{app_name}}|{{user.username}}|{{user.first_name}}|{{user.last_name}}";
    let with_link = format!("{names} {{{{verification_url}}}}");
    let own = |kind: MailKind| if kind.has_link() { with_link.as_str() } else { names };
    let files: Vec<(String, &str)> = MailKind::ALL
        .into_iter()
        .flat_map(|kind| ["subject", "text", "html"].map(|part| (format!("{kind}/{part}.hbs"), own(kind))))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let overrides = directory(&files);
    let own = Templates::load(Some(overrides.path())).expect("the templates are sound");
    let ours = Templates::load(None).expect("the built-in templates are sound");
    let hostile = "<script>alert('x')</script>{{user}}{{{email}}}\r\nBcc: all@mail.example\u{2028}\u{202e}";
    for kind in MailKind::ALL {
        for templates in [&own, &ours] {
            let rendered = templates.render(kind, &context(kind, hostile)).expect("names are only values");
            let html = rendered.html.expect("there is an HTML part");
            assert!(!html.contains("<script>"), "{kind}");
            for text in [&rendered.subject, &rendered.text, &html] {
                assert!(!text.contains('\r') && !text.contains("\nBcc") && !text.contains("[object]"), "{kind}");
                assert!(!text.contains('\u{2028}') && !text.contains('\u{202e}'), "{kind}");
            }
        }
        let text = own.render(kind, &context(kind, hostile)).expect("names are only values").text;
        assert!(text.starts_with("<script>alert('x')</script>{{user}}{{{email}}}"), "text is not escaped: {kind}");
        assert!(!text.contains('\n'), "{kind}");
    }
}

#[test]
fn words_of_a_stranger_do_not_reach_an_unproved_address() {
    let templates = Templates::load(None).expect("the built-in templates are sound");
    // Notices go there where users may log in without having proved their address.
    let kinds = [
        MailKind::VerifyRegistration,
        MailKind::VerifyEmail,
        MailKind::ResetPassword,
        MailKind::ResetUsername,
        MailKind::Welcome,
        MailKind::PasswordChanged,
        MailKind::EmailChanged,
        MailKind::UsernameChanged,
        MailKind::ProviderConnected,
        MailKind::ProviderDisconnected,
    ];
    for kind in kinds {
        let mut context = context(kind, "App");
        context.user.username = "win-a-prize".into();
        context.user.first_name = "win-a-prize".into();
        context.user.last_name = "win-a-prize".into();
        let rendered = templates.render(kind, &context).expect("it renders");
        let all = format!("{}{}{:?}", rendered.subject, rendered.text, rendered.html);
        assert!(!all.contains("win-a-prize"), "{kind}");
    }
}

#[test]
fn a_user_without_a_name_leaves_no_gap() {
    let templates = Templates::load(None).expect("the built-in templates are sound");
    for kind in MailKind::ALL {
        let mut nameless = context(kind, "App");
        nameless.user.username = String::new();
        let rendered = templates.render(kind, &nameless).expect("it renders");
        assert!(!rendered.text.contains("  ") && !rendered.text.contains(" ."), "{kind}: {}", rendered.text);
        let html = rendered.html.expect("there is an HTML part");
        assert!(!html.contains("<strong></strong>"), "{kind}: {html}");
    }
}

#[test]
fn all_faults_are_told_at_once_with_file_line_and_remedy() {
    let overrides = directory(&[
        ("verify-email/text.hbs", "{{verification_url}}\n{{user.nickname}}\n"),
        ("verify-email/subject.hbs", "Verify {{#if email}}"),
        ("password-changed/text.hbs", "{{verification_url}}"),
        ("email-changed/text.hbs", "{{#if user.first_name}}hello{{/if}}"),
        ("email-in-use/html.hbs", "{{> footer}}"),
        ("email-in-use/body.hbs", "what"),
        ("verify-mail/text.hbs", "what"),
    ]);
    let error = Templates::load(Some(overrides.path())).expect_err("seven faults").to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 7, "{error}");
    for (line, expected) in lines.iter().zip([
        ["email-changed/text.hbs", "comes out empty", "write something"],
        ["email-in-use/body.hbs", "replaces no built-in template", "email-in-use/html.hbs"],
        ["email-in-use/html.hbs", "footer", "`layout` and `button` only"],
        ["password-changed/text.hbs:1:", "`verification_url` does not exist", "use one of app_name"],
        ["verify-email/subject.hbs:1:", "is no Handlebars template", "{{/…}}"],
        ["verify-email/text.hbs:2:", "`user.nickname` does not exist", "expires_in"],
        ["verify-mail/text.hbs", "replaces no built-in template", "verify-registration"],
    ]) {
        for part in expected {
            assert!(line.contains(part), "{line} lacks {part}");
        }
    }
}

#[test]
fn what_was_copied_from_django_is_told_with_its_counterpart() {
    let overrides = directory(&[
        (
            "reset-password/html.hbs",
            "{% load i18n %}\n<a href='{{ verification_url }}'>{# a note #}{{ site_name }}</a>",
        ),
        ("reset-password/subject.hbs", "{{ current_site.name }}"),
        ("reset-password/text.hbs", "{{ password_reset_url }}"),
        ("verify-registration/text.hbs", "{% if user %}{{ activate_url }}{% endif %}"),
        ("welcome/text.hbs", "{{ user_display }}"),
    ]);
    let error = Templates::load(Some(overrides.path())).expect_err("seven faults").to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 7, "{error}");
    for (line, (place, remedy)) in lines.iter().zip([
        ("reset-password/html.hbs:1:1: `{% load i18n %}`", "remove it"),
        ("reset-password/html.hbs:2:", "write `{{app_name}}`"),
        ("reset-password/subject.hbs:1:", "write `{{app_name}}`"),
        ("reset-password/text.hbs:1:", "write `{{verification_url}}`"),
        ("verify-registration/text.hbs:1:1: `{% if user %}`", "remove it"),
        ("verify-registration/text.hbs:1:", "write `{{verification_url}}`"),
        ("welcome/text.hbs:1:", "write `{{user.username}}`"),
    ]) {
        assert!(line.contains(place) && line.contains(remedy), "{line} lacks {place} or {remedy}");
    }
}

#[test]
fn a_fault_in_the_layout_is_told_once_and_named_there() {
    let overrides = directory(&[("layout.html.hbs", "\n<b>{{colour}}</b>{{> @partial-block}}")]);
    let error = Templates::load(Some(overrides.path())).expect_err("the layout asks for too much").to_string();
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("layout.html.hbs:2:"), "{error}");
    assert!(error.contains("`colour` does not exist"), "{error}");
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let error = Templates::load(Some(Path::new("no/such/directory"))).expect_err("it is not there").to_string();
    assert!(error.starts_with("no/such/directory: cannot be read"), "{error}");
}
