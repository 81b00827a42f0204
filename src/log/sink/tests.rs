use super::*;

/// An output whose state a test changes.
#[derive(Clone, Default)]
struct Pipe(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    written: Vec<u8>,
    is_blocked: bool,
    is_waited_for: bool,
    takes: Option<usize>,
}

impl Pipe {
    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }

    fn written(&self) -> String {
        String::from_utf8(self.0.0.lock().unwrap().written.clone()).unwrap()
    }

    fn wait_until_blocked(&self) {
        drop(self.0.1.wait_while(self.0.0.lock().unwrap(), |state| !state.is_waited_for).unwrap());
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.0.lock().unwrap();
        if state.is_blocked {
            state.is_waited_for = true;
            self.0.1.notify_all();
            state = self.0.1.wait_while(state, |state| state.is_blocked).unwrap();
        }
        let takes = state.takes.unwrap_or(usize::MAX).min(bytes.len());
        if takes == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.takes = state.takes.map(|left| left - takes);
        state.written.extend_from_slice(&bytes[..takes]);
        Ok(takes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns an output that takes nothing at the moment, and a sink whose thread waits to write `first` to it.
fn amid_the_first_line() -> (Pipe, Sink) {
    let pipe = Pipe::default();
    pipe.set(|state| state.is_blocked = true);
    let sink = Sink::to(pipe.clone(), LogFormat::Text);
    sink.print("first");
    pipe.wait_until_blocked();
    (pipe, sink)
}

#[test]
fn an_output_that_takes_nothing_makes_nobody_wait_and_tells_later_what_was_lost() {
    let (pipe, sink) = amid_the_first_line();
    // One of them may begin within the room and end beyond it.
    let more = ROOM_BYTES / "more\n".len() + 1 + 7;
    for _ in 0..more {
        sink.print("more");
    }
    pipe.set(|state| state.is_blocked = false);
    sink.print("last, if it fits");
    sink.finish();
    sink.print("at the end");
    sink.finish();
    let written = pipe.written();
    let lost: usize = written.lines().filter_map(|line| line.split_once("lines_lost=")?.1.parse::<usize>().ok()).sum();
    let kept = written.lines().filter(|line| matches!(*line, "first" | "more" | "last, if it fits" | "at the end"));
    assert_eq!(kept.count() + lost, more + 3);
    assert!(lost >= 7, "{lost}");
    assert!(written.ends_with("at the end\n"));
}

#[test]
fn a_line_that_was_cut_off_does_not_spoil_the_next() {
    let pipe = Pipe::default();
    pipe.set(|state| state.takes = Some(4));
    let sink = Sink::to(pipe.clone(), LogFormat::Json);
    sink.print(r#"{"a":1}"#);
    sink.finish();
    assert_eq!(pipe.written(), r#"{"a""#);
    pipe.set(|state| state.takes = None);
    sink.print(r#"{"b":2}"#);
    sink.finish();
    let written = pipe.written();
    let lines: Vec<&str> = written.lines().skip(1).collect();
    let [lost, next] = lines[..] else { panic!("{written}") };
    let lost: serde_json::Value = serde_json::from_str(lost).unwrap();
    assert_eq!((&lost["fields"]["lines_lost"], next), (&serde_json::json!(1), r#"{"b":2}"#));
}

#[test]
fn every_line_that_was_not_written_whole_is_counted() {
    let (pipe, sink) = amid_the_first_line();
    sink.print("second");
    sink.print("third");
    pipe.set(|state| (state.is_blocked, state.takes) = (false, Some("first\nsec".len())));
    sink.finish();
    pipe.set(|state| state.takes = None);
    sink.print("fourth");
    sink.finish();
    let written = pipe.written();
    let [first, cut, lost, fourth] = written.lines().collect::<Vec<_>>()[..] else { panic!("{written}") };
    assert_eq!([first, cut, fourth], ["first", "sec", "fourth"]);
    assert!(lost.ends_with(" lines_lost=2"), "{lost}");
}

#[test]
fn a_line_longer_than_the_room_is_written_where_there_is_room() {
    let pipe = Pipe::default();
    let sink = Sink::to(pipe.clone(), LogFormat::Text);
    let long = "a".repeat(2 * ROOM_BYTES);
    sink.print("short");
    sink.print(&long);
    sink.finish();
    assert_eq!(pipe.written(), format!("short\n{long}\n"));
}

#[test]
fn nobody_waits_for_a_thread_that_is_gone() {
    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("on purpose")
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let began = Instant::now();
    let sink = Sink::to(Broken, LogFormat::Text);
    sink.print("a line");
    sink.finish();
    sink.print("another line");
    sink.finish();
    assert!(began.elapsed() < PATIENCE);
}
