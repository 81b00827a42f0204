//! How long servers may take, how much they allow, and what happens beyond it.

use std::net::SocketAddr;
use std::time::Instant;

use countersign::internals::Resolution;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::*;

fn short() -> Duration {
    Duration::from_millis(300)
}

#[test]
fn the_time_limits_are_those_of_rfc_5321() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let defaults = match TransportSettings::from(&{
        let mut settings = countersign::Settings::defaults().mail;
        settings.transport = countersign::settings::MailTransport::Smtp;
        settings
    }) {
        TransportSettings::Smtp(settings) => settings,
        other => panic!("{other:?}"),
    };
    for settings in [defaults, SmtpRelay::new("localhost", 25)] {
        // 4.5.3.2.1 to 4.5.3.2.3: the greeting, MAIL and RCPT; 4.5.3.2.4 to 4.5.3.2.6: DATA, a block, the end.
        assert_eq!(settings.command_timeout, minutes(5));
        assert_eq!(settings.data_timeout, minutes(2));
        assert_eq!(settings.block_timeout, minutes(3));
        assert_eq!(settings.end_of_data_timeout, minutes(10));
        assert!(settings.send_timeout >= minutes(5 * 7 + 2 + 3), "no earlier end for all together");
    }
}

#[tokio::test]
async fn each_phase_has_a_limit_of_its_own() {
    for stage in [Stage::Greeting, Stage::Ehlo, Stage::MailFrom, Stage::RcptTo, Stage::Data, Stage::EndOfData] {
        // The phase has time enough, however short the others are; and is cut off at its own limit.
        for is_long_enough in [true, false] {
            let server = SmtpServer::start();
            server.always(stage, Act::Late(Duration::from_millis(900)));
            let of = |is_phase: bool| match (is_phase, is_long_enough) {
                (true, true) | (false, false) => Duration::from_secs(10),
                (true, false) => short(),
                (false, true) => Duration::from_millis(700),
            };
            let settings = SmtpRelay {
                command_timeout: of(!matches!(stage, Stage::Data | Stage::EndOfData)),
                data_timeout: of(stage == Stage::Data),
                end_of_data_timeout: of(stage == Stage::EndOfData),
                ..settings(&server)
            };
            let sent = open(settings).send(&mail()).await;
            assert_eq!(sent.is_ok(), is_long_enough, "{stage:?}: {sent:?}");
        }
    }
}

#[tokio::test]
async fn the_limit_of_an_attempt_does_not_count_once_the_server_may_have_taken_the_mail() {
    let server = SmtpServer::start();
    server.next(Stage::EndOfData, Act::Late(Duration::from_millis(900)));
    let settings = SmtpRelay { send_timeout: short(), ..settings(&server) };
    open(settings).send(&mail()).await.expect("the server takes it in the end");
    assert_eq!(server.received().len(), 1);
}

/// An address that swallows connections: its queue is full, so that the kernel answers no more of them.
async fn swallowing() -> (TcpListener, Vec<TcpStream>, SocketAddr) {
    let socket = TcpSocket::new_v4().expect("sockets can be had");
    socket.bind("127.0.0.2:0".parse().expect("an address")).expect("a free port");
    let listener = socket.listen(1).expect("it is bound");
    let address = listener.local_addr().expect("it is bound");
    let mut queue = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(short(), TcpStream::connect(address)).await {
        queue.push(stream);
    }
    (listener, queue, address)
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_swallows_connections_or_says_nothing() {
    let (_listener, _queue, swallowing) = swallowing().await;
    let silent = SmtpServer::start();
    silent.always(Stage::Greeting, Act::Hang);
    let refusing = SmtpServer::start();
    refusing.always(Stage::Greeting, Act::reply("554 5.3.2 not here"));
    let gone: SocketAddr = "127.0.0.3:1".parse().expect("an address");
    let of = |server: &SmtpServer| SocketAddr::from(([127, 0, 0, 1], server.port()));
    for ill in [swallowing, of(&silent), of(&refusing), gone] {
        let well = SmtpServer::start();
        let transport = open(SmtpRelay {
            connect_timeout: short(),
            resolution: Resolution::Fixed(vec![ill, of(&well)]),
            ..settings(&well)
        });
        let began = Instant::now();
        transport.send(&mail()).await.unwrap_or_else(|error| panic!("{ill}: {error}"));
        assert!(began.elapsed() < Duration::from_secs(5), "{ill}");
        // The address that answered comes first from now on.
        transport.rest().await;
        let greeted = silent.connections() + refusing.connections();
        transport.send(&mail()).await.expect("it is well");
        assert_eq!((well.received().len(), silent.connections() + refusing.connections()), (2, greeted));
    }
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_greets_and_then_fails() {
    use Stage::{Data, Ehlo, MailFrom, RcptTo};
    for (stage, act) in [
        (Ehlo, Act::reply("421 4.3.2 not now")),
        (Ehlo, Act::reply("554 5.3.2 not here")),
        (Ehlo, Act::Drop),
        (Ehlo, Act::Hang),
        (MailFrom, Act::reply("451 4.3.0 queue broken")),
        (MailFrom, Act::reply("421 4.3.2 going down")),
        (MailFrom, Act::Drop),
        (RcptTo, Act::reply("421 4.3.2 going down")),
        (Data, Act::Drop),
    ] {
        let (ill, well) = (SmtpServer::start(), SmtpServer::start());
        ill.always(stage, act.clone());
        let addresses = [&ill, &well].map(|server| SocketAddr::from(([127, 0, 0, 1], server.port())));
        let resolution = Resolution::Fixed(addresses.to_vec());
        let transport = open(SmtpRelay { connect_timeout: short(), resolution, ..settings(&well) });
        transport.send(&mail()).await.unwrap_or_else(|error| panic!("{stage:?} {act:?}: {error}"));
        transport.rest().await;
        transport.send(&mail()).await.expect("the other one comes first now");
        let counts = (ill.connections(), ill.received().len(), well.received().len());
        assert_eq!(counts, (1, 0, 2), "{stage:?} {act:?}");
    }
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_has_lost_its_tls() {
    for (tls, broken, whole) in [
        (SmtpTls::Implicit, Offer::default(), Offer { implicit_tls: true, ..Offer::default() }),
        (SmtpTls::StartTls, Offer::default(), Offer { starttls: true, ..Offer::default() }),
    ] {
        let certificate = certificate_file();
        let (ill, well) = (SmtpServer::offering(broken), SmtpServer::offering(whole));
        let addresses = [&ill, &well].map(|server| SocketAddr::from(([127, 0, 0, 1], server.port())));
        let transport = open(SmtpRelay {
            host: "localhost".into(),
            tls,
            tls_ca_file: Some(certificate.path().into()),
            connect_timeout: short(),
            resolution: Resolution::Fixed(addresses.to_vec()),
            ..settings(&well)
        });
        transport.send(&mail()).await.unwrap_or_else(|error| panic!("{tls:?}: {error}"));
        assert_eq!((ill.received().len(), well.received().len()), (0, 1), "{tls:?}");
    }
}

#[tokio::test]
async fn what_holds_for_all_addresses_is_asked_of_one() {
    for (stage, act) in [
        (Stage::MailFrom, Act::reply("550 5.7.1 sender not allowed")),
        (Stage::RcptTo, Act::reply("550 5.1.1 no such user")),
        (Stage::RcptTo, Act::reply("450 4.2.0 greylisted")),
        (Stage::EndOfData, Act::reply("451 4.3.0 later")),
        (Stage::EndOfData, Act::Drop),
        (Stage::Auth, Act::reply("535 5.7.8 wrong password")),
    ] {
        let offer = Offer { login: login(), ..Offer::default() };
        let (one, other) = (SmtpServer::offering(offer.clone()), SmtpServer::offering(offer));
        one.always(stage, act.clone());
        let addresses = [&one, &other].map(|server| SocketAddr::from(([127, 0, 0, 1], server.port())));
        let resolution = Resolution::Fixed(addresses.to_vec());
        let transport = open(SmtpRelay { resolution, credentials: credentials("sesame"), ..settings(&one) });
        transport.send(&mail()).await.expect_err("it is refused");
        assert_eq!((one.connections(), other.connections()), (1, 0), "{stage:?} {act:?}");
    }
}

#[tokio::test]
async fn of_several_addresses_that_fail_the_one_that_got_furthest_is_told() {
    let (one, other) = (SmtpServer::start(), SmtpServer::start());
    one.always(Stage::MailFrom, Act::reply("451 4.3.0 queue broken"));
    other.always(Stage::Greeting, Act::reply("421 4.3.2 not now"));
    let of = |server: &SmtpServer| SocketAddr::from(([127, 0, 0, 1], server.port()));
    for addresses in [vec![of(&one), of(&other)], vec![of(&other), of(&one)]] {
        let relay = SmtpRelay { resolution: Resolution::Fixed(addresses), ..settings(&one) };
        let error = open(relay).send(&mail()).await.expect_err("no address takes it");
        assert_eq!(error.reason(), "MAIL FROM: 451 4.3.0 queue broken");
    }
}

#[tokio::test]
async fn the_last_address_has_the_whole_time_to_greet() {
    let slow = SmtpServer::start();
    slow.always(Stage::Greeting, Act::Late(Duration::from_millis(900)));
    let gone: SocketAddr = "127.0.0.3:1".parse().expect("an address");
    let here = SocketAddr::from(([127, 0, 0, 1], slow.port()));
    let settings =
        SmtpRelay { connect_timeout: short(), resolution: Resolution::Fixed(vec![gone, here]), ..settings(&slow) };
    open(settings).send(&mail()).await.expect("it greets in the end");
}

#[tokio::test]
async fn a_limit_per_connection_costs_no_time() {
    for refusal in ["421 4.7.0 enough", "452 4.5.3 enough", "451 4.7.1 enough", "550 5.7.1 enough", "503 enough"] {
        let server = SmtpServer::offering(Offer { mails_each: Some((2, refusal.to_owned())), ..Offer::default() });
        let transport = open(settings(&server));
        let began = Instant::now();
        let mail = mail();
        for sent in join_all((0..20).map(|_| transport.send(&mail))).await {
            sent.unwrap_or_else(|error| panic!("{refusal}: {error}"));
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{refusal}: {:?}", began.elapsed());
        assert_eq!(server.received().len(), 20);
    }
}

#[tokio::test]
async fn where_few_connections_are_allowed_mails_wait_for_one_of_them() {
    for at_once in [1, 2] {
        let refusal = "421 4.7.0 too many connections".to_owned();
        let server = SmtpServer::offering(Offer { connections_at_once: Some((at_once, refusal)), ..Offer::default() });
        let transport = open(settings(&server));
        let began = Instant::now();
        let mail = mail();
        for sent in join_all((0..20).map(|_| transport.send(&mail))).await {
            sent.unwrap_or_else(|error| panic!("{at_once}: {error}"));
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{at_once}: {:?}", began.elapsed());
        assert_eq!(server.received().len(), 20);
    }
}

#[tokio::test]
async fn a_server_that_refuses_everything_for_now_is_asked_a_few_times_and_left_alone() {
    for stage in [Stage::Greeting, Stage::MailFrom] {
        let server = SmtpServer::start();
        server.always(stage, Act::reply("421 4.7.0 not today"));
        let transport = open(settings(&server));
        let began = Instant::now();
        let mail = mail();
        for sent in join_all((0..4).map(|_| transport.send(&mail))).await {
            assert_eq!(sent.expect_err("it refuses").code(), Some(421));
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{stage:?}: {:?}", began.elapsed());
        assert!(server.connections() <= 16, "{stage:?}: {} connections", server.connections());
    }
}
