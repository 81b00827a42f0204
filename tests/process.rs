//! The real program as a process of its own: started, watched, killed.
#![allow(dead_code, reason = "two test programs share it, and one uses a part of it")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::sync::watch;

/// What a step that does not hang may take on a machine with other things to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// A directory in which the program is at home: its settings file, and `var/` once it has run.
pub struct Home(TempDir);

impl Home {
    pub fn new(settings: &str) -> Self {
        let home = Self(TempDir::new().expect("a temporary directory"));
        fs::write(home.settings(), settings).expect("it can be written");
        home
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn settings(&self) -> PathBuf {
        self.path("settings.toml")
    }

    /// The program with these arguments, in this directory, with nothing in its environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.current_dir(self.0.path()).env_clear().arg("--settings").arg(self.settings()).args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        Finished::of(&mut self.command(arguments))
    }

    pub fn serve(&self) -> Program {
        Program::start(self.command(&["serve"]))
    }
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    pub fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().expect("the program can be run");
        let text = |bytes| String::from_utf8(bytes).expect("the program speaks UTF-8");
        Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// What it printed, if it did what was asked.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// The one sentence that tells why it did not.
    #[track_caller]
    pub fn complaint(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        let sentence = self.stderr.strip_prefix("error: ").unwrap_or_else(|| panic!("no error: {self:?}"));
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
        sentence.trim_end().to_owned()
    }
}

/// A serving program. It is killed when this is dropped.
pub struct Program {
    child: Child,
    address: watch::Receiver<Option<String>>,
    log: Arc<Mutex<String>>,
    is_read: Arc<AtomicBool>,
    /// Reads its standard error to the end.
    reader: Option<JoinHandle<()>>,
}

impl Program {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program can be run");
        let stderr = child.stderr.take().expect("it is piped");
        let (found, address) = watch::channel(None);
        let log = Arc::new(Mutex::new(String::new()));
        let writing = Arc::clone(&log);
        let is_read = Arc::new(AtomicBool::new(true));
        let goes_on = Arc::clone(&is_read);
        let reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("  API ") {
                    found.send_replace(Some(url.trim().to_owned()));
                }
                let mut log = writing.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
                if !goes_on.load(Ordering::Acquire) {
                    // The pipe has no reader from here on.
                    return;
                }
            }
        });
        Self { child, address, log, is_read, reader: Some(reader) }
    }

    /// Where the endpoints are, with a slash at its end, once the program has said so.
    pub fn address(&self) -> watch::Receiver<Option<String>> {
        self.address.clone()
    }

    /// Waits until the program says where it listens.
    pub async fn base_url(&self) -> String {
        let mut address = self.address();
        let said = tokio::time::timeout(PATIENCE, address.wait_for(Option::is_some)).await;
        match said {
            Ok(Ok(url)) => url.clone().expect("it was waited for"),
            Ok(Err(_)) | Err(_) => panic!("the program did not start:\n{}", self.log()),
        }
    }

    /// The host and port that it listens on.
    pub async fn socket(&self) -> String {
        let url = self.base_url().await;
        url.split('/').nth(2).expect("it is absolute").to_owned()
    }

    /// Registers somebody.
    pub async fn register(&self, name: &str) {
        let url = format!("{}register/", self.base_url().await);
        let answer = reqwest::Client::new().post(url).json(&registration(name)).send().await;
        assert_eq!(answer.expect("the program answers").status(), 201, "{}", self.log());
    }

    /// Closes the reading end of its standard error after one more line, as `head` does.
    pub fn stop_reading(&self) {
        self.is_read.store(false, Ordering::Release);
    }

    /// What was read of its standard error: all that it wrote once it has ended. Of a program that runs, lines may still
    /// be on their way: see [`Self::wait_for_log`].
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has written this, and the rest of its line: what is read of a pipe may end anywhere.
    pub async fn wait_for_log(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        let is_written = |log: &str| log.find(text).is_some_and(|start| log[start..].contains('\n'));
        while !is_written(&self.log()) {
            assert!(Instant::now() < deadline, "{text:?} was not written:\n{}", self.log());
            tick.tick().await;
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it without warning, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().expect("it is a child of this process");
        self.child.wait().expect("it is a child of this process");
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it is a child of this process");
    }

    /// Asks it to end at once.
    pub fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).expect("it is a child of this process");
    }

    /// How it ended, if it has.
    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().expect("it is a child of this process");
        if status.is_some()
            && let Some(reader) = self.reader.take()
        {
            reader.join().expect("it reads to the end");
        }
        status
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        loop {
            if let Some(status) = self.has_ended() {
                return status;
            }
            assert!(Instant::now() < deadline, "the program goes on:\n{}", self.log());
            tick.tick().await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a person sends to get an account.
pub fn registration(name: &str) -> serde_json::Value {
    serde_json::json!({
        "username": name,
        "email": format!("{name}@mail.example"),
        "password": "Kettle-Harbor-42",
        "password_confirm": "Kettle-Harbor-42",
    })
}
