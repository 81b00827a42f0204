//! A lane: a few threads, each owning one resource, fed by one bounded queue.
//!
//! Blocking work (a database connection, Argon2's memory) lives on lanes, so that it never blocks the threads that
//! answer requests. A full queue is an answer ([`LaneError::Full`]), never unbounded memory.

mod queue;

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

pub(crate) use queue::{LaneError, Queue, Urgency};

/// A bounded queue of jobs and the threads that do them. Clones share both.
///
/// When the last clone is dropped, the threads finish what is queued and are joined; see also [`Lane::part_after`].
pub(crate) struct Lane<J>(Arc<Inner<J>>);

impl<J> Clone for Lane<J> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Inner<J> {
    queue: Arc<Queue<J>>,
    threads: Vec<JoinHandle<()>>,
    /// How long the end waits for the threads; `None` waits without a limit.
    parted_after: Option<Duration>,
    /// Whether that wait has already timed out.
    are_parted: AtomicBool,
}

/// Work for a thread that owns a resource `R`.
pub(crate) type Job<R> = Box<dyn FnOnce(&mut R) + Send>;

impl<J: Send + 'static> Lane<J> {
    /// Starts one thread per worker. Each worker takes jobs from the queue until it is closed and empty; one that
    /// wants to do several jobs in one go may take as many as wait.
    ///
    /// # Errors
    ///
    /// The operating system's, when it refuses a thread.
    pub(crate) fn start<W>(name: &str, capacity: NonZeroUsize, workers: Vec<W>) -> std::io::Result<Self>
    where
        W: FnOnce(&Queue<J>) + Send + 'static,
    {
        let queue = Arc::new(Queue::new(capacity, workers.len()));
        let mut threads = Vec::with_capacity(workers.len());
        for (number, worker) in workers.into_iter().enumerate() {
            let jobs = Arc::clone(&queue);
            let started = thread::Builder::new().name(format!("{name}-{number}")).spawn(move || {
                let working = jobs.working();
                worker(&jobs);
                drop(working);
            });
            // Threads that have started end with the queue.
            threads.push(started.inspect_err(|_| queue.close())?);
        }
        Ok(Self::of(queue, threads))
    }

    /// Returns a lane without threads, which refuses every job as one that has stopped.
    pub(crate) fn stopped() -> Self {
        Self::of(Arc::new(Queue::new(NonZeroUsize::MIN, 0)), Vec::new())
    }

    fn of(queue: Arc<Queue<J>>, threads: Vec<JoinHandle<()>>) -> Self {
        Self(Arc::new(Inner { queue, threads, parted_after: None, are_parted: AtomicBool::new(false) }))
    }

    /// Waits no longer than `span` for the threads when the last clone is dropped. For work that may hang for good;
    /// such threads end with the process. Only before the lane is cloned.
    #[must_use]
    pub(crate) fn part_after(mut self, span: Duration) -> Self {
        let inner = Arc::get_mut(&mut self.0).expect("the lane was not cloned yet");
        inner.parted_after = Some(span);
        self
    }

    /// Puts a job at the end of the queue without waiting.
    ///
    /// # Errors
    ///
    /// [`LaneError::Full`] and [`LaneError::Stopped`]; the job is dropped then.
    pub(crate) fn submit(&self, job: J) -> Result<(), LaneError> {
        self.submit_with(job, Urgency::Now)
    }

    /// Puts a job at the end of the queue without waiting. A job that can wait does not wake a thread that has set
    /// itself a time to look again.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit).
    pub(crate) fn submit_with(&self, job: J, urgency: Urgency) -> Result<(), LaneError> {
        self.0.queue.submit(job, urgency)
    }

    /// Returns how many jobs wait in the queue.
    pub(crate) fn waiting(&self) -> usize {
        self.0.queue.len()
    }

    /// Closes the queue, and waits until the threads have done the queued jobs and ended, or until they have taken too
    /// long: see [`Lane::part_after`]. A job of the lane must not call it.
    pub(crate) fn close(&self) {
        self.0.queue.close();
        self.0.wait_for_threads();
    }
}

impl<R: Send + 'static> Lane<Job<R>> {
    /// Runs `work` on one of the lane's threads and returns its result.
    ///
    /// Queued work is done even if the returned future is dropped.
    ///
    /// # Errors
    ///
    /// [`LaneError::Full`] and [`LaneError::Stopped`]; the latter also if `work` panics.
    pub(crate) async fn run<T, W>(&self, work: W) -> Result<T, LaneError>
    where
        T: Send + 'static,
        W: FnOnce(&mut R) -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.submit(Box::new(move |resource| {
            // The receiver is gone if the client has disconnected; the work is done all the same.
            let _ = answer.send(work(resource));
        }))?;
        answered.await.map_err(|_| LaneError::Stopped)
    }
}

/// Runs `work` and catches a panic in it: the caller loses its answer, but the lane keeps its thread.
pub(crate) fn survive<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

impl<J> Inner<J> {
    /// Waits for the threads' end, once.
    fn wait_for_threads(&self) {
        match self.parted_after {
            Some(span) if !self.are_parted.load(Ordering::Acquire) => {
                self.are_parted.store(!self.queue.wait_for_end_within(span), Ordering::Release);
            }
            Some(_) => {}
            None => self.queue.wait_for_end(),
        }
    }
}

impl<J> Drop for Inner<J> {
    fn drop(&mut self) {
        self.queue.close();
        if self.parted_after.is_some() {
            self.wait_for_threads();
            if self.are_parted.load(Ordering::Acquire) {
                return;
            }
        }
        for thread in self.threads.drain(..) {
            // A job that held the last clone drops it on the lane's own thread, which cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                // A panic was reported by the panic hook already.
                let _ = thread.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl<R: Send + 'static> Lane<Job<R>> {
        /// Starts one thread per resource; each does one job at a time.
        ///
        /// # Errors
        ///
        /// The operating system's, when it refuses a thread.
        fn of_resources(name: &str, capacity: NonZeroUsize, resources: Vec<R>) -> std::io::Result<Self> {
            let workers = resources
                .into_iter()
                .map(|mut resource| {
                    move |jobs: &Queue<Job<R>>| {
                        while let Some(job) = jobs.next() {
                            survive(|| job(&mut resource));
                        }
                    }
                })
                .collect();
            Self::start(name, capacity, workers)
        }
    }
    use std::sync::mpsc;

    fn one() -> NonZeroUsize {
        NonZeroUsize::MIN
    }

    #[tokio::test]
    async fn work_runs_on_the_owned_resource() {
        let lane = Lane::of_resources("test", one(), vec![41]).expect("a thread starts");
        let answer = lane
            .run(|number| {
                *number += 1;
                *number
            })
            .await;
        assert_eq!(answer, Ok(42));
    }

    #[tokio::test]
    async fn a_full_queue_is_an_answer() {
        let lane = Lane::of_resources("test", one(), vec![()]).expect("a thread starts");
        let (hold, held) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        lane.submit(Box::new(move |()| {
            begun.send(()).expect("the test waits for this");
            held.recv().expect("the test lets go");
        }))
        .expect("the queue is empty");
        has_begun.recv().expect("the job begins");
        lane.submit(Box::new(|()| ())).expect("one place is free");
        assert_eq!(lane.submit(Box::new(|()| ())), Err(LaneError::Full));
        hold.send(()).expect("the job waits");
    }

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_no_thread() {
        let lane = Lane::of_resources("test", one(), vec![7]).expect("a thread starts");
        assert_eq!(lane.run(|_| -> i32 { panic!("on purpose") }).await, Err(LaneError::Stopped));
        assert_eq!(lane.run(|number| *number).await, Ok(7));
    }

    #[tokio::test]
    async fn dropping_the_lane_finishes_what_is_queued() {
        let (done, was_done) = mpsc::channel();
        let lane =
            Lane::of_resources("test", NonZeroUsize::new(8).expect("not zero"), vec![()]).expect("a thread starts");
        for number in 0..8 {
            let done = done.clone();
            lane.submit(Box::new(move |()| done.send(number).expect("the test listens"))).expect("there is room");
        }
        drop(lane);
        assert_eq!(was_done.try_iter().count(), 8);
    }

    #[tokio::test]
    async fn closing_the_lane_finishes_what_is_queued_whoever_holds_a_clone() {
        let (done, was_done) = mpsc::channel();
        let lane = Lane::of_resources("test", NonZeroUsize::new(8).expect("not zero"), vec![done]).expect("it starts");
        let clone = lane.clone();
        for number in 0..8 {
            lane.submit(Box::new(move |done: &mut mpsc::Sender<_>| done.send(number).expect("the test listens")))
                .expect("there is room");
        }
        lane.close();
        // Its resource is gone as well, or this would wait.
        assert_eq!(was_done.iter().count(), 8);
        assert_eq!(clone.submit(Box::new(|_| ())), Err(LaneError::Stopped));
        clone.close();
    }

    #[tokio::test]
    async fn a_thread_that_hangs_is_parted_from() {
        let lane = Lane::of_resources("test", one(), vec![()]).expect("a thread starts");
        let lane = lane.part_after(Duration::from_millis(10));
        let (release, held) = mpsc::channel::<()>();
        let (done, was_done) = mpsc::channel();
        lane.submit(Box::new(move |()| {
            held.recv().expect("the test lets go");
            done.send(()).expect("the test listens");
        }))
        .expect("the queue is empty");
        drop(lane);
        release.send(()).expect("it hangs, and lives");
        was_done.recv().expect("it goes on where it was");
    }
}
