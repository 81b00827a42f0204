//! An endpoint as the description of the API has it.

use actix_web::http::Method;

use super::metadata::FieldDescription;
use super::operation::Operation;

/// An endpoint, with what clients learn of each of its methods.
#[derive(Clone, Debug)]
pub(crate) struct DescribedEndpoint {
    /// The whole path, with names in braces for its parameters.
    pub(crate) path: String,
    /// Its methods, in the order in which they were registered.
    pub(crate) methods: Vec<DescribedMethod>,
}

/// One method of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct DescribedMethod {
    pub(crate) method: Method,
    pub(crate) operation: Operation,
    /// The fields of its body, if it reads one.
    pub(crate) fields: Option<Vec<FieldDescription>>,
    pub(crate) access: Access,
}

/// What is checked before a handler is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing: a service beside the contracts, which answers every client.
    Unchecked,
    /// What the client accepts, and that no other site has sent the request.
    Anyone,
    /// What the client accepts, and who is logged in.
    LoggedIn,
}

impl DescribedEndpoint {
    /// Describes a service beside the contracts that answers GET.
    pub(crate) fn beside_contracts(path: &str, operation: Operation) -> Self {
        let method = DescribedMethod { method: Method::GET, operation, fields: None, access: Access::Unchecked };
        Self { path: path.to_owned(), methods: vec![method] }
    }

    /// Returns the names of the parameters in the path.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}
