//! Answers to refused requests: the faults of an operation, and those that every operation of its kind has.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::Header;
use utoipa::openapi::schema::{AdditionalProperties, AllOfBuilder, AnyOfBuilder, ArrayBuilder, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder, Schema, Type};

use super::described_contract::DescribedContract;
use super::rate_limits;
use crate::clock::Seconds;
use crate::http::endpoint::{Access, DescribedMethod, FieldDescription, FieldKind, Login};
use crate::http::faults::{Code, DescribedFault, FaultForm, FieldErrors, FieldFault};
use crate::http::{Fault, idempotency, same_origin};

/// The limit that examples name.
const BODY_LIMIT_BYTES: usize = 65_536;

/// Returns the faults of a method by their status, in the contract's style.
pub(super) fn of_method(
    contract: &DescribedContract,
    method: &DescribedMethod,
) -> BTreeMap<StatusCode, Vec<DescribedFault>> {
    let common = common(contract, method);
    let all = method.operation.refusals.iter().chain(&common).map(|fault| fault.described(&contract.style));
    all.fold(BTreeMap::new(), |mut by_status, fault| {
        by_status.entry(fault.status).or_insert_with(Vec::new).push(fault);
        by_status
    })
}

/// Returns the faults that every operation of this kind has.
fn common(contract: &DescribedContract, method: &DescribedMethod) -> Vec<Fault> {
    let operation = &method.operation;
    if method.access == Access::Unchecked {
        return Vec::new();
    }
    let mut faults = vec![
        Fault::not_acceptable(),
        Fault::internal_text("an example".to_owned()),
        Fault::unavailable(Seconds::new(1)),
    ];
    let looks_for_login = method.access == Access::LoggedIn || operation.login != Login::Ignored;
    if looks_for_login {
        faults.extend(contract.login_faults.iter().cloned());
    }
    if !method.method.is_safe() {
        faults.push(same_origin::fault());
    }
    if operation.is_throttled {
        faults.push(Fault::too_many_requests(Seconds::new(60)));
    }
    if operation.takes_idempotency_key {
        faults.extend([idempotency::malformed_key(), idempotency::reused_key(), idempotency::key_in_use()]);
    }
    if !operation.query.is_empty() {
        faults.push(Fault::parse_error("Malformed query."));
        let numbers = operation.query.iter().filter(|parameter| parameter.kind == FieldKind::Integer);
        faults.extend(numbers.map(|parameter| of_field(parameter, FieldFault::NotAnInteger)));
    }
    if let Some(fields) = &method.fields {
        faults.push(Fault::parse_error("JSON parse error - Expecting value: line 1 column 1 (char 0)"));
        faults.push(Fault::non_field(FieldFault::NotAnObject("list")));
        faults.push(Fault::request_timeout());
        faults.push(Fault::payload_too_large(BODY_LIMIT_BYTES));
        faults.push(Fault::unsupported_media_type("text/plain"));
        let mut missing = FieldErrors::default();
        let required = fields.iter().filter(|field| field.required && !field.read_only);
        required.for_each(|field| missing.add(field.name.clone(), FieldFault::Required));
        faults.extend(missing.finish().err());
    }
    faults
}

fn of_field(field: &FieldDescription, fault: FieldFault) -> Fault {
    let mut errors = FieldErrors::default();
    errors.add(field.name.clone(), fault);
    errors.into_fault()
}

/// Returns the codes of each field: those that its kind has, and those of the operation.
pub(super) fn field_codes(method: &DescribedMethod, faults: &[DescribedFault]) -> BTreeMap<String, BTreeSet<Code>> {
    let mut codes: BTreeMap<String, BTreeSet<Code>> = BTreeMap::new();
    let taken = method.fields.iter().flatten().filter(|field| !field.read_only);
    for field in taken.chain(&method.operation.query) {
        codes.entry(field.name.to_string()).or_default().extend(codes_of(field));
    }
    for (name, known) in faults.iter().flat_map(|fault| &fault.field_codes) {
        codes.entry(name.clone()).or_default().extend(known);
    }
    codes
}

fn codes_of(field: &FieldDescription) -> Vec<Code> {
    let mut codes = vec![Code::Null];
    codes.extend(field.required.then_some(Code::Required));
    match field.kind {
        FieldKind::String | FieldKind::Email => codes.extend([
            Code::Invalid,
            Code::Blank,
            Code::NullCharactersNotAllowed,
            Code::SurrogateCharactersNotAllowed,
        ]),
        FieldKind::Integer => codes.extend([Code::Invalid, Code::MaxStringLength]),
        FieldKind::Boolean | FieldKind::Date => codes.push(Code::Invalid),
        FieldKind::Choice => codes.push(Code::InvalidChoice),
    }
    codes.extend(field.max_length.map(|_| Code::MaxLength));
    codes.extend(field.min_length.map(|_| Code::MinLength));
    codes.extend(field.min_value.as_ref().map(|_| Code::MinValue));
    codes.extend(field.max_value.as_ref().map(|_| Code::MaxValue));
    codes
}

/// Returns the answer with one of these faults, which have one status.
pub(super) fn response(faults: &[DescribedFault], field_names: &[String]) -> Response {
    let codes: BTreeSet<Code> = faults.iter().map(|fault| fault.code).collect();
    let listed: Vec<_> = codes.iter().map(|code| format!("- `{}`: {}", code.as_str(), code.meaning())).collect();
    let mut response = ResponseBuilder::new().description(listed.join("\n"));
    let has = |fault: &DescribedFault, name: &str| fault.headers.iter().any(|(known, _)| known == name);
    let all: BTreeMap<_, _> = faults.iter().flat_map(|fault| fault.headers.iter().cloned()).collect();
    // Only those that each of these answers has.
    for (name, value) in all.into_iter().filter(|(name, _)| faults.iter().all(|fault| has(fault, name))) {
        let (kind, example) = match value.parse::<u64>() {
            Ok(number) => (Type::Integer, number.into()),
            Err(_) => (Type::String, value.into()),
        };
        let mut header = Header::new(ObjectBuilder::new().schema_type(kind).build());
        header.example = Some(example);
        response = response.header(name, header);
    }
    if faults.iter().any(|fault| fault.status == StatusCode::TOO_MANY_REQUESTS) {
        response =
            rate_limits::headers().into_iter().fold(response, |response, (name, header)| response.header(name, header));
    }
    if let Some(schema) = schema_of(faults, field_names) {
        let examples = named(faults, |fault| fault.body.clone());
        let content = ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build();
        response = response.content("application/json", content);
    }
    let examples = named(faults, |fault| Some(fault.problem.clone()));
    let content = ContentBuilder::new().schema(Some(problem_of(&codes))).examples_from_iter(examples).build();
    response.content("application/problem+json", content).build()
}

/// Returns one example for each code, named by it.
fn named(
    faults: &[DescribedFault],
    body: impl Fn(&DescribedFault) -> Option<serde_json::Value>,
) -> BTreeMap<String, utoipa::openapi::example::Example> {
    let mut examples = BTreeMap::new();
    for fault in faults {
        let of_fields = fault.field_codes.iter().map(|(name, codes)| {
            let codes: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
            format!("{name}.{}", codes.join("."))
        });
        let of_fields: Vec<_> = of_fields.collect();
        let name = if of_fields.is_empty() { fault.code.as_str().to_owned() } else { of_fields.join("_") };
        if let Some(body) = body(fault) {
            examples.entry(name).or_insert_with(|| ExampleBuilder::new().value(Some(body)).build());
        }
    }
    examples
}

/// Returns the schema of the bodies of these faults in the contract's form; `None` if they have none.
fn schema_of(faults: &[DescribedFault], field_names: &[String]) -> Option<RefOr<Schema>> {
    let mut schemas: Vec<RefOr<Schema>> = Vec::new();
    for fault in faults {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let schema = match fault.form {
            FaultForm::Empty => continue,
            FaultForm::Detail => Ref::from_schema_name("Detail").into(),
            FaultForm::Coded => Ref::from_schema_name("CodedDetail").into(),
            FaultForm::List => RefOr::T(ArrayBuilder::new().items(text()).build().into()),
            FaultForm::Bare => RefOr::T(text().build().into()),
            FaultForm::Keyed => {
                let names = fault.body.iter().filter_map(|body| body.as_object()).flat_map(|body| body.keys().cloned());
                RefOr::T(messages(names))
            }
            FaultForm::Fields => RefOr::T(messages(field_names.iter().cloned())),
        };
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    if schemas.len() < 2 {
        return schemas.pop();
    }
    Some(RefOr::T(schemas.into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item).build().into()))
}

/// Returns the schema of an object with the messages of some of these fields.
fn messages(names: impl Iterator<Item = String>) -> Schema {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    let object = names.fold(object, |object, name| object.property(name, Ref::from_schema_name("Messages")));
    let object = object.additional_properties(Some(AdditionalProperties::FreeForm(false)));
    object.min_properties(Some(1)).build().into()
}

/// Returns the schema of problem details with one of these codes.
fn problem_of(codes: &BTreeSet<Code>) -> Schema {
    let names = codes.iter().map(|code| code.as_str());
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
    let with_code = ObjectBuilder::new().schema_type(Type::Object).property("code", code);
    AllOfBuilder::new().item(Ref::from_schema_name("Problem")).item(with_code).build().into()
}

/// Returns whether a status has the same faults at all operations of the contract, and the name of its answer.
pub(super) fn shared_name(status: StatusCode, method: &DescribedMethod) -> Option<&'static str> {
    let has_own = method.operation.refusals.iter().any(|fault| fault.status() == status);
    let name = match status {
        StatusCode::UNAUTHORIZED => "Unauthenticated",
        StatusCode::FORBIDDEN => "OtherOrigin",
        StatusCode::NOT_ACCEPTABLE => "NotAcceptable",
        StatusCode::REQUEST_TIMEOUT => "RequestTimeout",
        StatusCode::PAYLOAD_TOO_LARGE => "PayloadTooLarge",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "UnsupportedMediaType",
        StatusCode::TOO_MANY_REQUESTS => "Throttled",
        StatusCode::INTERNAL_SERVER_ERROR => "ServerError",
        StatusCode::SERVICE_UNAVAILABLE => "Unavailable",
        _ => return None,
    };
    (!has_own).then_some(name)
}
