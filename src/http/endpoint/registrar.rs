//! Takes the endpoints of a contract: to serve them, or to describe them. So no endpoint is served that is not described.

use std::rc::Rc;

use actix_web::dev::Extensions;
use actix_web::web::ServiceConfig;

use super::described::{Access, DescribedEndpoint, DescribedMethod};
use super::gate::{Gate, has_gate};
use super::measured::Counted;
use super::{Endpoint, Switch};

/// Takes the endpoints of one contract, whose base path stands before their paths.
pub(crate) struct Endpoints<'a> {
    taker: Taker<'a>,
    prefix: &'a str,
}

enum Taker<'a> {
    /// Registers the endpoints, with the contract's app data.
    ///
    /// An actix scope does the same, but looks for its endpoint in a second router and allocates each answer once more.
    /// With a scope a refusal takes 1.19 of the bare handler's processor time, with this 1.14.
    Server { config: &'a mut ServiceConfig, data: Rc<Extensions>, counted: Counted },
    /// Collects the descriptions of the endpoints that are offered.
    Collector(&'a mut Vec<DescribedEndpoint>),
}

impl<'a> Endpoints<'a> {
    /// Registers with `config`. `prefix` is the base path without the final slash.
    pub(crate) fn new(config: &'a mut ServiceConfig, prefix: &'a str, data: Extensions, counted: Counted) -> Self {
        Self { taker: Taker::Server { config, data: Rc::new(data), counted }, prefix }
    }

    /// Describes the endpoints in `described` and registers none.
    pub(crate) fn collecting(described: &'a mut Vec<DescribedEndpoint>, prefix: &'a str) -> Self {
        Self { taker: Taker::Collector(described), prefix }
    }

    pub(crate) fn add<G: Gate>(&mut self, endpoint: Endpoint<'_, G>) -> &mut Self {
        let path = format!("{}/{}", self.prefix, endpoint.path).into();
        match &mut self.taker {
            Taker::Server { config, data, counted } => {
                config.service(endpoint.served(path, Rc::clone(data), counted.clone()));
            }
            Taker::Collector(described) if endpoint.listing == Switch::On => {
                described.push(describe(Endpoint { path, ..endpoint }));
            }
            Taker::Collector(_) => {}
        }
        self
    }
}

fn describe<G: Gate>(endpoint: Endpoint<'_, G>) -> DescribedEndpoint {
    let Endpoint { path, mut metadata, methods, mut operations, .. } = endpoint;
    let access = if has_gate::<G>() { Access::LoggedIn } else { Access::Anyone };
    let methods = methods.into_iter().filter_map(|(method, _)| {
        // A test compares the document with what is served, and so finds a method without a description.
        let at = operations.iter().position(|(known, _)| *known == method)?;
        let (_, describe) = operations.swap_remove(at);
        let mut operation = describe();
        let fields = operation.fields.take().or_else(|| metadata.take(&method));
        Some(DescribedMethod { method, operation, fields, access })
    });
    let methods = methods.collect();
    DescribedEndpoint { path: format!("{}/", path.trim_end_matches('/')), methods }
}
