//! Files of an operator in place of the built-in templates.

use super::*;

#[test]
fn a_file_replaces_one_template_and_leaves_the_others() {
    let overrides = directory(&[
        ("reset-password/subject.hbs", "  {{app_name}}:\n\n  a new   password\n"),
        ("reset-password/html.hbs", "\n"),
        (".hidden/notes.txt", "passed over"),
    ]);
    let templates = Templates::load(Some(overrides.path())).expect("the templates are sound");
    let rendered =
        templates.render(MailKind::ResetPassword, &context(MailKind::ResetPassword, "App")).expect("it renders");
    assert_eq!(rendered.subject, "App: a new password");
    assert_eq!(rendered.text, built_in(MailKind::ResetPassword).text.replace("Tea & Co", "App"));
    assert_eq!(rendered.html, None);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_template() {
    let overrides = directory(&[("welcome/subject.hbs", "\u{feff}Hello\n"), ("welcome/html.hbs", "\u{feff}\r\n")]);
    let templates = Templates::load(Some(overrides.path())).expect("the templates are sound");
    let rendered = templates.render(MailKind::Welcome, &context(MailKind::Welcome, "App")).expect("it renders");
    assert_eq!((rendered.subject.as_str(), rendered.html), ("Hello", None));
}
