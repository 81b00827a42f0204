//! What several operations have in common, kept once: a schema or an answer of the same name is shared where it is the
//! same, and belongs to one contract where it is not.

use std::collections::BTreeMap;

use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::{RefOr, Response, Schema};

/// The components of the document.
#[derive(Default)]
pub(super) struct Components {
    schemas: BTreeMap<String, RefOr<Schema>>,
    responses: BTreeMap<String, Response>,
}

impl Components {
    /// Keeps the schema and returns the name under which it is found.
    pub(super) fn share_schema(&mut self, name: &str, contract: &str, schema: RefOr<Schema>) -> String {
        share(&mut self.schemas, &format!("{}{name}", camel_case(contract)), "", schema)
    }

    /// Keeps a schema that all contracts share.
    pub(super) fn add_schema(&mut self, name: &str, schema: impl Into<RefOr<Schema>>) {
        self.schemas.insert(name.to_owned(), schema.into());
    }

    /// Keeps the answer and returns the name under which it is found.
    pub(super) fn share_response(&mut self, name: &str, contract: &str, response: Response) -> String {
        share(&mut self.responses, name, &camel_case(contract), response)
    }

    /// Returns the components for the document.
    pub(super) fn into_builder(self) -> ComponentsBuilder {
        ComponentsBuilder::new().schemas_from_iter(self.schemas).responses_from_iter(self.responses)
    }
}

fn share<T: PartialEq>(kept: &mut BTreeMap<String, T>, name: &str, prefix: &str, new: T) -> String {
    let is_free = |known: &Option<&T>| known.is_none_or(|known| *known == new);
    let numbered = (2_u32..).map(|number| format!("{prefix}{name}{number}"));
    let mut names = [name.to_owned(), format!("{prefix}{name}")].into_iter().chain(numbered);
    let name = names.find(|name| is_free(&kept.get(name))).expect("there is always another number");
    kept.insert(name.clone(), new);
    name
}

/// Returns `dj_rest_auth` as `DjRestAuth`.
pub(super) fn camel_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    name.split('_').map(capital).collect()
}
