//! A mail server on a bad day: now and then it refuses for the time being, refuses its client for good, is slow, answers
//! strangely, hangs, or hangs up, at every stage.

use std::time::Duration;

use super::dice::Dice;
use super::smtp_server::{Act, SmtpServer, Stage};

/// So many commands of each kind are planned; after that the day gets better by itself.
const PLANNED: u32 = 20_000;
/// Of a thousand commands, so many are refused for the time being …
const REFUSED_PER_MILLE: u64 = 15;
/// … so many are answered strangely …
const STRANGE_PER_MILLE: u64 = 10;
/// … so many late …
const LATE_PER_MILLE: u64 = 10;
/// … so many make the server hang up …
const DROPPED_PER_MILLE: u64 = 15;
/// … and so many make it hang. Each costs a whole timeout, so there are few.
const HUNG_PER_MILLE: u64 = 1;

/// So late an answer comes at most.
const LATEST: Duration = Duration::from_millis(500);

const STAGES: [Stage; 6] =
    [Stage::Greeting, Stage::Ehlo, Stage::MailFrom, Stage::RcptTo, Stage::Data, Stage::EndOfData];

/// Plans what the server does to the commands it gets, until it is healed.
pub fn misbehave(server: &SmtpServer, mut dice: Dice) {
    for stage in STAGES {
        for _ in 0..PLANNED {
            server.next(stage, act(stage, &mut dice));
        }
    }
}

fn act(stage: Stage, dice: &mut Dice) -> Act {
    let mut rolled = dice.below(1_000);
    for (chance, kind) in [
        (REFUSED_PER_MILLE, refusal(stage, dice)),
        (STRANGE_PER_MILLE, strange(stage, dice)),
        (LATE_PER_MILLE, Act::Late(dice.within(LATEST))),
        (DROPPED_PER_MILLE, hanging_up(stage, dice)),
        (HUNG_PER_MILLE, Act::Hang),
    ] {
        if rolled < chance {
            return kind;
        }
        rolled -= chance;
    }
    Act::Accept
}

/// "Not now": even a final refusal of the connection or the sender says nothing about the mail.
fn refusal(stage: Stage, dice: &mut Dice) -> Act {
    let refusals: &[&str] = match stage {
        Stage::Greeting => &["554 5.3.2 not today", "421 4.7.0 too many connections"],
        Stage::Ehlo => &["504 5.5.2 need fully-qualified hostname", "451 4.7.1 later"],
        Stage::MailFrom => &["550 5.4.5 daily limit", "452 4.5.3 enough for one connection", "421 4.7.0 enough"],
        Stage::RcptTo => &["550 5.7.1 relaying denied", "451 4.7.1 greylisted, try again later"],
        Stage::Data => &["421 4.3.2 going down"],
        _ => &["451 4.7.1 try again later", "554 5.7.1 looks like spam"],
    };
    Act::reply(dice.pick(refusals).expect("there is one"))
}

/// What no server should say. After a mail's data only what cannot be taken for an answer to it.
fn strange(stage: Stage, dice: &mut Dice) -> Act {
    let babble = Act::Babble(dice.pick(&["what?", "999 x", "250-a\r\n354 b", ""]).expect("there is one").to_string());
    match stage {
        Stage::EndOfData => Act::AcceptAnd("250 and one reply more".to_owned()),
        _ if dice.below(2) == 0 => Act::AcceptAnd("250 and one reply more".to_owned()),
        _ => babble,
    }
}

/// A server may also hang up right after it has taken a mail.
fn hanging_up(stage: Stage, dice: &mut Dice) -> Act {
    if stage == Stage::EndOfData && dice.below(2) == 0 { Act::AcceptThenDrop } else { Act::Drop }
}
