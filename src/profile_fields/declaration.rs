//! What an operator writes about a field, and what can be wrong with it.

use unicode_normalization::UnicodeNormalization;

use super::{Editable, FieldType, Pattern, ProfileField, ProfileValue, Visibility, name};
use crate::identity::trim;

/// The most choices of a field, and the most characters of each.
const MOST_CHOICES: usize = 1_000;
const LONGEST_CHOICE: usize = 200;

/// A field as an operator declares it.
///
/// # Example
///
/// ```
/// use countersign::profile_fields::{Declaration, FieldType, ProfileField, ProfileFields};
///
/// let location = Declaration::new("location", FieldType::Text { min_length: 0, max_length: 30, pattern: None });
/// let is_organizer = Declaration { default: Some(false.into()), ..Declaration::new("is_organizer", FieldType::Boolean) };
/// let fields = ProfileFields::new(vec![location.check().unwrap(), is_organizer.check().unwrap()]).unwrap();
/// assert_eq!(fields.iter().map(ProfileField::name).collect::<Vec<_>>(), ["location", "is_organizer"]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The name in requests, answers and stored documents.
    pub name: String,
    /// What the values are.
    pub field_type: FieldType,
    /// Whether a registration must give it, and a PUT where users may change it.
    pub required: bool,
    /// Whether it may be null. `None`: whether a user can have no other value.
    pub nullable: Option<bool>,
    /// The value of users for whom none is stored.
    pub default: Option<ProfileValue>,
    /// When users may set it.
    pub editable: Editable,
    /// Who sees it.
    pub visibility: Visibility,
}

/// What is wrong with a declaration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{key}`: {requirement}")]
pub struct DeclarationFault {
    /// The key of the declaration in the settings, as in `max_length`.
    pub key: &'static str,
    /// What is allowed, or what to do.
    pub requirement: String,
}

impl Declaration {
    /// Returns an optional field that its user sees and may change.
    pub fn new(name: impl Into<String>, field_type: FieldType) -> Self {
        Self {
            name: name.into(),
            field_type,
            required: false,
            nullable: None,
            default: None,
            editable: Editable::default(),
            visibility: Visibility::default(),
        }
    }

    /// Checks the declaration.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn check(self) -> Result<ProfileField, Vec<DeclarationFault>> {
        let mut faults = Vec::new();
        let mut refuse = |key, requirement: String| faults.push(DeclarationFault { key, requirement });
        if let Err(requirement) = name::check(&self.name) {
            refuse("name", requirement);
        }
        check_type(&self.field_type, &mut refuse);
        let is_text = matches!(self.field_type, FieldType::Text { .. });
        let has_value = is_text || self.required || self.default.is_some();
        if self.nullable == Some(false) && !has_value {
            refuse(
                "nullable",
                "users who give no value would have none: leave it out, or set `required` or a `default`".to_owned(),
            );
        }
        if self.required && matches!(self.editable, Editable::AfterRegistration | Editable::Never) {
            refuse("required", "a registration does not take the field: change `editable`, or leave it out".to_owned());
        }
        let field = ProfileField {
            name: self.name,
            field_type: self.field_type,
            is_required: self.required,
            is_nullable: self.nullable.unwrap_or(!has_value),
            default: None,
            editable: self.editable,
            visibility: self.visibility,
        };
        // A default is judged by limits that are fine in themselves.
        let default = match self.default {
            Some(default) if faults.is_empty() => match field.check(default) {
                Ok(default) => Some(default),
                Err(of_value) => {
                    let told: Vec<_> = of_value.iter().map(ToString::to_string).collect();
                    let requirement = format!("it does not fit the field: {}", told.join("; "));
                    faults.push(DeclarationFault { key: "default", requirement });
                    None
                }
            },
            _ => None,
        };
        if faults.is_empty() { Ok(ProfileField { default, ..field }) } else { Err(faults) }
    }
}

fn check_type(field_type: &FieldType, refuse: &mut impl FnMut(&'static str, String)) {
    match field_type {
        FieldType::Text { min_length, max_length, pattern } => {
            if !(1..=FieldType::LONGEST_TEXT).contains(max_length) {
                refuse("max_length", format!("allowed are 1 to {}", FieldType::LONGEST_TEXT));
            } else if min_length > max_length {
                refuse("min_length", format!("it must not be larger than `max_length`, which is {max_length}"));
            } else if let Some(longest) = pattern.as_ref().map(Pattern::longest_text)
                && longest < *max_length
            {
                refuse(
                    "pattern",
                    format!(
                        "comparing it with {max_length} characters would take too long: set `max_length` to {longest} at \
                         most, or repeat less in the pattern"
                    ),
                );
            }
        }
        FieldType::Integer { min, max } => {
            let largest = FieldType::LARGEST_INTEGER;
            let mut is_fine = true;
            for (key, bound) in [("min", min), ("max", max)] {
                if !(-largest..=largest).contains(bound) {
                    is_fine = false;
                    refuse(key, format!("allowed are -{largest} to {largest}: JavaScript changes larger numbers"));
                }
            }
            if is_fine && min > max {
                refuse("min", format!("it must not be larger than `max`, which is {max}"));
            }
        }
        FieldType::Date { min, max } if min > max => {
            refuse("min", format!("it must not be later than `max`, which is {max}"));
        }
        FieldType::Boolean | FieldType::Date { .. } => {}
        FieldType::Choice(choices) => check_choices(choices, refuse),
    }
}

fn check_choices(choices: &[String], refuse: &mut impl FnMut(&'static str, String)) {
    if choices.is_empty() || choices.len() > MOST_CHOICES {
        refuse("choices", format!("allowed are 1 to {MOST_CHOICES} choices"));
        return;
    }
    let mut sorted: Vec<(String, &str)> = choices.iter().map(|choice| (choice.nfc().collect(), &**choice)).collect();
    sorted.sort_unstable();
    if let Some([(repeated, one), (_, other)]) = sorted.array_windows().find(|[one, other]| one.0 == other.0) {
        let how = if one == other { "twice" } else { "in two spellings of Unicode that look the same" };
        refuse("choices", format!("{repeated:?} is there {how}"));
    }
    if let Some(choice) = choices.iter().find(|choice| trim(choice) != choice.as_str()) {
        refuse("choices", format!("{choice:?} has blanks around it, which forms and users lose"));
    }
    let is_usable = |choice: &&String| {
        !choice.is_empty() && choice.chars().count() <= LONGEST_CHOICE && !choice.chars().any(char::is_control)
    };
    if !choices.iter().all(|choice| is_usable(&choice)) {
        refuse("choices", format!("a choice has 1 to {LONGEST_CHOICE} characters, none of them a control character"));
    }
}
