//! The purposes of links, as types: a link for one purpose cannot be verified for another.
//!
//! The purpose's type also determines what is signed besides user id and time, so that no caller can forget a part.

use super::link_secret::LinkSecret;

/// A purpose that links are signed for: [`VerifyRegistration`], [`ResetPassword`], [`VerifyEmail`] or
/// [`ResetUsername`].
///
/// Sealed: `docs/links.md` fixes the fields that each purpose signs, and each has a derived key.
pub trait Purpose: sealed::Purpose + Copy + std::fmt::Debug + Send + Sync + 'static {
    /// The name that is signed, and from which the purpose's key is derived.
    const NAME: &'static str;
    /// The address that is part of the link: `String`, or `()` where the purpose has none.
    type Address: sealed::Address + Clone + Send + Sync + 'static;
    /// What the verifier must know of the user's row: [`BoundTo`], or [`Unbound`] for nothing.
    type Holder<'a>: sealed::Holder;
}

/// Proves that a new user reads mail at the address of the registration.
///
/// It is bound to nothing in the user's row, so that it can be verified without a database query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyRegistration;

/// Lets the user set a new password.
///
/// It is bound to the user's [`LinkSecret`], so it can be used once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetPassword;

/// Changes the user's address to the address mailed.
///
/// It is bound to that address and to the user's [`LinkSecret`], so it can be used once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyEmail;

/// Lets the user choose a new username.
///
/// It is bound to the user's [`LinkSecret`], so it can be used once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetUsername;

impl Purpose for VerifyRegistration {
    const NAME: &'static str = "verify-registration";
    type Address = ();
    type Holder<'a> = Unbound;
}

impl Purpose for ResetPassword {
    const NAME: &'static str = "reset-password";
    type Address = ();
    type Holder<'a> = BoundTo<'a>;
}

impl Purpose for VerifyEmail {
    const NAME: &'static str = "verify-email";
    type Address = String;
    type Holder<'a> = BoundTo<'a>;
}

impl Purpose for ResetUsername {
    const NAME: &'static str = "reset-username";
    type Address = ();
    type Holder<'a> = BoundTo<'a>;
}

/// The purpose binds nothing of the user's row.
#[derive(Clone, Copy, Debug)]
pub struct Unbound;

/// Whose row a claim is verified against.
#[derive(Clone, Copy, Debug)]
pub enum BoundTo<'a> {
    /// The user whom the claim names, with the secret of that row.
    User(&'a LinkSecret),
    /// There is no such user. The verifier does the same work, so that the time reveals nothing, and the claim is
    /// [`LinkError::Forged`](super::LinkError::Forged) whatever its signature.
    Nobody,
}

impl<'a> From<Option<&'a LinkSecret>> for BoundTo<'a> {
    fn from(found: Option<&'a LinkSecret>) -> Self {
        found.map_or(Self::Nobody, Self::User)
    }
}

pub(super) mod sealed {
    use subtle::Choice;

    use super::super::link_secret::{DECOY, LinkSecret};
    use super::super::placeholder::{Parts, WITH_ADDRESS, WITHOUT_ADDRESS};
    use super::{BoundTo, Purpose as _, ResetPassword, ResetUsername, Unbound, VerifyEmail, VerifyRegistration};

    /// The names of all purposes, each at its index.
    pub(crate) const NAMES: [&str; 4] =
        [VerifyRegistration::NAME, ResetPassword::NAME, VerifyEmail::NAME, ResetUsername::NAME];

    pub trait Purpose {
        /// The index of this purpose's keys in the signer.
        const POSITION: usize;
    }

    impl Purpose for VerifyRegistration {
        const POSITION: usize = 0;
    }

    impl Purpose for ResetPassword {
        const POSITION: usize = 1;
    }

    impl Purpose for VerifyEmail {
        const POSITION: usize = 2;
    }

    impl Purpose for ResetUsername {
        const POSITION: usize = 3;
    }

    pub trait Address: Sized {
        /// The parts of the purpose's links.
        const PARTS: Parts;

        /// Converts the address of a claim; `None` if the purpose has an address and the claim has none, or the
        /// reverse.
        fn of_text(text: Option<String>) -> Option<Self>;

        fn text(&self) -> Option<&str>;
    }

    impl Address for () {
        const PARTS: Parts = WITHOUT_ADDRESS;

        fn of_text(text: Option<String>) -> Option<Self> {
            text.is_none().then_some(())
        }

        fn text(&self) -> Option<&str> {
            None
        }
    }

    impl Address for String {
        const PARTS: Parts = WITH_ADDRESS;

        fn of_text(text: Option<String>) -> Option<Self> {
            text
        }

        fn text(&self) -> Option<&str> {
            Some(self)
        }
    }

    pub trait Holder {
        fn link_secret(&self) -> Option<&LinkSecret>;
        fn may_be_believed(&self) -> Choice;
    }

    impl Holder for Unbound {
        fn link_secret(&self) -> Option<&LinkSecret> {
            None
        }

        fn may_be_believed(&self) -> Choice {
            Choice::from(1)
        }
    }

    impl Holder for BoundTo<'_> {
        fn link_secret(&self) -> Option<&LinkSecret> {
            match self {
                Self::User(secret) => Some(secret),
                Self::Nobody => Some(&DECOY),
            }
        }

        fn may_be_believed(&self) -> Choice {
            Choice::from(u8::from(matches!(self, Self::User(_))))
        }
    }
}
