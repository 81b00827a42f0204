//! Messages about refused values: every faulty item of a list, and a suggested correction.

use toml::Value;

/// Returns a hint if a number or a boolean stands in quotation marks.
pub(super) fn hint<T>(value: &Value, parse: impl Fn(&Value) -> Result<T, String>) -> &'static str {
    let bare = value.as_str().and_then(|text| match text.trim() {
        "true" | "yes" | "on" => Some(Value::Boolean(true)),
        "false" | "no" | "off" => Some(Value::Boolean(false)),
        text => text.parse().ok().map(Value::Integer),
    });
    match bare {
        Some(bare) if parse(&bare).is_ok() && bare.is_bool() => ", without quotation marks",
        Some(bare) if parse(&bare).is_ok() => "; write the number without quotation marks",
        _ => "",
    }
}

/// Returns all that was parsed, or every fault with the numbers of its items, which begin at 1.
pub(super) fn all_or_each_fault<T>(
    parsed: impl Iterator<Item = Result<T, String>>,
    item: &str,
) -> Result<Vec<T>, String> {
    let mut values = Vec::new();
    let mut faults: Vec<(String, Vec<String>)> = Vec::new();
    for (index, result) in parsed.enumerate() {
        let number = (index + 1).to_string();
        match result {
            Ok(value) => values.push(value),
            Err(requirement) => match faults.iter_mut().find(|(known, _)| *known == requirement) {
                Some((_, numbers)) => numbers.push(number),
                None => faults.push((requirement, vec![number])),
            },
        }
    }
    if faults.is_empty() {
        return Ok(values);
    }
    let told = faults.iter().map(|(requirement, numbers)| match numbers.as_slice() {
        [only] => format!("{item} {only}: {requirement}"),
        [first @ .., last] => format!("{item}s {} and {last}: {requirement}", first.join(", ")),
        [] => unreachable!("a fault has an item"),
    });
    Err(told.collect::<Vec<_>>().join("; "))
}

/// Returns the requirement that is broken if a value stands in the list twice. `item` names a value in the message, which
/// does not show it.
pub(super) fn repetition<T: PartialEq>(values: &[T], item: &str) -> Option<String> {
    let position = (0..values.len()).find(|at| values[..*at].contains(&values[*at]))? + 1;
    Some(format!("{item} {position} stands in the list twice; list each {item} once"))
}

/// Refuses a text of several lines.
pub(super) fn single_line(text: &str) -> Result<&str, String> {
    if text.chars().any(char::is_control) {
        Err("it must be one line without control characters".to_owned())
    } else {
        Ok(text)
    }
}
