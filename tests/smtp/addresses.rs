//! Every address that registers arrives as it was registered.

use std::collections::BTreeSet;

use countersign::identity::EmailAddress;

use super::*;
use crate::support::generated_addresses::Generator;

/// So many are sent over a real connection. Whether 100,000 more could be is tested beside the code.
const SENT: usize = 1_000;

#[tokio::test]
async fn a_thousand_addresses_that_may_register_arrive() {
    let server = SmtpServer::offering(Offer { smtputf8: false, ..Offer::default() });
    let transport = open(settings(&server));
    let mut generator = Generator::new(7);
    let mut addresses = BTreeSet::new();
    while addresses.len() < SENT {
        if let Ok(address) = EmailAddress::parse(&generator.address()) {
            addresses.insert(address.as_str().to_owned());
        }
    }
    let mut expected = Vec::new();
    for address in addresses {
        let mail = mail_to(&address);
        transport.send(&mail).await.unwrap_or_else(|error| panic!("{address}: {error}"));
        let address = EmailAddress::from_stored(address);
        let domain = address.ascii_domain();
        let domain = match domain.strip_prefix('[').filter(|literal| literal.contains(':')) {
            Some(literal) => format!("[IPv6:{literal}"),
            None => domain,
        };
        expected.push(vec![format!("{}@{domain}", address.local_part())]);
    }
    let received = server.wait_for(SENT).await;
    let arrived: Vec<Vec<String>> = received.iter().map(|mail| mail.to.clone()).collect();
    assert_eq!(arrived, expected);
    for mail in received {
        let parsed = mailparse::parse_mail(&mail.data).expect("it is a mail");
        assert_eq!(parsed.headers.get_first_value("To").as_ref(), mail.to.first());
    }
}
