use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::mail::message::{Sender, build};
use crate::mail::templates::Rendered;

fn mail() -> OutgoingMail {
    numbered("row-1")
}

fn numbered(id: &str) -> OutgoingMail {
    let sender = Sender::parse("no-reply@app.example", None).expect("it is an address");
    let rendered = Rendered { subject: "Hello".into(), text: "there".into(), html: None };
    build(&sender, "ann@mail.example", &rendered, id, Timestamp::from_unix_seconds(1_700_000_000))
        .expect("it can be written")
}

fn waiting(name: &str, bytes: Vec<u8>) -> (Mail, oneshot::Receiver<io::Result<()>>) {
    let (answer, answered) = oneshot::channel();
    (Mail { name: name.to_owned(), bytes, answer }, answered)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("it is there").flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().expect("it is Unicode")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_mail_becomes_one_file_for_its_owner_only() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let path = temporary.path().join("var/mails");
    let directory = Directory::new(path.clone()).expect("a thread starts");
    directory.write_mail(&mail()).await.expect("it is written");
    directory.write_mail(&mail()).await.expect("a second try writes the same file");
    let names = names(&path);
    assert_eq!(names, ["20231114T221320Z-row-1.eml"]);
    assert_eq!(fs::read(path.join(&names[0])).expect("it can be read"), mail().bytes());
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(path.join(&names[0])).expect("it is there").permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn mails_are_written_together_and_fail_alone() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let directory = Directory::new(temporary.path().into()).expect("a thread starts");
    let mails: Vec<OutgoingMail> =
        (0..3 * LARGEST_BATCH.get()).map(|number| numbered(&format!("row-{number}"))).collect();
    let path = |mail: &OutgoingMail| temporary.path().join(file_name(mail.date(), mail.id()));
    fs::create_dir_all(path(&mails[7]).join("in the way")).expect("it can be made");
    let outcomes = futures_util::future::join_all(mails.iter().map(|mail| directory.write_mail(mail))).await;
    for (number, (mail, outcome)) in mails.iter().zip(outcomes).enumerate() {
        assert_eq!(outcome.is_ok(), number != 7, "{number}: {outcome:?}");
        assert_eq!(fs::read(path(mail)).ok().as_deref(), outcome.is_ok().then(|| mail.bytes()), "{number}");
    }
    assert_eq!(names(temporary.path()).len(), mails.len(), "nothing else is left");
}

#[test]
fn of_processes_that_write_the_same_mail_each_writes_a_whole_one() {
    const BYTES: usize = 1 << 20;
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let (place, is_over) = (temporary.path(), &AtomicBool::new(false));
    thread::scope(|scope| {
        let writers = [b'a', b'b'].map(|letter| {
            scope.spawn(move || {
                for _ in 0..30 {
                    let (mail, answered) = waiting("mail.eml", vec![letter; BYTES]);
                    write(place, vec![mail]);
                    answered.blocking_recv().expect("it is answered").expect("it is written");
                    assert_eq!(fs::read(place.join("mail.eml")).expect("it is there").len(), BYTES);
                }
            })
        });
        scope.spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                let size = fs::metadata(place.join("mail.eml")).map_or(BYTES as u64, |file| file.len());
                assert_eq!(size, BYTES as u64, "a reader sees half a mail");
            }
        });
        let ends = writers.map(thread::ScopedJoinHandle::join);
        is_over.store(true, Ordering::Relaxed);
        ends.into_iter().for_each(|end| end.expect("no writer fails"));
    });
    assert_eq!(names(place), ["mail.eml"]);
}

#[test]
fn a_mail_whose_sender_has_gone_away_is_not_written() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let (abandoned, answered) = waiting("abandoned.eml", b"abandoned".to_vec());
    drop(answered);
    let (wanted, answered) = waiting("wanted.eml", b"wanted".to_vec());
    write(temporary.path(), vec![abandoned, wanted]);
    answered.blocking_recv().expect("it is answered").expect("it is written");
    assert_eq!(names(temporary.path()), ["wanted.eml"]);
}

#[tokio::test]
async fn what_a_killed_process_has_left_is_deleted_when_it_is_old() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    for (name, age) in [("a.emlX1.tmp", LEFT_AFTER), ("b.emlX2.tmp", Duration::ZERO), ("notes.tmp", LEFT_AFTER)] {
        let file = File::create(temporary.path().join(name)).expect("it is made");
        let made_at = file.metadata().and_then(|file| file.modified()).expect("it is known");
        file.set_modified(made_at - age).expect("it can be set");
    }
    let directory = Directory::new(temporary.path().into()).expect("a thread starts");
    directory.write_mail(&mail()).await.expect("it is written");
    assert_eq!(names(temporary.path()), ["20231114T221320Z-row-1.eml", "b.emlX2.tmp", "notes.tmp"]);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_delays_the_mail() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let file = temporary.path().join("file");
    fs::write(&file, "in the way").expect("it can be written");
    let directory = Directory::new(file).expect("a thread starts");
    let error = directory.write_mail(&mail()).await.expect_err("a file is in the way");
    assert_eq!(error.fault(), crate::mail::DeliveryFault::Delayed);
    assert!(directory.try_writing().await.is_err());
}

#[tokio::test]
async fn checking_makes_nothing() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    for path in [temporary.path().into(), temporary.path().join("var/mails")] {
        Directory::new(path).expect("a thread starts").try_writing().await.expect("it can be written");
    }
    assert_eq!(fs::read_dir(temporary.path()).expect("it is there").count(), 0);
}
