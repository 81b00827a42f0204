//! How long other requests take while identity providers hang, drip, flood, fail and redirect, and what memory it takes.

use std::io;
use std::thread;
use std::time::Duration;

use super::crowded::{EVERY, all_at_once, send_in_time};
use super::now;
use crate::arguments::Arguments;
use crate::client::Load;
use crate::database::{self, Population};
use crate::report::{Line, Target};
use crate::requests;
use crate::rounds::quantile;
use crate::server::{Server, countersign};
use crate::support::fake_providers::{Act, CLIENT_ID, CLIENT_SECRET, FakeOpenId, Reply};

const MIB: f64 = 1024.0 * 1024.0;
/// Logins that wait for one provider: as many as the program lets wait.
const WAITING: usize = 32;
const TIMEOUT_SECONDS: u64 = 5;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let span = Duration::from_secs(3 * arguments.hashing_seconds.get() as u64);
    let count = (span.as_millis() / EVERY.as_millis()) as usize;
    let directory = arguments.temporary_directory()?;
    let ids = database::fill(directory.path(), Population { verified: 10_000, pending: 2 * count }, now())?;
    let elsewhere = Reply::html(302).with_header("Location", "http://127.0.0.1:9/");
    let acts = [
        ("hangs", Act::Hang),
        ("drips", Act::Drip),
        ("floods", Act::Flood(50_000_000)),
        ("fails", Act::Reply(Reply::html(500))),
        ("moves", Act::Reply(elsewhere)),
    ];
    let fakes = acts.map(|(name, act)| {
        let fake = FakeOpenId::start();
        fake.server.make("/introspect", act);
        (name, fake)
    });
    let providers: Vec<_> = fakes.iter().map(|(name, fake)| table(name, &fake.issuer())).collect();
    let providers = format!("[{}]", providers.join(", "));
    let settings =
        [("COUNTERSIGN__PROVIDERS", providers.as_str()), ("COUNTERSIGN__CONTRACTS__DJ_REST_AUTH__ENABLED", "true")];
    let server = Server::start(countersign(directory.path(), &settings), directory.path())?;
    let address = server.address;

    let (first, second) = ids.split_at(count);
    let kinds = [
        ("health check", requests::alive(), requests::alive(), 200),
        ("forged signature", requests::forged(count, now()), requests::forged(count, now()), 400),
        ("link verified and committed", requests::signed(first, now()), requests::signed(second, now()), 200),
    ];
    let quiet = |number: usize| send_in_time(address, &kinds[number].1, kinds[number].3, count);
    let beside = |number: usize| send_in_time(address, &kinds[number].2, kinds[number].3, count);
    let calm = all_at_once(kinds.len(), quiet)?;
    let resident = server.resident_bytes("VmRSS")? as f64 / MIB;
    let busy = thread::scope(|scope| {
        let logins: Vec<_> = fakes
            .iter()
            .map(|(name, _)| {
                let logins = requests::provider_logins(20_000, name);
                let ends_after = span + Duration::from_secs(2);
                scope.spawn(move || match *name {
                    "hangs" | "drips" => {
                        let (requests, expected_status) = (&logins, 503);
                        let load = Load { address, requests, connections: WAITING, expected_status, ends_after };
                        load.run().map(|_| ())
                    }
                    _ => send_in_time(address, &logins, 503, count).map(|_| ()),
                })
            })
            .collect();
        thread::sleep(Duration::from_secs(1));
        let busy = all_at_once(kinds.len(), beside);
        for sent in logins {
            sent.join().expect("the client does not panic")?;
        }
        busy
    })?;
    let peak = server.resident_bytes("VmHWM")? as f64 / MIB;

    let mut lines: Vec<_> = kinds
        .iter()
        .zip(calm.into_iter().zip(busy))
        .map(|((name, ..), (mut calm, mut busy))| {
            let (usual, middle) = (quantile(&mut calm, 0.99), quantile(&mut busy, 0.5));
            let longest = quantile(&mut busy, 0.99);
            Line {
                what: format!("p99 beside bad providers: {name}"),
                ours: format!("{longest:.1} ms"),
                ceiling: format!("{usual:.1} ms calm"),
                figure: format!("median {middle:.1} ms"),
                target: Target::at_most(longest, 20.0, "ms"),
            }
        })
        .collect();
    lines.push(Line {
        what: "largest memory (resident) meanwhile".to_owned(),
        ours: format!("{peak:.1} MiB"),
        ceiling: format!("{resident:.1} MiB calm"),
        figure: String::new(),
        target: Target::at_most(peak, 64.0, "MiB"),
    });
    Ok(lines)
}

/// The settings of a provider, as TOML.
fn table(name: &str, issuer: &str) -> String {
    format!(
        "{{ name = \"{name}\", kind = \"openid\", issuer = \"{issuer}\", client_id = \"{CLIENT_ID}\", \
         client_secret = \"{CLIENT_SECRET}\", timeout_seconds = {TIMEOUT_SECONDS} }}"
    )
}
