//! Rate limits per client address, for endpoints whose work is expensive.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::http::header::HeaderValue;
use actix_web::{HttpMessage, HttpRequest};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::faults::Fault;
use super::rate_limit::RateLimit;
use crate::clock::Seconds;
use crate::identity::Network;

/// Requests between two sweeps that remove networks without recent requests.
const SWEEP_EVERY: u32 = 1_024;

const AN_HOUR: Duration = Duration::from_secs(3_600);

/// What the name of a budget ends with, in the order of [`Network::wider`].
const WIDER: [&str; 2] = ["-56", "-48"];

type Limiter = RateLimiter<Network, DefaultKeyedStateStore<Network>, DefaultClock, StateInformationMiddleware>;

/// A rate limit: one budget for each client's network, and larger ones for the wider networks around it.
pub(crate) struct Throttle {
    limits: Option<Limits>,
    requests: AtomicU32,
    is_announced: bool,
}

struct Limits {
    name: &'static str,
    per_hour: NonZeroU32,
    burst: NonZeroU32,
    narrow: Budgets,
    /// In the order of [`Network::wider`]; created at the first request from such a network.
    wider: [OnceLock<Budgets>; 2],
}

/// The budgets of all networks of one width.
struct Budgets {
    limiter: Limiter,
    name: String,
    policy: HeaderValue,
    regained_seconds: u64,
}

/// What is left of a budget.
struct Standing<'a> {
    budgets: &'a Budgets,
    remaining: u32,
}

impl Throttle {
    /// Returns a limit with budgets of `burst` requests, refilled evenly with `per_hour`. Answers tell the client what
    /// is left of the budget `name`.
    pub(crate) fn new(name: &'static str, per_hour: NonZeroU32, burst: NonZeroU32) -> Self {
        let narrow = Budgets::new(name.to_owned(), per_hour, burst);
        let limits = Limits { name, per_hour, burst, narrow, wider: Default::default() };
        Self { limits: Some(limits), requests: AtomicU32::new(0), is_announced: true }
    }

    /// Returns the same limit, of which clients are told when to come back and no more.
    #[must_use]
    pub(crate) fn unannounced(self) -> Self {
        Self { is_announced: false, ..self }
    }

    /// Returns no limit at all.
    pub(crate) fn off() -> Self {
        Self { limits: None, requests: AtomicU32::new(0), is_announced: false }
    }

    /// Charges a request to the budget of `client` and of the networks around it. Its answer tells what is left.
    ///
    /// # Errors
    ///
    /// 429 with the time until the next request is allowed.
    pub(crate) fn admit(&self, request: &HttpRequest, client: Option<IpAddr>) -> Result<(), Fault> {
        if let Some(limit) = self.charge(client)? {
            request.extensions_mut().insert(limit);
        }
        Ok(())
    }

    /// Returns what is told of the budget that has least left.
    fn charge(&self, client: Option<IpAddr>) -> Result<Option<RateLimit>, Fault> {
        let (Some(limits), Some(client)) = (&self.limits, client) else { return Ok(None) };
        if self.requests.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            limits.forget_the_quiet();
        }
        let network = Network::of(client);
        let mut least = self.take(&limits.narrow, network)?;
        // The narrowest network comes first: a refused client uses up nothing of its neighbours' budgets.
        for (((wider, times), made), suffix) in network.wider().zip(&limits.wider).zip(WIDER) {
            let budgets = made.get_or_init(|| {
                let name = format!("{}{suffix}", limits.name);
                Budgets::new(name, multiple(limits.per_hour, times), multiple(limits.burst, times))
            });
            let standing = self.take(budgets, wider)?;
            if standing.remaining < least.remaining {
                least = standing;
            }
        }
        Ok(self.is_announced.then(|| least.budgets.told(least.remaining, least.budgets.regained_seconds)))
    }

    fn take<'a>(&self, budgets: &'a Budgets, network: Network) -> Result<Standing<'a>, Fault> {
        match budgets.limiter.check_key(&network) {
            Ok(state) => Ok(Standing { budgets, remaining: state.remaining_burst_capacity() }),
            Err(refused) => {
                let wait = refused.wait_time_from(DefaultClock::default().now());
                let retry_after = Seconds::new(wait.as_secs() + 1);
                let fault = Fault::too_many_requests(retry_after);
                Err(if self.is_announced { fault.limited_by(budgets.told(0, retry_after.get())) } else { fault })
            }
        }
    }
}

impl Limits {
    fn forget_the_quiet(&self) {
        self.narrow.limiter.retain_recent();
        self.wider.iter().filter_map(OnceLock::get).for_each(|budgets| budgets.limiter.retain_recent());
    }
}

impl Budgets {
    fn new(name: String, per_hour: NonZeroU32, burst: NonZeroU32) -> Self {
        let refill = AN_HOUR / per_hour.get();
        let quota = Quota::with_period(refill).expect("an hour divided by a u32 is not zero").allow_burst(burst);
        let seconds_for = |requests: u32| (AN_HOUR.as_secs() * u64::from(requests)).div_ceil(per_hour.get().into());
        Self {
            limiter: RateLimiter::keyed(quota).with_middleware(),
            policy: RateLimit::policy(&name, burst.get(), seconds_for(burst.get())),
            name,
            regained_seconds: seconds_for(1),
        }
    }

    fn told(&self, remaining: u32, regained_seconds: u64) -> RateLimit {
        RateLimit::new(self.policy.clone(), &self.name, remaining, regained_seconds)
    }
}

fn multiple(number: NonZeroU32, times: u32) -> NonZeroU32 {
    NonZeroU32::new(times).map_or(number, |times| number.saturating_mul(times))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> Throttle {
        Throttle::new("login", NonZeroU32::MIN, NonZeroU32::new(2).expect("not zero"))
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn a_spent_budget_is_answered_with_the_time_to_wait() {
        let throttle = throttle();
        assert!(throttle.charge(address("192.0.2.1")).is_ok());
        assert!(throttle.charge(address("192.0.2.1")).is_ok());
        let refused = throttle.charge(address("192.0.2.1")).expect_err("the budget is two");
        assert_eq!(refused.status().as_u16(), 429);
        assert!(throttle.charge(address("192.0.2.2")).is_ok(), "another address has a budget of its own");
    }

    #[test]
    fn one_ipv6_network_has_one_budget() {
        let throttle = throttle();
        assert!(throttle.charge(address("2001:db8:1:2::1")).is_ok());
        assert!(throttle.charge(address("2001:db8:1:2:ffff::9")).is_ok());
        assert!(throttle.charge(address("2001:db8:1:2::3")).is_err());
        assert!(throttle.charge(address("2001:db8:1:3::1")).is_ok());
    }

    #[test]
    fn many_networks_of_one_subscriber_do_not_have_as_many_budgets() {
        for (shape, admitted) in [("2001:db8:1:2{:02x}::1", 4 * 2), ("2001:db8:1:{:02x}00::1", 16 * 2)] {
            let throttle = throttle();
            let client = |number: u8| address(&shape.replace("{:02x}", &format!("{number:02x}")));
            let requests = (0..30).flat_map(|number| [number; 3]);
            assert_eq!(requests.filter(|number| throttle.charge(client(*number)).is_ok()).count(), admitted, "{shape}");
            assert!(throttle.charge(address("2001:db8:2::1")).is_ok(), "another subscriber");
        }
    }

    #[test]
    fn one_network_does_not_use_up_its_neighbours_budgets() {
        let throttle = throttle();
        for _ in 0..100 {
            let _ = throttle.charge(address("2001:db8:1:2::1"));
        }
        assert!(throttle.charge(address("2001:db8:1:3::1")).is_ok());
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_the_same_client() {
        let throttle = throttle();
        assert!(throttle.charge(address("192.0.2.1")).is_ok());
        assert!(throttle.charge(address("::ffff:192.0.2.1")).is_ok());
        assert!(throttle.charge(address("192.0.2.1")).is_err());
    }

    #[test]
    fn a_throttle_that_is_off_admits_everything() {
        let off = Throttle::off();
        assert!((0..100).all(|_| off.charge(address("192.0.2.1")).is_ok()));
    }
    /// Returns what a client at `address` is told.
    fn told(throttle: &Throttle, client: &str) -> String {
        let told = throttle.charge(address(client)).expect("the budget holds more").expect("it is announced");
        let mut headers = actix_web::http::header::HeaderMap::new();
        told.write(&mut headers);
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).expect("a text");
        format!("{} {}", text("ratelimit-policy"), text("ratelimit"))
    }

    #[test]
    fn a_client_is_told_of_the_budget_that_has_least_left() {
        let burst = NonZeroU32::new(8).expect("not zero");
        let throttle = Throttle::new("login", NonZeroU32::new(60).expect("not zero"), burst);
        assert_eq!(told(&throttle, "192.0.2.1"), "\"login\";q=8;w=480 \"login\";r=7;t=60");
        assert_eq!(told(&throttle, "192.0.2.1"), "\"login\";q=8;w=480 \"login\";r=6;t=60");
        // Each /64 has its whole budget, but the /56 around them has 32 requests.
        for number in 0..26 {
            told(&throttle, &format!("2001:db8:1:2{number:02x}::1"));
        }
        assert_eq!(told(&throttle, "2001:db8:1:2ff::1"), "\"login-56\";q=32;w=480 \"login-56\";r=5;t=15");
    }

    #[test]
    fn a_throttle_that_is_not_announced_tells_nothing() {
        let silent = throttle().unannounced();
        assert!(silent.charge(address("192.0.2.1")).expect("it holds two").is_none());
    }
}
