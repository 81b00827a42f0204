use super::*;

#[test]
fn an_id_names_no_file_of_another_directory() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    fs::write(temporary.path().join("outside.eml"), "To: a@b.example\r\n\r\n").expect("it is written");
    let caught = CaughtMails { directory: temporary.path().join("inside") };
    for id in ["../outside", "", ".", "a/b", "a\0b"] {
        assert!(caught.source(id).expect("it can be asked").is_none(), "{id}");
    }
    assert!(caught.ids().expect("an absent directory has no mails").is_empty());
}

#[test]
fn what_is_no_file_is_no_mail() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let caught = CaughtMails { directory: temporary.path().to_owned() };
    fs::write(caught.file("mail"), "To: a@b.example\r\n\r\n").expect("it is written");
    fs::create_dir(caught.file("directory")).expect("it is made");
    #[cfg(unix)]
    std::os::unix::fs::symlink(caught.file("absent"), caught.file("link")).expect("it is made");
    assert_eq!(caught.ids().expect("it is read"), ["mail"]);
    assert_eq!(caught.newest(None, 10).expect("they are read").len(), 1);
    assert!(caught.source("directory").expect("it can be asked").is_none());
    caught.delete(None).expect("the mail is deleted");
    assert!(caught.ids().expect("it is read").is_empty() && caught.file("directory").is_dir());
}

#[test]
fn addresses_are_read_as_they_were_written() {
    for address in
        ["ann@mail.example", "ann@[127.0.0.1]", "ann@[IPv6:::1]", "ann@[IPv6:2001:db8::1]", "\"a,b:c;\"@mail.example"]
    {
        let source = format!("To: {address}\r\nFrom: Countersign <{address}>\r\n\r\n");
        let mail = CaughtMail::of("x", &MessageParser::default().parse(&source).expect("it is a mail"));
        assert_eq!((mail.to.as_str(), mail.from), (address, format!("Countersign <{address}>")));
    }
}

#[test]
fn links_end_where_the_sentence_goes_on() {
    let text = "Open <https://app.example/?a=1&b=2>, or http://localhost:8000/x/.\nhttps://app.example/\n";
    assert_eq!(links(text), ["https://app.example/?a=1&b=2", "http://localhost:8000/x/", "https://app.example/"]);
    const URL: &str = "https://app.example/verify/?user_id=1&signature=a-b_";
    for (before, after) in [
        ("(", ") now"),
        ("(", ")."),
        ("„", "“"),
        ("'", "'"),
        ("[", "]"),
        ("*", "*"),
        ("`", "`"),
        ("Link:", "!"),
        ("", "。"),
        ("", "?!"),
        ("<a href=\"", "\">"),
    ] {
        assert_eq!(links(&format!("see {before}{URL}{after} and go on")), [URL], "{before}{after}");
    }
    for whole in ["https://app.example/a_(b)", "http://[::1]", "https://app.example/#/verify/MQ/c6-1_"] {
        assert_eq!(links(&format!("see {whole}.")), [whole]);
    }
    let two = format!("{URL},{URL}");
    assert_eq!(links(&format!("see {two}")).len(), 1, "a comma may be a part of a URL");
}

#[test]
fn an_address_is_found_in_each_of_its_spellings() {
    for (sent, wanted) in [
        ("ann@mail.example", " Ann@Mail.Example "),
        ("u@xn--bcher-kva.example", "u@bücher.example"),
        ("u@xn--bcher-kva.example", "U@BÜCHER.example"),
        ("u@xn--bcher-kva.example", "u@xn--bcher-kva.example"),
        ("no address", "No address"),
    ] {
        assert!(is_address(sent, wanted), "{sent} {wanted}");
    }
    assert!(!is_address("ann@mail.example", "bob@mail.example"));
}
