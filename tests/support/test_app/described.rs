//! Compares every answer with the description of the API that the application gives of itself: its status, its content
//! type and its body must be in it. So every test that asks the application proves the description too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use countersign::Countersign;
use countersign::internals::openapi;
use jsonschema::Validator;
use serde_json::Value;

use super::Answer;

/// The description of one application, made when the first answer comes.
#[derive(Default)]
pub struct Described(OnceLock<Value>);

/// Headers that answers have only where a limit of the client's network was checked.
const OPTIONAL: [&str; 2] = ["ratelimit", "ratelimit-policy"];

/// Schemas are the same for most applications, and take longer to compile than an answer to check.
static COMPILED: Mutex<Option<HashMap<String, Arc<Validator>>>> = Mutex::new(None);

impl Described {
    /// The document.
    pub fn document(&self, countersign: &Countersign) -> &Value {
        self.0.get_or_init(|| serde_json::from_str(&openapi(countersign)).expect("the description is JSON"))
    }

    /// Sees that the answer to a request is one that the description has. Paths and methods that it does not have are
    /// answered as HTTP has it, and not looked at here.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn check(&self, countersign: &Countersign, method: &str, path: &str, answer: &Answer) {
        let document = self.document(countersign);
        let Some(operation) = operation(document, method, path) else { return };
        let what = format!("{method} {path}: {answer:?}");
        let responses = &operation["responses"];
        let response = responses.get(answer.status.to_string());
        let response = response.unwrap_or_else(|| panic!("the description lacks the status of {what}"));
        let response = resolved(document, response);
        let headers = response["headers"].as_object().into_iter().flat_map(|headers| headers.keys());
        for name in headers.filter(|name| !OPTIONAL.contains(&name.as_str())) {
            assert!(answer.header(name).is_some(), "the description has a header `{name}` that lacks in {what}");
        }
        let Some(content_type) = answer.header("content-type") else {
            let has_empty = response.get("content").is_none() || answer.status == 400;
            assert!(has_empty && answer.body.is_empty(), "the description has a body for {what}");
            return;
        };
        let content = response["content"].get(content_type);
        let content = content.unwrap_or_else(|| panic!("the description lacks the content type of {what}"));
        let validator = compiled(&resolved(document, &content["schema"]));
        let faults: Vec<_> = validator.iter_errors(&answer.json()).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "the description does not fit {what}: {faults:?} in {content}");
    }
}

/// The operation of a method and a path, whose parameters are filled in. A path without parameters goes first.
fn operation<'d>(document: &'d Value, method: &str, path: &str) -> Option<&'d Value> {
    let paths = document["paths"].as_object().expect("the description has paths");
    let without_slash = |path: &'_ str| path.strip_suffix('/').unwrap_or(path).split('/').map(str::to_owned).collect();
    let given: Vec<String> = without_slash(path);
    let fits = |template: &str| {
        let parts: Vec<String> = without_slash(template);
        parts.len() == given.len()
            && parts
                .iter()
                .zip(&given)
                .all(|(part, given)| part == given || (part.starts_with('{') && !given.is_empty()))
    };
    let fitting = paths.iter().filter(|(template, _)| fits(template));
    let (_, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
    // Methods are case-sensitive.
    item.as_object()?.iter().find(|(known, _)| known.to_uppercase() == method).map(|(_, operation)| operation)
}

/// The value with all references replaced by what they refer to.
fn resolved(document: &Value, value: &Value) -> Value {
    match value {
        Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let pointer = reference.trim_start_matches('#');
                let found = document.pointer(pointer).unwrap_or_else(|| panic!("{reference} is not there"));
                resolved(document, found)
            }
            None => members.iter().map(|(name, value)| (name.clone(), resolved(document, value))).collect(),
        },
        Value::Array(values) => values.iter().map(|value| resolved(document, value)).collect(),
        other => other.clone(),
    }
}

fn compiled(schema: &Value) -> Arc<Validator> {
    let text = schema.to_string();
    let mut compiled = COMPILED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let known = compiled.get_or_insert_default();
    let compile = || Arc::new(jsonschema::validator_for(schema).unwrap_or_else(|error| panic!("{error}: {schema}")));
    Arc::clone(known.entry(text).or_insert_with(compile))
}
