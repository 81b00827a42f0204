//! The methods of endpoints as operations of the document.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::{HttpMethod, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Type};

use super::components::{Components, camel_case};
use super::described_contract::DescribedContract;
use super::security::Schemes;
use super::{examples, rate_limits, refusals, schemas};
use crate::http::endpoint::{Access, DescribedEndpoint, DescribedMethod, FieldDescription, Login, Success};
use crate::http::faults::Code;
use crate::http::idempotency::IDEMPOTENCY_KEY;
use crate::identity::IdempotencyKey;

/// The content types of bodies that are read.
const TAKEN: [&str; 3] = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

/// Returns a method of an endpoint as an operation.
pub(super) fn operation(
    contract: &DescribedContract,
    endpoint: &DescribedEndpoint,
    method: &DescribedMethod,
    schemes: &Schemes,
    components: &mut Components,
) -> Operation {
    let described = &method.operation;
    let id = format!("{}_{}", contract.name, described.id);
    let about = Some(described.description.as_ref()).filter(|about| !about.is_empty());
    let mut operation = OperationBuilder::new()
        .tag(contract.name)
        .operation_id(Some(id.clone()))
        .summary(Some(described.summary))
        .description(about)
        .securities(Some(match (method.access, described.login) {
            (Access::LoggedIn, _) | (_, Login::Required) => schemes.required(),
            (_, Login::Optional) => schemes.optional(),
            (Access::Anyone | Access::Unchecked, Login::Ignored) => Vec::new(),
        }))
        .request_body(method.fields.as_ref().map(|fields| request_body(&id, fields, components)));
    for name in endpoint.path_parameters() {
        operation = operation.parameter(in_path(name));
    }
    for parameter in &described.query {
        operation = operation.parameter(in_query(parameter));
    }
    if described.takes_idempotency_key {
        operation = operation.parameter(idempotency_key());
    }
    for success in &described.successes {
        let mut response = answer(success, contract.name, components);
        if described.is_throttled {
            response.headers.extend(rate_limits::headers().map(|(name, header)| (name, header.into())));
        }
        operation = operation.response(success.status.as_str(), response);
    }
    let mut codes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut of_fields = BTreeMap::new();
    for (status, faults) in refusals::of_method(contract, method) {
        let known = refusals::field_codes(method, &faults);
        let names: Vec<String> = known.keys().cloned().collect();
        if faults.iter().any(|fault| !fault.field_codes.is_empty()) {
            of_fields.extend(known);
        }
        let mut of_status: Vec<_> = faults.iter().map(|fault| fault.code.as_str()).collect();
        of_status.sort_unstable();
        of_status.dedup();
        codes.insert(status.as_str().to_owned(), of_status);
        let response = refusals::response(&faults, &names);
        let response: RefOr<Response> = match refusals::shared_name(status, method) {
            Some(name) => Ref::from_response_name(components.share_response(name, contract.name, response)).into(),
            None => response.into(),
        };
        operation = operation.response(status.as_str(), response);
    }
    operation.extensions(extensions(&codes, &of_fields)).build()
}

/// Returns the codes of each status, and those of each field, for programs that generate clients.
fn extensions(codes: &BTreeMap<String, Vec<&str>>, of_fields: &BTreeMap<String, BTreeSet<Code>>) -> Option<Extensions> {
    let of_fields: serde_json::Map<String, Value> = of_fields
        .iter()
        .map(|(name, codes)| (name.clone(), codes.iter().map(|code| Value::from(code.as_str())).collect()))
        .collect();
    let codes = (!codes.is_empty()).then(|| ("x-codes", json!(codes)));
    let of_fields = (!of_fields.is_empty()).then(|| ("x-field-codes", Value::from(of_fields)));
    let known: Extensions = codes.into_iter().chain(of_fields).collect();
    (!known.is_empty()).then_some(known)
}

fn request_body(id: &str, fields: &[FieldDescription], components: &mut Components) -> RequestBody {
    let name = format!("{}Request", camel_case(id));
    components.add_schema(&name, schemas::of_fields(fields));
    let is_required = fields.iter().any(|field| field.required && !field.read_only);
    let required = if is_required { Required::True } else { Required::False };
    let example = examples::of_fields(fields);
    let body = RequestBodyBuilder::new().required(Some(required));
    let body = TAKEN.iter().fold(body, |body, content_type| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(&name)));
        body.content(*content_type, content.example(Some(example.clone())).build())
    });
    body.build()
}

fn in_path(name: &str) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).build();
    let about = match name {
        "id" => "The id, as a list shows it.",
        "provider" => "The name of an identity provider.",
        _ => "As the link in the mail has it.",
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}

fn in_query(field: &FieldDescription) -> Parameter {
    ParameterBuilder::new()
        .name(field.name.clone())
        .parameter_in(ParameterIn::Query)
        .required(if field.required { Required::True } else { Required::False })
        .description(Some(format!("{}.", field.label)))
        .schema(Some(schemas::of_field(field)))
        .build()
}

fn idempotency_key() -> Parameter {
    let about = "A string in quotation marks (RFC 9651) that the client makes at random for each registration. A client \
                 that got no answer sends the same request again with the same key, and gets the answer of the first.";
    // Simpler than it may be: \" and \\ are allowed too.
    let pattern = format!(r#"^"[ !#-\[\]-~]{{1,{}}}"$"#, IdempotencyKey::MAXIMUM_CHARACTERS);
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build();
    ParameterBuilder::new()
        .name(IDEMPOTENCY_KEY)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .example(Some(json!("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")))
        .build()
}

fn answer(success: &Success, contract: &str, components: &mut Components) -> Response {
    let response = ResponseBuilder::new().description(success.description);
    let Some(shape) = &success.body else { return response.build() };
    let schema = schemas::of_shape(shape, contract, components);
    let example = examples::of_shape(shape, "");
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
    response.content("application/json", content).build()
}

/// Returns the method as the document names it.
pub(super) fn http_method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
