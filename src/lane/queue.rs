//! The bounded queue of a lane.
//!
//! A thread that finds no job can sleep until one comes, or look a few times more before it sleeps. Where jobs follow
//! each other closely it looks: to fall asleep and to be woken would take longer. Elsewhere it sleeps at once, because
//! each look costs: the thread gives the processor to others in between, and threads that hash keep it for long. The
//! standard library's channels always look first.

use std::collections::VecDeque;
use std::hint;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Jobs follow each other closely where a thread sleeps for less than this before each. It is about as long as a commit
/// of PostgreSQL takes: clients that wait for commits send their next jobs after such a time. Several threads
/// sleep by turns, so each sleeps longer: jobs must come more often than this before threads look first.
const SHORT_SLEEP: Duration = Duration::from_millis(1);
/// After so many short sleeps in a row, threads look again before they sleep.
const SHORT_SLEEPS: u8 = 4;
/// How often a thread looks before it sleeps.
const LOOKS: Range<u32> = 0..11;
/// After each of the first looks the thread keeps the processor, each time twice as long; after the others it gives the
/// processor to other threads.
const SHORT_LOOKS: u32 = 7;

/// Why a lane did not finish a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// The queue is full. Worth another try after a second.
    #[error("the queue is full")]
    Full,
    /// The lane is shutting down, or panicked while doing this work.
    #[error("the lane has stopped")]
    Stopped,
}

/// Jobs in the order in which they came, and the threads that wait for them.
pub(crate) struct Queue<J> {
    capacity: usize,
    state: Mutex<State<J>>,
    /// Wakes a thread that waits for a job.
    filled: Condvar,
    /// Wakes those who wait until all threads have ended.
    ended: Condvar,
}

struct State<J> {
    jobs: VecDeque<J>,
    is_closed: bool,
    /// Threads that wait for a job, whenever it comes.
    waiting: usize,
    /// Threads that look again by themselves at some moment.
    waiting_until: usize,
    /// Threads that have not ended.
    working: usize,
    /// How many sleeps in a row were short, [`SHORT_SLEEPS`] at most.
    short_sleeps: u8,
}

/// Whether a job wakes a thread that looks again by itself at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// The job is to be done at once.
    Now,
    /// The job can wait for that moment.
    CanWait,
}

/// Counts a thread among those that work on the queue. The thread drops it when it ends. The last thread drops the jobs
/// that are left too: no thread would do them.
pub(super) struct Working<'a, J>(&'a Queue<J>);

impl<J> Queue<J> {
    /// Returns an empty queue that takes `capacity` jobs, on which `threads` threads will work.
    pub(crate) fn new(capacity: NonZeroUsize, threads: usize) -> Self {
        let state = State {
            jobs: VecDeque::new(),
            is_closed: threads == 0,
            waiting: 0,
            waiting_until: 0,
            working: threads,
            short_sleeps: 0,
        };
        Self { capacity: capacity.get(), state: Mutex::new(state), filled: Condvar::new(), ended: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        // No job runs under the lock, so that a panic leaves the state whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the queue; first waits awake for a job, where jobs follow each other closely.
    fn look(&self) -> MutexGuard<'_, State<J>> {
        for look in LOOKS {
            let state = self.lock();
            if !state.jobs.is_empty() || state.is_closed || state.short_sleeps < SHORT_SLEEPS {
                return state;
            }
            drop(state);
            if look < SHORT_LOOKS {
                (0..1 << look).for_each(|_| hint::spin_loop());
            } else {
                thread::yield_now();
            }
        }
        self.lock()
    }

    /// Puts a job at the end.
    ///
    /// # Errors
    ///
    /// [`LaneError::Full`] and [`LaneError::Stopped`]; the job is dropped then.
    pub(crate) fn submit(&self, job: J, urgency: Urgency) -> Result<(), LaneError> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(LaneError::Stopped);
        }
        if state.jobs.len() >= self.capacity {
            return Err(LaneError::Full);
        }
        state.jobs.push_back(job);
        let wakes = state.waiting > 0 || urgency == Urgency::Now && state.waiting_until > 0;
        drop(state);
        if wakes {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Waits for the next job. Returns `None` once the queue is closed and empty.
    pub(crate) fn next(&self) -> Option<J> {
        let mut state = self.look();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.is_closed {
                return None;
            }
            state.waiting += 1;
            let began = Instant::now();
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
            let is_short = began.elapsed() < SHORT_SLEEP;
            state.short_sleeps = if is_short { SHORT_SLEEPS.min(state.short_sleeps + 1) } else { 0 };
        }
    }

    /// Waits for the next job until `deadline`. A job that can wait is found at the deadline, or with the first that
    /// cannot. Returns `None` if there is none then, or if the queue is closed and empty.
    pub(crate) fn next_until(&self, deadline: Instant) -> Option<J> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.is_closed || left.is_zero() {
                return None;
            }
            state.waiting_until += 1;
            state = self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            state.waiting_until -= 1;
        }
    }

    /// Moves up to `most` jobs into `taken` without waiting.
    pub(crate) fn take(&self, most: usize, taken: &mut Vec<J>) {
        let jobs = &mut self.lock().jobs;
        let count = most.min(jobs.len());
        taken.extend(jobs.drain(..count));
    }

    /// Returns the next job without waiting if `is_meant` accepts it; otherwise leaves it in the queue.
    pub(crate) fn try_next_if(&self, is_meant: impl FnOnce(&mut J) -> bool) -> Option<J> {
        self.lock().jobs.pop_front_if(is_meant)
    }

    /// Returns how many jobs wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Refuses further jobs. Those that wait are still to be done.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.filled.notify_all();
    }

    /// Returns what counts one of the queue's threads until that thread ends.
    pub(super) fn working(&self) -> Working<'_, J> {
        Working(self)
    }

    /// Waits until all threads have ended.
    pub(super) fn wait_for_end(&self) {
        let all = self.ended.wait_while(self.lock(), |state| state.working > 0);
        drop(all.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits for that no longer than `span`. Returns whether they have ended.
    pub(super) fn wait_for_end_within(&self, span: Duration) -> bool {
        let all = self.ended.wait_timeout_while(self.lock(), span, |state| state.working > 0);
        !all.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl<J> Drop for Working<'_, J> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.working -= 1;
        let left = if state.working == 0 {
            state.is_closed = true;
            std::mem::take(&mut state.jobs)
        } else {
            VecDeque::new()
        };
        drop(state);
        // What a job holds may wait for this lock.
        drop(left);
        self.0.ended.notify_all();
    }
}

#[cfg(test)]
mod tests;
