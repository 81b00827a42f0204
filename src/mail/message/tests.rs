use mailparse::{MailHeaderMap, ParsedMail};

use super::*;
use generated_addresses::Generator;

#[path = "../../../tests/support/generated_addresses.rs"]
#[allow(unreachable_pub, reason = "the suite uses the same file")]
mod generated_addresses;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const ID: &str = "0190c2f0-7b1e-7000-8000-000000000001";

fn rendered(html: Option<&str>) -> Rendered {
    Rendered { subject: "Hello".into(), text: "Grüße\n.\nFrom us".into(), html: html.map(str::to_owned) }
}

fn sender() -> Sender {
    Sender::parse("Accounts <no-reply@app.example>", None).expect("it is an address")
}

fn parsed(mail: &OutgoingMail) -> ParsedMail<'_> {
    mailparse::parse_mail(mail.bytes()).expect("it is a mail")
}

fn header(mail: &OutgoingMail, name: &str) -> String {
    let values = parsed(mail).headers.get_all_values(name);
    assert_eq!(values.len(), 1, "one header {name}");
    values[0].clone()
}

#[test]
fn a_text_mail_comes_back_as_it_was_written() {
    let mail = build(&sender(), "ann@mail.example", &rendered(None), ID, NOW).expect("it can be written");
    assert_eq!(header(&mail, "Message-ID"), format!("<{ID}@app.example>"));
    assert_eq!(header(&mail, "Date"), "Tue, 14 Nov 2023 22:13:20 +0000");
    assert_eq!(
        mailparse::addrparse(&header(&mail, "From")).expect("it parses").to_string(),
        "\"Accounts\" <no-reply@app.example>"
    );
    assert_eq!(header(&mail, "Reply-To"), header(&mail, "From"));
    assert_eq!(header(&mail, "To"), "ann@mail.example");
    assert_eq!(header(&mail, "Subject"), "Hello");
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&mail, "MIME-Version"), "1.0");
    assert_eq!(parsed(&mail).ctype.mimetype, "text/plain");
    assert_eq!(parsed(&mail).ctype.charset, "utf-8");
    assert_eq!(parsed(&mail).get_body().expect("it decodes"), "Grüße\r\n.\r\nFrom us");
    assert!(mail.bytes().is_ascii(), "no 8BITMIME is needed");
}

#[test]
fn a_mail_with_html_has_both_parts_and_the_text_first() {
    let mail =
        build(&sender(), "ann@mail.example", &rendered(Some("<p>Grüße</p>")), ID, NOW).expect("it can be written");
    let mail = parsed(&mail);
    assert_eq!(mail.ctype.mimetype, "multipart/alternative");
    let kinds: Vec<&str> = mail.subparts.iter().map(|part| part.ctype.mimetype.as_str()).collect();
    assert_eq!(kinds, ["text/plain", "text/html"]);
    assert_eq!(mail.subparts[1].get_body().expect("it decodes"), "<p>Grüße</p>");
}

#[test]
fn a_text_stands_in_the_source_as_it_is_where_servers_can_carry_it() {
    let link =
        format!("https://app.example/verify-user/?user_id={ID}&timestamp=1700000000&signature=_{}", "a".repeat(42));
    let html = format!("<p>\n<a href=\"{link}\">");
    let text = format!("Follow the link\n.\n\n{link}\n\nbye");
    let words = Rendered { subject: "Hello".into(), text, html: Some(html.clone()) };
    let mail = build(&sender(), "ann@mail.example", &words, ID, NOW).expect("it can be written");
    let source = std::str::from_utf8(mail.bytes()).expect("ASCII");
    assert!(source.contains(&format!("\r\n\r\nFollow the link\r\n.\r\n\r\n{link}\r\n\r\nbye\r\n")), "{source}");
    assert!(source.contains(&format!("\r\n\r\n<p>\r\n<a href=\"{link}\">\r\n")), "{source}");
    assert_eq!(source.matches("Content-Transfer-Encoding: 7bit").count(), 2, "{source}");
    assert_eq!(parsed(&mail).subparts[1].get_body().expect("it decodes").replace("\r\n", "\n").trim_end(), html);
}

#[test]
fn a_text_that_servers_could_spoil_is_encoded() {
    let longest = "a".repeat(998);
    for (text, encoding) in [
        (format!("{longest}\n{longest}"), "7bit"),
        (format!("{longest}b\n"), "quoted-printable"),
        (format!("\n{longest}b"), "quoted-printable"),
        (format!("one\n--=_{ID}\ntwo"), "quoted-printable"),
        (format!("one\n--=_{ID}--\ntwo"), "quoted-printable"),
        ("Grüße an alle von uns".to_owned(), "quoted-printable"),
        ("ü".repeat(30), "base64"),
    ] {
        let words = Rendered { subject: "Hello".into(), text: text.clone(), html: Some("<p>".into()) };
        let mail = build(&sender(), "ann@mail.example", &words, ID, NOW).expect("it can be written");
        let parts = &parsed(&mail).subparts;
        assert_eq!(parts.len(), 2, "{text}");
        assert_eq!(parts[0].headers.get_first_value("Content-Transfer-Encoding").as_deref(), Some(encoding), "{text}");
        assert_eq!(parts[0].get_body().expect("it decodes").replace("\r\n", "\n").trim_end(), text.trim_end());
        assert!(mail.bytes().is_ascii() && mail.bytes().split(|byte| *byte == b'\n').all(|line| line.len() <= 999));
    }
}

#[test]
fn the_screen_shows_what_a_person_needs() {
    let mail = build(&sender(), "ann@mail.example", &rendered(Some("<p>")), ID, NOW).expect("it can be written");
    assert_eq!(mail.text_for_people(), "To: ann@mail.example\nSubject: Hello\n\nGrüße\n.\nFrom us\n\n");
}

#[test]
fn the_same_row_gives_the_same_bytes() {
    let write = || build(&sender(), "ann@mail.example", &rendered(Some("<p>")), ID, NOW).expect("it can be written");
    assert_eq!(write().bytes(), write().bytes());
}

#[test]
fn answers_go_where_the_settings_say() {
    let sender = Sender::parse("no-reply@app.example", Some("Help <help@app.example>")).expect("they are addresses");
    let mail = build(&sender, "ann@mail.example", &rendered(None), ID, NOW).expect("it can be written");
    assert_eq!(
        mailparse::addrparse(&header(&mail, "Reply-To")).expect("it parses").to_string(),
        "\"Help\" <help@app.example>"
    );
    assert_eq!(header(&mail, "From"), "no-reply@app.example");
}

#[test]
fn a_sender_that_parses_can_send() {
    for from in [
        "no-reply@app.example",
        "\"Tea, Biscuits & Co.\" <tea@app.example>",
        "A \"B\" \\ C <a@app.example>",
        "Bü <a@b.example>",
    ] {
        let sender = Sender::parse(from, None).expect(from);
        let mail = build(&sender, "ann@mail.example", &rendered(None), ID, NOW).expect(from);
        assert!(header(&mail, "From").contains(".example"), "{from}");
    }
    for from in ["", "App", "App <>", "App <a@b", "a@[127.0.0.1]", "a@b.example, c@d.example"] {
        assert_eq!(Sender::parse(from, None).err(), Some(InvalidAddress), "{from}");
    }
}

#[test]
fn nothing_injects_a_header() {
    let evil = "x\r\nBcc: all@mail.example\r\n\r\nbody\n\u{0}";
    let sender = Sender::parse(&format!("{evil} <no-reply@app.example>"), None).expect("the name is made plain");
    let words = Rendered { subject: evil.into(), text: evil.into(), html: Some(evil.into()) };
    let mail = build(&sender, "ann@mail.example", &words, &format!("id>{evil}"), NOW).expect("it can be written");
    assert_eq!(parsed(&mail).headers.get_all_values("Bcc").len(), 0);
    assert_eq!(parsed(&mail).subparts.len(), 2);
    assert_eq!(header(&mail, "Subject"), "x Bcc: all@mail.example body");
    assert_eq!(header(&mail, "Message-ID"), "<idxBccallmailexamplebody@app.example>");
    assert_eq!(mail.id(), "idxBccallmailexamplebody");
}

#[test]
fn addresses_that_could_break_a_line_are_refused() {
    for to in [
        "ann@mail.example\r\nBcc: all@mail.example",
        "ann@mail.example>\r\nRCPT TO:<all@mail.example",
        "ann@mail.example, bob@mail.example",
        "Ann <ann@mail.example>",
        "\"ann\r\n\"@mail.example",
        "ann\u{0}@mail.example",
        "ann",
        "@mail.example",
        "ann@",
        "ann@mail..example",
        "",
    ] {
        let error = build(&sender(), to, &rendered(None), ID, NOW).expect_err(to);
        assert_eq!(error, DeliveryError::refused(None, "the recipient: this is no e-mail address"));
    }
}

#[test]
fn an_address_travels_as_it_was_registered() {
    let long = format!("{}@{}.example", "a".repeat(62), ["b".repeat(63), "c".repeat(63), "d".repeat(55)].join("."));
    for to in [
        "o'neil+tag@mail.example",
        "ann@localhost",
        "ann@[127.0.0.1]",
        "a!#$%&*/=?^_`{|}~-b@x.example",
        "\"a.b\"@example.org",
        "\"a@b>,\\\"c\\\\\"@example.org",
        &long,
    ] {
        let mail = build(&sender(), to, &rendered(None), ID, NOW).expect(to);
        assert_eq!(header(&mail, "To"), to);
        assert_eq!(mail.to().as_ref() as &str, to);
    }
    let mail = build(&sender(), "ann@[2001:DB8::1]", &rendered(None), ID, NOW).expect("it is an address");
    assert_eq!(mail.to().as_ref() as &str, "ann@[IPv6:2001:db8::1]");
}

/// Whether `address` can stand between the brackets of RCPT TO and, as it is, in a header.
#[track_caller]
fn assert_can_travel(address: &str) {
    let mail = build(&sender(), address, &rendered(None), ID, NOW).unwrap_or_else(|error| panic!("{address}: {error}"));
    let path: &str = mail.to().as_ref();
    assert!(path.is_ascii() && path.len() <= 254 && !path.contains(|c: char| c.is_control() || c == ' '), "{path}");
    let text = std::str::from_utf8(mail.bytes()).expect("ASCII");
    let to: Vec<&str> = text.split("\r\n").filter(|line| line.starts_with("To: ")).collect();
    assert_eq!(to, [format!("To: {path}")]);
}

#[test]
fn every_address_that_may_register_can_be_sent_to() {
    let mut generator = Generator::new(1);
    let registered: Vec<EmailAddress> =
        (0..200_000).filter_map(|_| EmailAddress::parse(&generator.address()).ok()).collect();
    assert!(registered.len() > 50_000, "only {} are addresses", registered.len());
    for (number, registered) in registered.iter().enumerate() {
        let address = address(registered.as_str()).unwrap_or_else(|_| panic!("{}", registered.as_str()));
        let path: &str = address.as_ref();
        let is_line = path.bytes().all(|byte| byte.is_ascii_graphic());
        assert!(is_line && path.len() <= 254 && address.user().len() <= 64, "{path}");
        if number % 100 == 0 {
            assert_can_travel(registered.as_str());
        }
    }
}

#[test]
fn an_international_domain_travels_in_ascii() {
    let sender = Sender::parse("Büro <büro@bücher.example>", None).expect("it is an address");
    let mail = build(&sender, "ann@MÜNCHEN.example", &rendered(None), ID, NOW).expect("it can be written");
    assert_eq!(mail.to().as_ref() as &str, "ann@xn--mnchen-3ya.example");
    assert_eq!(header(&mail, "To"), "ann@xn--mnchen-3ya.example");
    assert_eq!(header(&mail, "Message-ID"), format!("<{ID}@xn--bcher-kva.example>"));
    assert_eq!(mail.from().user(), "büro");
    assert!(mail.is_international(), "the local part of the sender is");
}

#[test]
fn names_subjects_and_texts_need_no_international_server() {
    let sender = Sender::parse("Büro <no-reply@app.example>", None).expect("it is an address");
    let words = Rendered { subject: "Grüße an alle ".repeat(20), text: "ü".repeat(2_000), html: Some("ü".into()) };
    let mail = build(&sender, "ann@mail.example", &words, ID, NOW).expect("it can be written");
    assert!(!mail.is_international());
    assert_eq!(header(&mail, "Subject"), words.subject.trim());
    assert!(mail.bytes().split(|byte| *byte == b'\n').all(|line| line.len() <= 998), "RFC 5322, 2.1.1");
}

#[test]
fn control_characters_of_a_text_become_blanks() {
    for (text, plain) in [
        ("one\n\ttwo – ~ é\u{a0}ÿ", "one\n\ttwo – ~ é\u{a0}ÿ"),
        ("one\r\ntwo\rthree", "one\ntwo three"),
        ("a\u{0}b\u{7f}c\u{80}d\u{85}e\u{9f}f", "a b c d e f"),
    ] {
        assert_eq!(plain_lines(text), plain);
    }
}

#[test]
fn a_date_beyond_the_calendar_is_its_last_or_first() {
    for (seconds, date) in [(i64::MAX, "Fri, 31 Dec 9999 23:59:59 +0000"), (-1, "Thu, 01 Jan 1970 00:00:00 +0000")] {
        let date_given = Timestamp::from_unix_seconds(seconds);
        let mail = build(&sender(), "ann@mail.example", &rendered(None), ID, date_given).expect("it can be written");
        assert_eq!(header(&mail, "Date"), date);
    }
}

#[test]
fn debug_shows_the_id_only() {
    let mail = build(&sender(), "ann@mail.example", &rendered(None), ID, NOW).expect("it can be written");
    assert_eq!(format!("{mail:?} {:?}", sender()), format!("OutgoingMail({ID}) Sender(…)"));
}
