//! Standard error that is gone, closed, full, or read by nobody: every request is answered.

use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::{PATIENCE, SETTINGS};
use crate::process::{Home, registration};

/// A program whose standard error is not what it should be.
struct Deaf {
    child: Child,
    api: String,
    client: Client,
}

impl Deaf {
    /// Starts it on a port that is free at this moment, and waits until it answers.
    async fn start(home: &Home, stderr: impl Fn() -> Stdio) -> Self {
        Self::start_with(home, |command| command.stderr(stderr())).await
    }

    /// Starts it with outputs that `redirect` chooses.
    async fn start_with(home: &Home, redirect: impl Fn(&mut Command) -> &mut Command) -> Self {
        for _ in 0..5 {
            let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr());
            let address = port.expect("there are free ports");
            let mut command = home.command(&["serve"]);
            command.env("COUNTERSIGN__SERVER__BIND", address.to_string()).env("COUNTERSIGN__LOG__LEVEL", "trace");
            let child = redirect(&mut command).stdin(Stdio::null()).spawn().expect("the program can be run");
            let client = Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
            let mut deaf = Self { child, api: format!("http://{address}/api/v1/accounts/"), client };
            let deadline = Instant::now() + PATIENCE;
            let mut tick = tokio::time::interval(Duration::from_millis(10));
            while deaf.child.try_wait().expect("it is a child").is_none() {
                if deaf.client.get(format!("http://{address}/readyz")).send().await.is_ok() {
                    return deaf;
                }
                assert!(Instant::now() < deadline, "the program does not answer");
                tick.tick().await;
            }
        }
        panic!("the program does not start");
    }

    /// Registers, fails to log in, asks for what is not there: each is a line of the log or several.
    async fn is_used(&self, times: usize) {
        for number in 0..times {
            let name = format!("ann{number}");
            let register = self.client.post(format!("{}register/", self.api)).json(&registration(&name));
            assert_eq!(register.send().await.expect("it answers").status(), 201);
            let login = json!({ "login": name, "password": "Wrong-Lantern-9" });
            let login = self.client.post(format!("{}login/", self.api)).json(&login);
            assert_eq!(login.send().await.expect("it answers").status(), 400);
            let nothing = self.client.get(format!("{}nothing/", self.api));
            assert_eq!(nothing.send().await.expect("it answers").status(), 404);
        }
    }

    async fn ends(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("it is a child of this process");
        let deadline = Instant::now() + PATIENCE;
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        while self.child.try_wait().expect("it is a child").is_none() {
            assert!(Instant::now() < deadline, "the program does not end");
            tick.tick().await;
        }
        let status = self.child.wait().expect("it is a child");
        assert_eq!(status.code(), Some(0));
    }
}

impl Drop for Deaf {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unthrottled() -> Home {
    Home::new(&format!("{SETTINGS}[throttle]\nenabled = false\n"))
}

#[tokio::test]
async fn requests_are_answered_when_nobody_holds_the_other_end_of_standard_error() {
    let home = unthrottled();
    let program = Deaf::start(&home, || {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        writer.into()
    })
    .await;
    program.is_used(3).await;
    program.ends().await;
}

#[tokio::test]
async fn requests_are_answered_when_standard_error_is_closed() {
    let home = unthrottled();
    // The shell closes it, which `Command` cannot.
    let script = "exec 2>&-; exec \"$0\" \"$@\"";
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a port");
    let inner = home.command(&["serve"]);
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).arg(inner.get_program()).args(inner.get_args());
    command.current_dir(home.path("")).env_clear().env("COUNTERSIGN__SERVER__BIND", port.to_string());
    let child = command.stdin(Stdio::null()).spawn().expect("there is a shell");
    let client = Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
    let program = Deaf { child, api: format!("http://{port}/api/v1/accounts/"), client };
    let deadline = Instant::now() + PATIENCE;
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    while program.client.get(format!("http://{port}/readyz")).send().await.is_err() {
        assert!(Instant::now() < deadline, "the program does not answer");
        tick.tick().await;
    }
    program.is_used(3).await;
    program.ends().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn requests_are_answered_when_the_disk_of_the_log_is_full() {
    let home = unthrottled();
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("Linux has it"));
    let program = Deaf::start(&home, full).await;
    program.is_used(3).await;
    program.ends().await;
}

/// A pipe into which not a byte more goes.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    rustix::fs::fcntl_setfl(writer.as_fd(), rustix::fs::OFlags::NONBLOCK).expect("it is open");
    while writer.write(&[b'.'; 512]).is_ok() {}
    rustix::fs::fcntl_setfl(writer.as_fd(), rustix::fs::OFlags::empty()).expect("it is open");
    (reader, writer)
}

/// Mails are printed on standard output, which takes none of them.
#[tokio::test]
async fn requests_and_signals_do_not_wait_for_mails_that_cannot_be_printed() {
    let settings = "[server]\nshutdown_timeout_seconds = 1\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                    [throttle]\nenabled = false\n[mail]\ntransport = \"console\"\n";
    let home = Home::new(settings);
    let (_reader, writer) = full_pipe();
    let program =
        Deaf::start_with(&home, |command| command.stdout(writer.try_clone().expect("a handle")).stderr(Stdio::null()))
            .await;
    program.is_used(20).await;
    program.ends().await;
    assert!(home.run(&["mail", "queue"]).done().contains("verify-registration"));
}

#[tokio::test]
async fn requests_are_answered_when_nobody_reads_the_pipe_of_the_log() {
    let home = unthrottled();
    let (mut reader, writer) = full_pipe();
    let program = Deaf::start(&home, || writer.try_clone().expect("a handle").into()).await;
    // At level "trace" that is more than the queue holds.
    program.is_used(60).await;
    // It ends in order, and what waits is lost.
    program.ends().await;
    drop(writer);
    let mut read = Vec::new();
    reader.read_to_end(&mut read).expect("the pipe can be read");
    assert!(read.starts_with(b"...."));
}

#[tokio::test]
async fn a_command_whose_reader_has_seen_enough_ends_quietly() {
    let home = Home::new(SETTINGS);
    for arguments in [&["settings"][..], &["users", "list"], &["no-such-command"], &["mail", "queue"]] {
        home.run(&["migrate"]).done();
        let closed = || -> OwnedFd {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            writer.into()
        };
        let mut command = home.command(arguments);
        let status = command.stdout(closed()).stderr(closed()).status().expect("it can be run");
        assert!(matches!(status.code(), Some(0 | 2)), "{arguments:?}: {status}");
    }
}
