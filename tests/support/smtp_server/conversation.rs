//! One connection, from the greeting to its end.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;

use super::path::path;
use super::{Act, Received, Shared, Stage, tls};

/// How a step ended.
enum Step {
    Accepted,
    Answered,
    Over,
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

struct Conversation {
    shared: Arc<Shared>,
    number: usize,
    /// For shutting down, whatever wraps it.
    socket: TcpStream,
    /// Gone for a moment while STARTTLS wraps it.
    wire: Option<Box<dyn Wire>>,
    /// Read and not yet looked at. A mail of thousands of bytes would cost as many system calls without it.
    ahead: VecDeque<u8>,
    encrypted: bool,
    user: Option<String>,
    from: String,
    parameters: String,
    to: Vec<String>,
    mails: usize,
}

pub(super) fn hold(shared: &Arc<Shared>, stream: TcpStream, number: usize) {
    let Ok(socket) = stream.try_clone() else { return };
    let encrypted = shared.offer.implicit_tls;
    let wire: Box<dyn Wire> = match encrypted {
        false => Box::new(stream),
        true => match tls::accept(stream) {
            Ok(stream) => Box::new(stream),
            Err(_) => return,
        },
    };
    let mut conversation = Conversation {
        shared: Arc::clone(shared),
        number,
        socket,
        wire: Some(wire),
        ahead: VecDeque::new(),
        encrypted,
        user: None,
        from: String::new(),
        parameters: String::new(),
        to: Vec::new(),
        mails: 0,
    };
    let limit = shared.offer.connections_at_once.as_ref();
    let is_admitted = {
        let mut talking = super::lock(&shared.talking);
        let is_admitted = limit.is_none_or(|(most, _)| talking.0 < *most);
        talking.0 += usize::from(is_admitted);
        talking.1 = talking.1.max(talking.0);
        is_admitted
    };
    // A client that goes away is no fault of the test's.
    if is_admitted {
        let _ = conversation.run();
        super::lock(&shared.talking).0 -= 1;
    } else if let Some((_, refusal)) = limit {
        let _ = conversation.say(refusal);
    }
    let _ = conversation.socket.shutdown(Shutdown::Both);
}

impl Conversation {
    fn run(&mut self) -> io::Result<()> {
        if let Step::Over = self.step(Stage::Greeting, None, "220 test ESMTP")? {
            return Ok(());
        }
        while let Some(line) = self.read_line()? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let step = match verb.as_str() {
                "EHLO" | "HELO" => self.ehlo()?,
                "STARTTLS" => self.starttls()?,
                "AUTH" => self.auth(&line)?,
                "MAIL" => self.mail(&line)?,
                "RCPT" => self.recipient(&line)?,
                "DATA" => self.data()?,
                "RSET" => self.step(Stage::Rset, None, "250 flushed")?,
                "NOOP" => self.say("250 ok")?,
                "QUIT" => {
                    self.say("221 bye")?;
                    Step::Over
                }
                _ => self.say("500 what?")?,
            };
            if let Step::Over = step {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Does what the script wants at `stage`, which is to say `accepted` if it wants nothing.
    fn step(&mut self, stage: Stage, recipient: Option<&str>, accepted: &str) -> io::Result<Step> {
        match self.act(stage, recipient) {
            Act::Accept | Act::Hold | Act::Late(_) | Act::AcceptThenDrop => {
                self.say(accepted)?;
                Ok(Step::Accepted)
            }
            Act::AcceptAnd(more) => {
                self.say(&format!("{accepted}\r\n{more}"))?;
                Ok(Step::Accepted)
            }
            Act::Reply(line) | Act::Babble(line) => self.say(&line),
            Act::Hang => {
                while self.read_byte()?.is_some() {}
                Ok(Step::Over)
            }
            Act::Drop => Ok(Step::Over),
        }
    }

    /// What the script wants now; a conversation that is to be held comes back when it is released.
    fn act(&self, stage: Stage, recipient: Option<&str>) -> Act {
        let act = self.shared.act(stage, recipient);
        match act {
            Act::Hold => self.shared.hold(),
            Act::Late(time) => thread::sleep(time),
            _ => {}
        }
        act
    }

    fn ehlo(&mut self) -> io::Result<Step> {
        let offer = &self.shared.offer;
        let mut lines = vec!["test", "PIPELINING", "8BITMIME"];
        lines.extend(offer.smtputf8.then_some("SMTPUTF8"));
        lines.extend((offer.starttls && !self.encrypted).then_some("STARTTLS"));
        let mechanism = if offer.login_by_questions { "AUTH LOGIN" } else { "AUTH PLAIN" };
        lines.extend(offer.login.is_some().then_some(mechanism));
        let last = lines.len() - 1;
        let text: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(number, line)| format!("250{}{line}", if number == last { ' ' } else { '-' }))
            .collect();
        self.step(Stage::Ehlo, None, &text.join("\r\n"))
    }

    fn starttls(&mut self) -> io::Result<Step> {
        let step = self.step(Stage::StartTls, None, "220 go ahead")?;
        if let Step::Accepted = step {
            // What came in clear text does not count any more (RFC 3207, 4.2).
            self.ahead.clear();
            self.wire = None;
            self.wire = Some(Box::new(tls::accept(self.socket.try_clone()?)?));
            self.encrypted = true;
        }
        Ok(step)
    }

    fn auth(&mut self, line: &str) -> io::Result<Step> {
        let Some((user, password)) = self.shared.offer.login.clone() else { return self.say("502 no AUTH here") };
        let is_right = if self.shared.offer.login_by_questions {
            self.say("334 VXNlcm5hbWU6")?;
            let name = self.read_line()?;
            self.say("334 UGFzc3dvcmQ6")?;
            let secret = self.read_line()?;
            let expected = [&user, &password].map(|word| Some(tls::base64(word.as_bytes())));
            line == "AUTH LOGIN" && [name, secret] == expected
        } else {
            line == format!("AUTH PLAIN {}", tls::base64(format!("\0{user}\0{password}").as_bytes()))
        };
        if !is_right {
            return self.say("535 5.7.8 authentication failed");
        }
        let step = self.step(Stage::Auth, None, "235 welcome")?;
        if let Step::Accepted = step {
            self.user = Some(user);
        }
        Ok(step)
    }

    fn mail(&mut self, line: &str) -> io::Result<Step> {
        if self.shared.offer.login.is_some() && self.user.is_none() {
            return self.say("530 5.7.0 authentication required");
        }
        if let Some((most, refusal)) = self.shared.offer.mails_each.clone()
            && self.mails >= most
        {
            return self.say(&refusal);
        }
        let (from, parameters) = path(line);
        let step = self.step(Stage::MailFrom, None, "250 ok")?;
        if let Step::Accepted = step {
            (self.from, self.parameters, self.to) = (from, parameters, Vec::new());
        }
        Ok(step)
    }

    fn recipient(&mut self, line: &str) -> io::Result<Step> {
        let (to, _) = path(line);
        let step = self.step(Stage::RcptTo, Some(&to), "250 ok")?;
        if let Step::Accepted = step {
            self.to.push(to);
        }
        Ok(step)
    }

    fn data(&mut self) -> io::Result<Step> {
        let step = self.step(Stage::Data, None, "354 go on")?;
        let Step::Accepted = step else { return Ok(step) };
        let mut data = Vec::new();
        while let Some(line) = self.read_raw_line()? {
            if line == b".\r\n" {
                return self.end_of_data(data);
            }
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        Ok(Step::Over)
    }

    fn end_of_data(&mut self, data: Vec<u8>) -> io::Result<Step> {
        let act = self.act(Stage::EndOfData, None);
        let drops = matches!(act, Act::AcceptThenDrop);
        match &act {
            Act::Accept | Act::Hold | Act::Late(_) | Act::AcceptAnd(_) | Act::AcceptThenDrop => {
                self.mails += 1;
                let mail = Received {
                    from: self.from.clone(),
                    to: self.to.clone(),
                    data,
                    parameters: self.parameters.clone(),
                    user: self.user.clone(),
                    encrypted: self.encrypted,
                    connection: self.number,
                };
                self.shared.received.send_modify(|mails| mails.push(mail));
                self.say(
                    match &act {
                        Act::AcceptAnd(more) => format!("250 taken\r\n{more}"),
                        _ => "250 taken".to_owned(),
                    }
                    .as_str(),
                )?;
                Ok(if drops { Step::Over } else { Step::Accepted })
            }
            Act::Reply(line) | Act::Babble(line) => self.say(line),
            Act::Hang => {
                while self.read_byte()?.is_some() {}
                Ok(Step::Over)
            }
            Act::Drop => Ok(Step::Over),
        }
    }

    fn wire(&mut self) -> io::Result<&mut Box<dyn Wire>> {
        self.wire.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Says a line of the script or of a healthy server; after 421 there is nothing more to say.
    fn say(&mut self, text: &str) -> io::Result<Step> {
        let wire = self.wire()?;
        wire.write_all(format!("{text}\r\n").as_bytes())?;
        wire.flush()?;
        Ok(if text.starts_with("421") { Step::Over } else { Step::Answered })
    }

    fn read_byte(&mut self) -> io::Result<Option<u8>> {
        if self.ahead.is_empty() {
            let mut bytes = [0; 4_096];
            let size = self.wire()?.read(&mut bytes)?;
            self.ahead.extend(&bytes[..size]);
        }
        Ok(self.ahead.pop_front())
    }

    fn read_raw_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        while let Some(byte) = self.read_byte()? {
            line.push(byte);
            if byte == b'\n' {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    fn read_line(&mut self) -> io::Result<Option<String>> {
        Ok(self.read_raw_line()?.map(|line| String::from_utf8_lossy(&line).trim_end().to_owned()))
    }
}
