//! How often one client address may ask an endpoint that costs something.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::faults::Fault;
use crate::clock::Seconds;

/// Requests between two sweeps of addresses that have been quiet long enough to be forgotten.
const SWEEP_EVERY: u32 = 1_024;

/// One budget for each client address.
pub struct Throttle {
    budgets: Option<DefaultKeyedRateLimiter<IpAddr>>,
    requests: AtomicU32,
}

impl Throttle {
    /// A budget of `burst` requests, refilled evenly with `per_hour`.
    pub fn new(per_hour: NonZeroU32, burst: NonZeroU32) -> Self {
        let refill = Duration::from_secs(3_600) / per_hour.get();
        let quota = Quota::with_period(refill).expect("an hour divided by a u32 is not zero").allow_burst(burst);
        Self { budgets: Some(DefaultKeyedRateLimiter::keyed(quota)), requests: AtomicU32::new(0) }
    }

    /// No limit at all.
    pub fn off() -> Self {
        Self { budgets: None, requests: AtomicU32::new(0) }
    }

    /// Takes one request out of the budget of `client`.
    ///
    /// # Errors
    ///
    /// 429 with the time after which the next one is welcome.
    pub fn admit(&self, client: Option<IpAddr>) -> Result<(), Fault> {
        let (Some(budgets), Some(client)) = (&self.budgets, client) else { return Ok(()) };
        if self.requests.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            budgets.retain_recent();
        }
        budgets.check_key(&household(client)).map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            Fault::too_many_requests(Seconds::new(wait.as_secs() + 1))
        })
    }
}

/// What counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber is given at least (RFC 6177).
pub(super) fn household(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> Throttle {
        Throttle::new(NonZeroU32::MIN, NonZeroU32::new(2).expect("not zero"))
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn a_spent_budget_is_answered_with_the_time_to_wait() {
        let throttle = throttle();
        assert!(throttle.admit(address("192.0.2.1")).is_ok());
        assert!(throttle.admit(address("192.0.2.1")).is_ok());
        let refused = throttle.admit(address("192.0.2.1")).expect_err("the budget is two");
        assert_eq!(refused.status().as_u16(), 429);
        assert!(throttle.admit(address("192.0.2.2")).is_ok(), "another address has a budget of its own");
    }

    #[test]
    fn one_ipv6_household_has_one_budget() {
        let throttle = throttle();
        assert!(throttle.admit(address("2001:db8:1:2::1")).is_ok());
        assert!(throttle.admit(address("2001:db8:1:2:ffff::9")).is_ok());
        assert!(throttle.admit(address("2001:db8:1:2::3")).is_err());
        assert!(throttle.admit(address("2001:db8:1:3::1")).is_ok());
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_the_same_client() {
        let throttle = throttle();
        assert!(throttle.admit(address("192.0.2.1")).is_ok());
        assert!(throttle.admit(address("::ffff:192.0.2.1")).is_ok());
        assert!(throttle.admit(address("192.0.2.1")).is_err());
    }

    #[test]
    fn a_throttle_that_is_off_admits_everything() {
        let off = Throttle::off();
        assert!((0..100).all(|_| off.admit(address("192.0.2.1")).is_ok()));
    }
}
