//! What an operator searches for among names and addresses.

use super::characters::fold_visibly;

/// The words of a search, without letter case, compatible spellings and invisible characters.
///
/// # Example
///
/// ```
/// use countersign::identity::SearchText;
///
/// let search = SearchText::parse("LEE ann@").expect("two words");
/// assert!(search.is_in(["ann@mail.example", "Ann", "Lee"]));
/// assert!(!search.is_in(["ann@mail.example", "Ann", "Smith"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText(Vec<String>);

impl SearchText {
    /// Parses the words of `text`, which are separated by blanks. Returns `None` if there is no word.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<_> = text.split_whitespace().map(fold_visibly).filter(|word| !word.is_empty()).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// Returns whether each word is a part of at least one of these texts.
    pub fn is_in<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let texts: Vec<_> = texts.into_iter().map(fold_visibly).collect();
        self.0.iter().all(|word| texts.iter().any(|text| text.contains(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_compatible_spellings_do_not_matter() {
        for (search, text) in [("ANN", "joanna"), ("żółć", "ŻÓŁĆ@mail.example"), ("ﬁ", "Fi"), ("straße", "STRASSE 1")]
        {
            assert!(SearchText::parse(search).expect("a word").is_in([text]), "{search} in {text}");
        }
        assert!(!SearchText::parse("a_n").expect("a word").is_in(["ann"]), "no character stands for others");
        assert!(!SearchText::parse("%").expect("a word").is_in(["ann"]));
    }

    #[test]
    fn blanks_alone_are_no_search() {
        for text in ["", " ", "\u{200b} \n"] {
            assert_eq!(SearchText::parse(text), None, "{text:?}");
        }
    }
}
