use std::sync::Arc;

use super::*;

const ONE_THREAD: usize = 1;

fn queue<J>(capacity: usize) -> Queue<J> {
    Queue::new(NonZeroUsize::new(capacity).expect("it is not zero"), ONE_THREAD)
}

/// Waits in a thread until `deadline`, and calls `act` once it waits. Returns what the thread got.
fn got_by_a_thread_that_waits_until(deadline: Instant, act: impl FnOnce(&Queue<u8>)) -> Option<u8> {
    let queue = queue(8);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| queue.next_until(deadline));
        while queue.lock().waiting_until == 0 && !waiting.is_finished() {
            thread::yield_now();
        }
        act(&queue);
        waiting.join().expect("it does not panic")
    })
}

#[test]
fn a_job_that_can_wait_is_found_at_the_deadline() {
    let deadline = Instant::now() + Duration::from_secs(1);
    let got = got_by_a_thread_that_waits_until(deadline, |queue| {
        queue.submit(7, Urgency::CanWait).expect("there is room");
    });
    assert_eq!(got, Some(7));
    assert!(Instant::now() >= deadline);
}

#[test]
fn a_job_that_cannot_wait_brings_those_that_can() {
    let deadline = Instant::now() + Duration::from_secs(600);
    let got = got_by_a_thread_that_waits_until(deadline, |queue| {
        queue.submit(7, Urgency::CanWait).expect("there is room");
        queue.submit(8, Urgency::Now).expect("there is room");
    });
    assert_eq!(got, Some(7), "they are done in their order");
    assert!(Instant::now() < deadline);
}

#[test]
fn a_thread_without_a_deadline_is_woken_by_any_job_and_by_the_end() {
    let queue = queue(8);
    thread::scope(|scope| {
        let got = scope.spawn(|| (queue.next(), queue.next()));
        while queue.lock().waiting == 0 {
            thread::yield_now();
        }
        queue.submit(7, Urgency::CanWait).expect("there is room");
        while queue.lock().waiting == 0 || queue.len() > 0 {
            thread::yield_now();
        }
        queue.close();
        assert_eq!(got.join().expect("it does not panic"), (Some(7), None));
    });
    assert_eq!(queue.submit(8, Urgency::Now), Err(LaneError::Stopped));
}

#[test]
fn jobs_are_taken_in_their_order_and_no_more_than_asked_for() {
    let queue = queue(3);
    assert_eq!([1, 2, 3, 4].map(|job| queue.submit(job, Urgency::Now)), [Ok(()), Ok(()), Ok(()), Err(LaneError::Full)]);
    let mut taken = vec![0];
    queue.take(2, &mut taken);
    assert_eq!(taken, [0, 1, 2]);
    assert_eq!(queue.try_next_if(|job| *job == 4), None, "the next job is another");
    assert_eq!(queue.try_next_if(|job| *job == 3), Some(3));
    assert_eq!((queue.try_next_if(|_| true), queue.next_until(Instant::now())), (None, None));
}

#[test]
fn what_is_left_after_the_last_thread_is_dropped() {
    let queue = queue(8);
    let job = Arc::new(());
    queue.submit(Arc::clone(&job), Urgency::Now).expect("there is room");
    drop(queue.working());
    assert_eq!(Arc::strong_count(&job), 1);
    assert_eq!(queue.submit(job, Urgency::Now), Err(LaneError::Stopped));
    assert!(queue.wait_for_end_within(Duration::ZERO));
}

#[test]
fn a_thread_whose_jobs_follow_each_other_closely_is_given_each_of_them() {
    let (queue, back) = (queue(8), queue(8));
    thread::scope(|scope| {
        scope.spawn(|| {
            while let Some(job) = queue.next() {
                back.submit(job, Urgency::Now).expect("there is room");
            }
        });
        for job in 0..10_000 {
            queue.submit(job, Urgency::Now).expect("there is room");
            assert_eq!(back.next(), Some(job));
        }
        queue.close();
    });
}
