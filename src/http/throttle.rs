//! Rate limits per client address, for endpoints whose work is expensive.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::faults::Fault;
use crate::clock::Seconds;
use crate::identity::Network;

/// Requests between two sweeps that remove networks without recent requests.
const SWEEP_EVERY: u32 = 1_024;

type Limiter = DefaultKeyedRateLimiter<Network>;

/// A rate limit: one budget for each client's network, and larger ones for the wider networks around it.
pub(crate) struct Throttle {
    budgets: Option<Budgets>,
    requests: AtomicU32,
}

struct Budgets {
    per_hour: NonZeroU32,
    burst: NonZeroU32,
    narrow: Limiter,
    /// In the order of [`Network::wider`]; created at the first request from such a network.
    wider: [OnceLock<Limiter>; 2],
}

impl Throttle {
    /// Returns a limit with budgets of `burst` requests, refilled evenly with `per_hour`.
    pub(crate) fn new(per_hour: NonZeroU32, burst: NonZeroU32) -> Self {
        let budgets = Budgets { per_hour, burst, narrow: limiter(per_hour, burst), wider: Default::default() };
        Self { budgets: Some(budgets), requests: AtomicU32::new(0) }
    }

    /// Returns no limit at all.
    pub(crate) fn off() -> Self {
        Self { budgets: None, requests: AtomicU32::new(0) }
    }

    /// Charges one request to the budget of `client` and of the networks around it.
    ///
    /// # Errors
    ///
    /// 429 with the time until the next request is allowed.
    pub(crate) fn admit(&self, client: Option<IpAddr>) -> Result<(), Fault> {
        let (Some(budgets), Some(client)) = (&self.budgets, client) else { return Ok(()) };
        if self.requests.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            budgets.forget_the_quiet();
        }
        let network = Network::of(client);
        take(&budgets.narrow, network)?;
        // The narrowest network comes first: a refused client uses up nothing of its neighbours' budgets.
        for ((wider, times), made) in network.wider().zip(&budgets.wider) {
            let limiter =
                made.get_or_init(|| limiter(multiple(budgets.per_hour, times), multiple(budgets.burst, times)));
            take(limiter, wider)?;
        }
        Ok(())
    }
}

impl Budgets {
    fn forget_the_quiet(&self) {
        self.narrow.retain_recent();
        self.wider.iter().filter_map(OnceLock::get).for_each(Limiter::retain_recent);
    }
}

fn limiter(per_hour: NonZeroU32, burst: NonZeroU32) -> Limiter {
    let refill = Duration::from_secs(3_600) / per_hour.get();
    let quota = Quota::with_period(refill).expect("an hour divided by a u32 is not zero").allow_burst(burst);
    Limiter::keyed(quota)
}

fn take(limiter: &Limiter, network: Network) -> Result<(), Fault> {
    limiter.check_key(&network).map_err(|refused| {
        let wait = refused.wait_time_from(DefaultClock::default().now());
        Fault::too_many_requests(Seconds::new(wait.as_secs() + 1))
    })
}

fn multiple(number: NonZeroU32, times: u32) -> NonZeroU32 {
    NonZeroU32::new(times).map_or(number, |times| number.saturating_mul(times))
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
    fn one_ipv6_network_has_one_budget() {
        let throttle = throttle();
        assert!(throttle.admit(address("2001:db8:1:2::1")).is_ok());
        assert!(throttle.admit(address("2001:db8:1:2:ffff::9")).is_ok());
        assert!(throttle.admit(address("2001:db8:1:2::3")).is_err());
        assert!(throttle.admit(address("2001:db8:1:3::1")).is_ok());
    }

    #[test]
    fn many_networks_of_one_subscriber_do_not_have_as_many_budgets() {
        for (shape, admitted) in [("2001:db8:1:2{:02x}::1", 4 * 2), ("2001:db8:1:{:02x}00::1", 16 * 2)] {
            let throttle = throttle();
            let client = |number: u8| address(&shape.replace("{:02x}", &format!("{number:02x}")));
            let requests = (0..30).flat_map(|number| [number; 3]);
            assert_eq!(requests.filter(|number| throttle.admit(client(*number)).is_ok()).count(), admitted, "{shape}");
            assert!(throttle.admit(address("2001:db8:2::1")).is_ok(), "another subscriber");
        }
    }

    #[test]
    fn one_network_does_not_use_up_its_neighbours_budgets() {
        let throttle = throttle();
        for _ in 0..100 {
            let _ = throttle.admit(address("2001:db8:1:2::1"));
        }
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
