//! The description of the HTTP API: OpenAPI 3.1, made of the very endpoints that are served.
//!
//! Each contract registers its endpoints with a collector instead of a server, so the document has what the settings in
//! force switch on, with the declared fields, and nothing else. What every operation of a kind may answer is added here.

mod components;
mod described_contract;
mod examples;
mod operations;
mod rate_limits;
mod refusals;
mod schemas;
mod security;

use utoipa::openapi::path::PathItem;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, OpenApiBuilder, PathsBuilder, Ref, Server, Type};

use crate::http::faults::Code;
use components::Components;

pub(super) use described_contract::DescribedContract;
pub(super) use security::Schemes;

const ABOUT: &str = "Registers people and proves that their e-mail address is theirs.

Every path is served with its final slash and without, and answers OPTIONS with what it takes. An endpoint with GET also \
has HEAD. Bodies are JSON, forms or multipart; unknown members are ignored. Every answer has `X-Request-Id`. Answers of \
limited operations have `RateLimit` and `RateLimit-Policy`, also errors after the limit was checked.

Errors have the form of the contract. A client whose `Accept` prefers `application/problem+json` gets problem details \
(RFC 9457) instead, at every contract in the same form, with a stable `code`. `x-codes` lists the codes of each status, \
`x-field-codes` those of each field.";

/// Returns the document as JSON.
pub(super) fn document(contracts: &[DescribedContract], schemes: Schemes) -> String {
    let mut components = Components::default();
    add_shared_schemas(&mut components);
    let (mut paths, mut tags) = (PathsBuilder::new(), Vec::new());
    for contract in contracts {
        tags.push(TagBuilder::new().name(contract.name).description(Some(contract.about)).build());
        for endpoint in &contract.endpoints {
            for method in &endpoint.methods {
                let operation = operations::operation(contract, endpoint, method, &schemes, &mut components);
                let item = PathItem::new(operations::http_method(&method.method), operation);
                paths = paths.path(endpoint.path.clone(), item);
            }
        }
    }
    let components = components.into_builder();
    let components = schemes
        .into_named()
        .into_iter()
        .fold(components, |components, (name, scheme)| components.security_scheme(name, scheme));
    let info = InfoBuilder::new().title("Countersign").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT));
    let document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .tags(Some(tags))
        .paths(paths)
        .components(Some(components.build()))
        .build();
    document.to_json().expect("keys of text are always JSON")
}

/// Adds the schemas of errors that all contracts share.
fn add_shared_schemas(components: &mut Components) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let object = || ObjectBuilder::new().schema_type(Type::Object);
    let closed = || Some(AdditionalProperties::FreeForm(false));
    let detail = object().property("detail", text()).required("detail").additional_properties(closed());
    components.add_schema("Detail", detail.build());
    components.add_schema("Messages", ArrayBuilder::new().items(text()).min_items(Some(1)).build());
    let note = object().additional_properties(Some(text()));
    let coded = object()
        .property("detail", text())
        .required("detail")
        .property("code", Ref::from_schema_name("Code"))
        .required("code")
        .property("messages", ArrayBuilder::new().items(note))
        .additional_properties(closed());
    components.add_schema("CodedDetail", coded.build());
    let meanings = Code::ALL.iter().map(|code| format!("- `{}`: {}", code.as_str(), code.meaning()));
    let code = text()
        .description(Some(meanings.collect::<Vec<_>>().join("\n")))
        .enum_values(Some(Code::ALL.iter().map(|code| code.as_str())));
    components.add_schema("Code", code.build());
    let fault = object()
        .property("code", Ref::from_schema_name("Code"))
        .required("code")
        .property("message", text())
        .required("message")
        .additional_properties(closed());
    let problem = object()
        .description(Some("RFC 9457. `errors` has the errors of each field, where the code is `invalid_fields`."))
        .property("type", text())
        .required("type")
        .property("title", text())
        .required("title")
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .required("status")
        .property("detail", text())
        .required("detail")
        .property("code", Ref::from_schema_name("Code"))
        .required("code")
        .property("errors", object().additional_properties(Some(ArrayBuilder::new().items(fault))));
    components.add_schema("Problem", problem.build());
}
