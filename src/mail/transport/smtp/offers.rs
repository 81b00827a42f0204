//! What a mail server can do, by its reply to EHLO.

use super::channel::Reply;

/// What a server announces in its reply to EHLO.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub starttls: bool,
    pub smtputf8: bool,
    pub eight_bit: bool,
    pub plain: bool,
    pub login: bool,
}

impl Offers {
    pub(super) fn of(reply: &Reply) -> Self {
        let mut offers = Self::default();
        // The first line is the server's name.
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            // Some servers write `AUTH=PLAIN`, as a draft of the standard did.
            let mut words = line.split([' ', '=']);
            match words.next() {
                Some("STARTTLS") => offers.starttls = true,
                Some("SMTPUTF8") => offers.smtputf8 = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("AUTH") => {
                    for mechanism in words {
                        offers.plain |= mechanism == "PLAIN";
                        offers.login |= mechanism == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        offers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_offers_is_read_in_any_spelling() {
        let lines = ["SIZE 1", "starttls", "8BitMime", "AUTH=LOGIN", "AUTH cram-md5 plain"];
        let lines: Vec<String> = ["STARTTLS.example", "x"].into_iter().chain(lines).map(str::to_owned).collect();
        let offers = Offers::of(&Reply { code: 250, lines: lines.clone() });
        let expected = Offers { starttls: true, smtputf8: false, eight_bit: true, plain: true, login: true };
        assert_eq!(offers, expected);
        assert_eq!(Offers::of(&Reply { code: 250, lines: lines[..2].to_vec() }), Offers::default());
    }
}
