//! A mail server on a bad day: now and then it refuses for the time being, hangs, or hangs up, at every stage.

use super::dice::Dice;
use super::smtp_server::{Act, SmtpServer, Stage};

/// So many commands of each kind are planned; after that the day gets better by itself.
const PLANNED: u32 = 20_000;
/// Of a thousand commands, so many are refused for the time being …
const REFUSED_PER_MILLE: u64 = 15;
/// … so many make the server hang up …
const DROPPED_PER_MILLE: u64 = 15;
/// … and so many make it hang. Each costs a whole timeout, so there are few.
const HUNG_PER_MILLE: u64 = 1;

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
    for (chance, kind) in
        [(REFUSED_PER_MILLE, refusal(stage)), (DROPPED_PER_MILLE, hanging_up(stage, dice)), (HUNG_PER_MILLE, Act::Hang)]
    {
        if rolled < chance {
            return kind;
        }
        rolled -= chance;
    }
    Act::Accept
}

/// "Not now": even a final refusal of the connection says nothing about the mail.
fn refusal(stage: Stage) -> Act {
    match stage {
        Stage::Greeting => Act::reply("554 5.3.2 not today"),
        Stage::Data => Act::reply("421 4.3.2 going down"),
        _ => Act::reply("451 4.7.1 greylisted, try again later"),
    }
}

/// A server may also hang up right after it has taken a mail.
fn hanging_up(stage: Stage, dice: &mut Dice) -> Act {
    if stage == Stage::EndOfData && dice.below(2) == 0 { Act::AcceptThenDrop } else { Act::Drop }
}
