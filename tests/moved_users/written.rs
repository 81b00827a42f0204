//! Users of whom everything may be stored that can be, drawn by dice.

use serde_json::{Value, json};

use crate::support::dice::Dice;

const NAMES: &[&str] = &["", "Zoë", "O'Brien \\ \"%$1\"", "👩‍👩‍👧", "名前", "\u{10ffff}", "a\tb\u{7f}c"];
const DEVICES: &[&str] = &["", "Mozilla/5.0 (Ünïcödé)", "curl\u{1}\n"];
/// Instants at the ends of what can be stored, and of what a calendar has.
const INSTANTS: &[i64] =
    &[0, -1, 1_700_000_000, i64::MAX, i64::MIN, 253_402_300_799, 253_402_300_800, -62_135_596_800, -62_135_596_801];

fn instant(dice: &mut Dice) -> Value {
    let seconds = *dice.pick(INSTANTS).expect("there are some");
    if seconds == 1_700_000_000 { json!("2023-11-14T22:13:20Z") } else { json!(seconds) }
}

fn hex(dice: &mut Dice, digits: usize) -> String {
    (0..digits).map(|_| format!("{:x}", dice.below(16))).collect()
}

/// A user with everything in about half of the cases.
pub fn drawn_user(number: u64, dice: &mut Dice) -> Value {
    let id = match dice.below(2) {
        0 => format!("{}", number * 7_919),
        _ => format!("{:08x}-0000-7000-8000-{}", number, hex(dice, 12)),
    };
    let mut user = json!({ "id": id, "link_secret": hex(dice, 32), "created_at": instant(dice) });
    let named = dice.below(3);
    if named > 0 {
        user["username"] = json!(format!("Üser{number}ß"));
    }
    if named < 2 {
        user["email"] = json!(format!("User.{number}@Bücher{number}.example"));
    }
    let mut half = |member: &str, value: &mut dyn FnMut(&mut Dice) -> Value| {
        if dice.below(2) == 0 {
            user[member] = value(dice);
        }
    };
    for member in ["verified_at", "disabled_at", "staff_at", "last_login_at", "used_reset_at", "fields_updated_at"] {
        half(member, &mut instant);
    }
    for member in ["pending_email_secret", "used_email_secret", "used_reset_secret"] {
        half(member, &mut |dice| hex(dice, 32).into());
    }
    for member in ["first_name", "last_name"] {
        half(member, &mut |dice| (*dice.pick(NAMES).expect("there are some")).into());
    }
    half("password_hash", &mut |_| super::HASH.into());
    half("fields", &mut |dice| {
        let bio = *dice.pick(NAMES).expect("there are some");
        json!({ "bio": bio.trim(), "born": "2000-02-29", "age": -9_007_199_254_740_991_i64, "news": null })
    });
    half("moved_emails", &mut |dice| json!([{ "id": format!("m{number}"), "email": format!("{}@x", dice.below(9)) }]));
    half("provider_accounts", &mut |dice| {
        let account = |dice: &mut Dice, n: u64| {
            json!({ "id": format!("p{number}-{n}"), "provider": "gïthub", "subject": format!("S {number} {n} '\\"),
                    "created_at": instant(dice), "last_login_at": if n == 0 { Value::Null } else { instant(dice) },
                    "doubted_at": if n == 0 { Value::Null } else { instant(dice) } })
        };
        (0..2).map(|n| account(dice, n)).collect()
    });
    half("sessions", &mut |dice| {
        let session = |dice: &mut Dice, n: u64| {
            json!({ "id": format!("s{number}-{n}"), "digest": hex(dice, 64), "created_at": instant(dice),
                    "kind": if n == 0 { "token" } else { "jwt" }, "last_used_at": instant(dice),
                    "expires_at": instant(dice), "user_agent": dice.pick(DEVICES), "address": "::1",
                    "refresh_digest": if n == 0 { Value::Null } else { hex(dice, 64).into() },
                    "rotated_at": if n == 0 { Value::Null } else { instant(dice) } })
        };
        (0..2).map(|n| session(dice, n)).collect()
    });
    if dice.below(2) == 0 {
        user["moved_at"] = instant(dice);
        user["moved_link_secret"] = hex(dice, 32).into();
    }
    if user["pending_email_secret"].is_string() && dice.below(2) == 0 {
        user["pending_email"] = json!(format!("new{}@mail.example", dice.below(9)));
    }
    if user["verified_at"].is_number() && user["email"].is_string() {
        user["owns_email"] = json!(dice.below(2) == 0);
    }
    user
}

/// As many users, and revoked tokens beside.
pub fn drawn_lines(users: u64, dice: &mut Dice) -> Vec<Value> {
    let mut lines: Vec<_> = (1..=users).map(|number| drawn_user(number, dice)).collect();
    let token = |dice: &mut Dice| json!({ "revoked_token": { "digest": hex(dice, 64), "expires_at": instant(dice) } });
    lines.extend((0..users / 10).map(|_| token(dice)));
    dice.shuffle(&mut lines);
    lines
}
