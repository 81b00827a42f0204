//! A contract as the document has it.

use crate::http::endpoint::DescribedEndpoint;
use crate::http::{ErrorStyle, Fault};

/// A contract with its endpoints.
pub(in crate::contracts) struct DescribedContract {
    /// Its name in the settings.
    pub(in crate::contracts) name: &'static str,
    /// What it is for.
    pub(in crate::contracts) about: &'static str,
    /// How its errors are written.
    pub(in crate::contracts) style: ErrorStyle,
    /// The faults of requests that are not logged in.
    pub(in crate::contracts) login_faults: Vec<Fault>,
    /// The endpoints that are offered.
    pub(in crate::contracts) endpoints: Vec<DescribedEndpoint>,
}
