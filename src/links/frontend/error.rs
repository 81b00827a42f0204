//! Why a text is not a valid URL of a page for links, and how to correct it.

use crate::links::page::PageUrlError;
use crate::links::placeholder::{Parts, Placeholder};

/// Why a text is not a [`FrontendUrl`](super::FrontendUrl).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontendUrlError {
    /// It is not an absolute URL that a mail may contain.
    #[error(transparent)]
    Page(#[from] PageUrlError),
    /// It has no placeholders, and its query has a parameter with a name that links use, so the page would find two.
    #[error(
        "the URL's query has `{0}` in it, which each link adds; rename it, or write placeholders where the link's own go"
    )]
    TakenParameter(&'static str),
    /// A brace that begins or ends no placeholder.
    #[error(
        "`{0}` is no placeholder; the placeholders are {all}, and a brace of the page's own is written `%7B` or `%7D`",
        all = listed(&Placeholder::ALL)
    )]
    Unknown(String),
    /// A placeholder in host, port or user info.
    #[error("`{0}` stands before the URL's path; placeholders may stand in its path, query and fragment")]
    BeforePath(Placeholder),
    /// A placeholder that occurs twice.
    #[error("`{0}` stands in the URL more than once; write it once")]
    Repeated(Placeholder),
    /// Placeholders of two spellings.
    #[error("`{0}` and `{1}` do not go together; {advice}", advice = advice(.2))]
    Mixed(Placeholder, Placeholder, Parts),
    /// `{email}`, although the purpose signs no address.
    #[error("the link is for no new address, so it has no `{0}`; take it out")]
    Needless(Placeholder),
    /// Some placeholders of a spelling, and not all.
    #[error("the URL has `{0}` and lacks {missing}; {advice}", missing = listed(.1), advice = advice(.2))]
    Incomplete(Placeholder, Vec<Placeholder>, Parts),
    /// Two placeholders with nothing between them, or only characters that values have as well.
    #[error("nothing stands between `{0}` and `{1}` by which the page can separate them; write a `/` between them")]
    Touching(Placeholder, Placeholder),
    /// A placeholder in a part of the path that a later `..` removes.
    #[error("the URL's path has `..` behind `{0}`, which takes it away; write the path without `..`")]
    TakenAway(Placeholder),
    /// A percent sign so close before a placeholder that the value would complete its escape.
    #[error("a `%` without its two hex digits stands before `{0}`; write `%25` for a percent sign")]
    CutPercent(Placeholder),
}

fn listed(placeholders: &[Placeholder]) -> String {
    let quoted: Vec<String> = placeholders.iter().map(|placeholder| format!("`{placeholder}`")).collect();
    match quoted.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => quoted.concat(),
    }
}

fn advice(parts: &Parts) -> String {
    format!("write {}, or `{{uid}}` and `{{token}}`, or `{{key}}` alone", listed(parts))
}
