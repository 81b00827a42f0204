//! A disk that is full, and a database that cannot be written: what people are told, and that nothing is lost.
//!
//! The disk is a small file system in memory. Only root may mount one; for others that test is left out. What the program
//! asks the disk to keep is seen by `strace`.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::process::{Home, Program, registration};
use crate::support::machine::must_be_complete;

const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                        [throttle]\nenabled = false\n[database]\nurl = \"sqlite://disk/database\"\n";

/// A file system of 3 MB in the program's directory.
struct Disk(PathBuf);

impl Disk {
    /// `None`, with a line that says so, for those who may not mount any.
    fn mount(home: &Home) -> Option<Self> {
        let disk = Self(home.path("disk"));
        fs::create_dir(&disk.0).expect("it is not there yet");
        if disk.tell("mount", &["-t", "tmpfs", "-o", "size=3m,mode=0700", "tmpfs"]) {
            return Some(disk);
        }
        eprintln!("left out: this user may not mount file systems");
        None
    }

    fn fill(&self) {
        let ballast = OpenOptions::new().create(true).append(true).open(self.0.join("ballast"));
        let mut ballast = ballast.expect("there is room for a name");
        // The last piece is a byte: nothing is left then.
        for size in [65_536, 4_096, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("ballast")).expect("it is there");
    }

    fn tell(&self, program: &str, arguments: &[&str]) -> bool {
        let output = Command::new(program).args(arguments).arg(&self.0).output();
        output.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the program may still have files open. It fails where nothing was mounted.
        self.tell("umount", &["-l"]);
    }
}

/// Asks for something, and gives the status and the body.
async fn answer(request: reqwest::RequestBuilder) -> (u16, serde_json::Value) {
    let answer = request.send().await.expect("the program answers");
    (answer.status().as_u16(), answer.json().await.expect("it is JSON"))
}

async fn register(program: &Program, name: &str) -> (u16, serde_json::Value) {
    let url = format!("{}register/", program.base_url().await);
    answer(reqwest::Client::new().post(url).json(&registration(name))).await
}

#[tokio::test]
async fn on_a_full_disk_reading_goes_on_and_writing_resumes_when_there_is_room_again() {
    let home = Home::new(SETTINGS);
    let Some(disk) = Disk::mount(&home) else { return };
    let mut program = home.serve();
    let mut registered = Vec::new();
    for round in 0..3 {
        let name = format!("ann{round}");
        assert_eq!(register(&program, &name).await.0, 201);
        registered.push(name);
        disk.fill();
        // What SQLite's log has room for is still taken, and counts.
        let refused = loop {
            let name = format!("bob{round}x{}", registered.len());
            match register(&program, &name).await {
                (201, _) => registered.push(name),
                refused => break refused,
            }
        };
        assert_eq!(refused, (503, json!({ "detail": "The server is busy. Please try again later." })));
        let login = reqwest::Client::new().post(format!("{}login/", program.base_url().await));
        let (status, _) = answer(login.json(&json!({ "login": "nobody", "password": "Kettle-Harbor-42" }))).await;
        assert_eq!(status, 400, "it is looked up that there is nobody");
        disk.empty();
    }
    assert_eq!(register(&program, "cleo").await.0, 201);
    registered.push("cleo".to_owned());
    program.wait_for_log("no space left: database or disk is full").await;

    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    let users = home.run(&["users", "list", "--limit", "10000"]).done();
    let kept: Vec<&str> = users.lines().filter_map(|line| line.split_whitespace().rev().nth(1)).collect();
    assert_eq!(kept, registered);
}

#[test]
fn a_start_on_a_full_disk_tells_what_to_do() {
    let home = Home::new(SETTINGS);
    let Some(disk) = Disk::mount(&home) else { return };
    disk.fill();
    for command in ["serve", "migrate"] {
        let complaint = home.run(&[command]).complaint(1);
        assert!(complaint.contains("disk") && complaint.contains("`database.url`"), "{complaint}");
        assert!(complaint.contains("has room") || complaint.contains("disk is full"), "{complaint}");
    }
    disk.empty();
    home.run(&["migrate"]).done();
}

#[test]
fn a_database_that_cannot_be_written_is_told_with_its_file() {
    let home = Home::new(SETTINGS);
    // Permissions do not stop root; a file system that takes no writes does.
    let disk = Disk::mount(&home);
    home.run(&["migrate"]).done();
    let may_write = |mode: u32, option: &str| match &disk {
        Some(disk) => assert!(disk.tell("mount", &["-o", option])),
        None => {
            let permissions = fs::Permissions::from_mode(mode);
            fs::set_permissions(home.path("disk/database"), permissions).expect("it is ours");
        }
    };
    may_write(0o400, "remount,ro");
    for command in [&["serve"][..], &["migrate"], &["users", "list"]] {
        let complaint = home.run(command).complaint(1);
        assert!(complaint.contains("disk/database: ") && complaint.contains("`database.url`"), "{complaint}");
        assert!(complaint.contains("let the user that runs countersign write the file"), "{complaint}");
    }
    may_write(0o600, "remount,rw");
    assert_eq!(home.run(&["users", "list"]).done(), "");
}

/// Runs a command, and returns what `strace` saw it make and sync. `None` where `strace` cannot.
fn recorded(home: &Home, arguments: &[&str]) -> Option<String> {
    let (command, recording) = (home.command(arguments), home.path("recording"));
    let mut traced = Command::new("strace");
    traced.args(["-f", "-y", "-e", "trace=mkdir,mkdirat,fsync", "-o"]).arg(&recording).arg(command.get_program());
    traced
        .args(command.get_args())
        .current_dir(home.path(""))
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    if traced.output().is_ok_and(|output| output.status.success()) {
        return fs::read_to_string(recording).ok();
    }
    assert!(!must_be_complete(), "strace is missing or may not trace, and COUNTERSIGN_TESTS_COMPLETE is set");
    eprintln!("left out: strace is missing or may not trace");
    None
}

#[test]
fn the_names_of_new_directories_are_on_the_disk_before_a_command_ends() {
    let settings = format!("{SETTINGS}[mail]\ntransport = \"directory\"\ndirectory = \"post/for/all\"\n");
    for (arguments, made) in [
        (&["migrate"][..], &["disk/below"][..]),
        (&["mail", "test", "ann@mail.example"], &["post", "post/for", "post/for/all"]),
    ] {
        let home = Home::new(&settings.replace("disk/database", "disk/below/database"));
        fs::create_dir(home.path("disk")).expect("it is not there yet");
        let Some(recording) = recorded(&home, arguments) else { return };
        for directory in made {
            let path = home.path(directory);
            assert!(path.is_dir(), "{directory}");
            let above = path.parent().expect("the home is above").display().to_string();
            let name = format!("{directory}\", ");
            let is_made = |line: &&str| line.contains("mkdir") && line.contains(&name) && line.ends_with("= 0");
            let is_synced = |line: &str| line.contains("fsync(") && line.contains(&format!("<{above}>"));
            let is_synced = recording.lines().skip_while(|line| !is_made(line)).any(is_synced);
            assert!(is_synced, "{directory} in {recording}");
        }
    }
}
