//! A declared field.

use super::{Date, Pattern, ProfileValue};

/// A field that an operator has declared. Its parts fit together; see [`Declaration`](super::Declaration).
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileField {
    pub(super) name: String,
    pub(super) field_type: FieldType,
    pub(super) is_required: bool,
    pub(super) is_nullable: bool,
    pub(super) default: Option<ProfileValue>,
    pub(super) editable: Editable,
    pub(super) visibility: Visibility,
}

/// What the values of a field are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    Text {
        /// The least characters of a text that is not empty.
        min_length: usize,
        /// The most characters.
        max_length: usize,
        /// What a text that is not empty must match as a whole.
        pattern: Option<Pattern>,
    },
    /// A whole number.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// Yes or no.
    Boolean,
    /// A day.
    Date {
        /// The earliest.
        min: Date,
        /// The latest.
        max: Date,
    },
    /// One of these texts.
    Choice(Vec<String>),
}

impl FieldType {
    /// The most characters that a text field can be declared to take.
    pub const LONGEST_TEXT: usize = 10_000;

    /// The largest integer that a field can be declared to take; the smallest is its negative. JavaScript reads larger
    /// ones as other numbers.
    pub const LARGEST_INTEGER: i64 = 9_007_199_254_740_991;

    /// A text of any content, 10 000 characters at most.
    pub const TEXT: Self = Self::Text { min_length: 0, max_length: Self::LONGEST_TEXT, pattern: None };

    /// Any integer that JavaScript reads as it was written.
    pub const INTEGER: Self = Self::Integer { min: -Self::LARGEST_INTEGER, max: Self::LARGEST_INTEGER };

    /// Any day of the years 1 to 9999.
    pub const DATE: Self = Self::Date { min: Date::MIN, max: Date::MAX };

    /// Returns the name in the settings.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Integer { .. } => "integer",
            Self::Boolean => "boolean",
            Self::Date { .. } => "date",
            Self::Choice(_) => "choice",
        }
    }
}

/// When users may set a field by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Editable {
    /// At registration and later.
    #[default]
    Always,
    /// At registration only.
    AtRegistration,
    /// Only once they are registered.
    AfterRegistration,
    /// Not at all: only operators set it.
    Never,
}

/// Who sees a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// The user, and staff members in djoser's records of users.
    #[default]
    Owner,
    /// Every logged-in user to whom a contract shows other users.
    LoggedIn,
}

impl ProfileField {
    /// Returns the name in requests, answers and stored documents.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what its values are.
    pub fn field_type(&self) -> &FieldType {
        &self.field_type
    }

    /// Returns whether a registration must give it, and a PUT where users may change it.
    pub fn is_required(&self) -> bool {
        self.is_required
    }

    /// Returns whether it may be null.
    pub fn is_nullable(&self) -> bool {
        self.is_nullable
    }

    /// Returns whether a text of the field may be empty, which means that there is none.
    pub fn may_be_blank(&self) -> bool {
        matches!(self.field_type, FieldType::Text { .. }) && !self.is_required
    }

    /// Returns whether a registration takes it.
    pub fn is_taken_at_registration(&self) -> bool {
        matches!(self.editable, Editable::Always | Editable::AtRegistration)
    }

    /// Returns whether registered users may change it.
    pub fn is_changeable(&self) -> bool {
        matches!(self.editable, Editable::Always | Editable::AfterRegistration)
    }

    /// Returns who sees it.
    pub fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// Returns the value of users for whom none is stored: the declared default, else an empty text where null is not
    /// allowed, else null.
    pub fn value_of_nothing(&self) -> ProfileValue {
        match (&self.default, &self.field_type) {
            (Some(default), _) => default.clone(),
            (None, FieldType::Text { .. }) if !self.is_nullable => ProfileValue::Text(String::new()),
            (None, _) => ProfileValue::Null,
        }
    }
}
