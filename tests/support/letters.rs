//! What arrived at the mail server: who got which mail, and what its link claims.
#![allow(dead_code, reason = "two test programs share it, and neither uses all of it")]

use std::collections::{HashMap, HashSet};

use mailparse::MailHeaderMap;

use super::smtp_server::{Received, SmtpServer};

/// The parameters of a link, as the page posts them back.
pub type Claim = HashMap<String, String>;

/// A mail with a link.
pub struct Letter {
    pub to: String,
    pub message_id: String,
    pub claim: Claim,
}

/// All mails, by recipient.
pub struct Mailbox(HashMap<String, Vec<Letter>>);

impl Mailbox {
    pub fn read(server: &SmtpServer) -> Self {
        let mut letters: HashMap<String, Vec<Letter>> = HashMap::new();
        for received in server.received() {
            let letter = Letter::read(&received);
            letters.entry(letter.to.clone()).or_default().push(letter);
        }
        Self(letters)
    }

    pub fn mails(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// How many people got a mail.
    pub fn people(&self) -> usize {
        self.0.len()
    }

    pub fn has_mail_of(&self, username: &str) -> bool {
        self.0.contains_key(&format!("{username}@mail.example"))
    }

    /// How many mails somebody had got already.
    pub fn received_twice(&self) -> usize {
        self.mails() - self.people()
    }

    pub fn duplicates_share_their_message_id(&self) -> bool {
        let ids =
            |letters: &Vec<Letter>| letters.iter().map(|letter| letter.message_id.clone()).collect::<HashSet<_>>();
        let all: HashSet<String> = self.0.values().flat_map(ids).collect();
        self.0.values().all(|letters| ids(letters).len() == 1) && all.len() == self.people()
    }

    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.0.values().flatten().map(|letter| &letter.claim)
    }
}

impl Letter {
    pub fn read(received: &Received) -> Self {
        let [to] = received.to.as_slice() else { panic!("one recipient each: {:?}", received.to) };
        let mail = mailparse::parse_mail(&received.data).expect("it is a mail");
        let message_id = mail.headers.get_first_value("Message-ID").expect("every mail has one");
        let text = mail.subparts[0].get_body().expect("it decodes");
        let link = text.split_whitespace().find(|word| word.contains("signature=")).expect("the mail brings a link");
        let url = url::Url::parse(link).expect("the link is absolute");
        Self { to: to.clone(), message_id, claim: url.query_pairs().into_owned().collect() }
    }
}
