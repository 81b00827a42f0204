//! Signals as shells, terminals, log rotation and service managers send them, to the real program.

use rustix::process::Signal;

use crate::process::{Home, Program};
use crate::support::smtp_server::{Act, SmtpServer, Stage};

fn home(smtp: &SmtpServer) -> Home {
    Home::new(&format!(
        "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n[throttle]\nenabled = false\n\
         [mail]\ntransport = \"smtp\"\nsend_timeout_seconds = 20\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        smtp.port()
    ))
}

/// The mail server takes a mail's last line and does not answer yet.
async fn with_a_mail_on_its_way(program: &Program, smtp: &SmtpServer) {
    program.register("ann").await;
    smtp.wait_for_held(1).await;
}

#[tokio::test]
async fn a_terminal_that_goes_away_stops_the_program_in_order() {
    let smtp = SmtpServer::start();
    smtp.next(Stage::EndOfData, Act::Hold);
    let home = home(&smtp);
    let mut program = home.serve();
    with_a_mail_on_its_way(&program, &smtp).await;

    program.signal(Signal::HUP);
    program.wait_for_log("SIGHUP").await;
    // Neither a second one nor those that mean nothing cut it short.
    for signal in [Signal::HUP, Signal::TERM, Signal::USR1, Signal::PIPE] {
        program.signal(signal);
    }
    smtp.release();

    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    assert_eq!(smtp.received().len(), 1, "{}", program.log());
    assert_eq!(home.run(&["mail", "queue"]).done(), "No mail waits.\n");
}

#[tokio::test]
async fn signals_that_mean_nothing_to_the_program_do_not_kill_it() {
    let smtp = SmtpServer::start();
    smtp.next(Stage::EndOfData, Act::Hold);
    let home = home(&smtp);
    let mut program = home.serve();
    with_a_mail_on_its_way(&program, &smtp).await;
    for signal in [Signal::USR1, Signal::USR2, Signal::ALARM, Signal::PIPE, Signal::WINCH, Signal::CONT, Signal::URG] {
        program.signal(signal);
    }
    for name in ["SIGUSR1", "SIGUSR2", "SIGALRM"] {
        program.wait_for_log(name).await;
    }
    smtp.release();
    program.register("bob").await;
    smtp.wait_for(2).await;
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
}

/// `nohup countersign &` goes on when the terminal is closed.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_that_was_told_to_ignore_hangups_goes_on() {
    let smtp = SmtpServer::start();
    let home = home(&smtp);
    let serve = home.command(&["serve"]);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(serve.get_program()).args(serve.get_args());
    command.env_clear().current_dir(serve.get_current_dir().expect("it is set"));
    let mut program = Program::start(command);
    program.base_url().await;
    program.signal(Signal::HUP);
    program.signal(Signal::USR1);
    program.wait_for_log("SIGUSR1").await;
    program.register("ann").await;
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    assert!(!program.log().contains("SIGHUP"), "{}", program.log());
}

/// As when somebody presses Ctrl-C again.
#[tokio::test]
async fn a_second_interrupt_waits_for_nothing() {
    for (first, second) in [(Signal::INT, Signal::INT), (Signal::TERM, Signal::INT), (Signal::HUP, Signal::QUIT)] {
        let smtp = SmtpServer::start();
        smtp.next(Stage::EndOfData, Act::Hold);
        let home = home(&smtp);
        let mut program = home.serve();
        with_a_mail_on_its_way(&program, &smtp).await;
        program.signal(first);
        program.wait_for_log("the server stops").await;
        program.signal(second);
        // The mail server is silent, and would be waited for beyond the patience of `ended`.
        assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
        assert!(program.log().contains("all work was cut off"), "{}", program.log());
        assert!(home.run(&["mail", "queue"]).done().contains("verify-registration"));
        smtp.release();
    }
}
