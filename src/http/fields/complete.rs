//! The result of a reader, and the conversion of several results to values.

/// A field that was read: its value, or nothing because an error was noted.
#[derive(Debug)]
#[must_use = "hand it to `Fields::finish`"]
pub(crate) struct Read<T>(Option<T>);

impl<T> Read<T> {
    pub(crate) fn of(value: T) -> Self {
        Self(Some(value))
    }

    pub(super) fn refused() -> Self {
        Self(None)
    }

    pub(super) fn into_inner(self) -> Option<T> {
        self.0
    }

    /// Returns the value, where there is one.
    pub(crate) fn value(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// Converts the value with a function that cannot fail.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Read<U> {
        Read(self.0.map(change))
    }
}

/// One or several [`Read`]s that are converted to their values together.
pub(crate) trait Complete {
    /// The values, in the same order.
    type Values;

    /// Returns the values.
    ///
    /// # Panics
    ///
    /// If a value is missing: the caller must have checked that no error was noted.
    fn complete(self) -> Self::Values;
}

impl<T> Complete for Read<T> {
    type Values = T;

    fn complete(self) -> T {
        self.0.expect("a value is missing only where an error was noted")
    }
}

/// No value: only the errors that were noted count.
impl Complete for () {
    type Values = ();

    fn complete(self) {}
}

/// A field that the site does not ask for.
impl<R: Complete> Complete for Option<R> {
    type Values = Option<R::Values>;

    fn complete(self) -> Self::Values {
        self.map(R::complete)
    }
}

macro_rules! complete_tuples {
    ($(($($name:ident)+))+) => {$(
        impl<$($name: Complete),+> Complete for ($($name,)+) {
            type Values = ($($name::Values,)+);

            #[allow(non_snake_case, reason = "a tuple's parts are named as its types")]
            fn complete(self) -> Self::Values {
                let ($($name,)+) = self;
                ($($name.complete(),)+)
            }
        }
    )+};
}

complete_tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }
