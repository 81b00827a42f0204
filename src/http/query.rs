//! Parameters in the query of a request.

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::faults::Fault;

/// The parameters of a query, decoded.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Parses the query of a request.
    ///
    /// # Errors
    ///
    /// 400 for a malformed query.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let parsed = Query::from_query(request.query_string());
        let Query(parameters) = parsed.map_err(|_| Fault::parse_error("Malformed query."))?;
        Ok(Self(parameters))
    }

    /// Returns the names of the parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Returns the value of a parameter. Of several with that name, it is the last, as in Django.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
