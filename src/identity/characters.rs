//! What counts as a blank, as a letter, and as the same letter: the answers the contract's reference gives.

use icu_casemap::CaseMapper;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Removes the blanks at both ends of a text field: Unicode white space and the four ASCII information separators
/// (U+001C to U+001F).
pub fn trim(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}'))
}

/// Returns whether `character` is a letter, a number or the underscore: what `\w` matches in a regular expression of
/// the reference. Combining marks and letter-like symbols are not.
pub(crate) fn is_word_character(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || character == '_';
    }
    // Rust's alphabetic is Unicode's property of that name, which is wider than the general category "letter".
    character.is_alphanumeric() && !is_combining_mark(character) && !is_letter_like_symbol(character)
}

/// Returns whether `character` draws nothing, and is no blank between words: what Unicode has programs leave out where
/// they cannot show it, and the letters and the symbol whose picture is empty.
pub(super) fn draws_nothing(character: char) -> bool {
    // Braille's blank, and two blanks among the hieroglyphs, which count as letters.
    const EMPTY: [char; 3] = ['\u{2800}', '\u{13441}', '\u{13442}'];
    !character.is_ascii()
        && (CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character) || EMPTY.contains(&character))
}

/// Returns whether `character` can be printed in a line: it draws something or is a blank, and neither steers a
/// terminal nor breaks or reorders the line.
pub(crate) fn is_visible(character: char) -> bool {
    let steers = |category| {
        matches!(
            category,
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
        )
    };
    // Most of what is asked about is ASCII, in lines of the log.
    match character {
        ' '..='~' => true,
        _ => !draws_nothing(character) && !steers(CodePointMapData::<GeneralCategory>::new().get(character)),
    }
}

/// Returns the symbols (general category So) that have Unicode's property "alphabetic": circled and squared Latin
/// letters.
fn is_letter_like_symbol(character: char) -> bool {
    matches!(
        character,
        '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f149}' | '\u{1f150}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}'
    )
}

/// Removes the differences of letter case and of compatible spellings (Unicode's default folding between two NFKC), and
/// whatever draws nothing.
pub(super) fn fold_visibly(text: &str) -> String {
    let folded = fold_compatibly(text);
    if !folded.contains(draws_nothing) {
        return folded;
    }
    // What stood apart may now compose.
    folded.chars().filter(|letter| !draws_nothing(*letter)).nfkc().collect()
}

/// Removes the differences of letter case and of compatible spellings, and no others.
pub(super) fn fold_compatibly(text: &str) -> String {
    let composed: String = text.nfkc().collect();
    CaseMapper::new().fold_string(&composed).nfkc().collect()
}

/// Removes the differences of letter case and of canonically equal spellings, and no others.
pub(super) fn fold_canonically(text: &str) -> String {
    let composed: String = text.nfc().collect();
    CaseMapper::new().fold_string(&composed).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Taken from CPython 3.11: `re.match(r"\w", character)`.
    const WORD: &[char] = &[
        'a',
        'Z',
        '0',
        '9',
        '_',
        'ª',
        '²',
        '¼',
        'ß',
        'ż',
        'ł',
        'ǅ',
        'ʰ',
        'ʹ',
        'Ω',
        'я',
        'א',
        'ع',
        '٣',
        '߀',
        'अ',
        '०',
        '৴',
        'ก',
        '๑',
        'ℵ',
        'Ⅷ',
        '①',
        '々',
        '〇',
        'あ',
        'ー',
        'ㄅ',
        '㈠',
        '中',
        '한',
        'ﬁ',
        'Ａ',
        '０',
        'ｱ',
        '\u{10400}',
        '\u{1d400}',
        '\u{1d7d8}',
        '\u{20000}',
    ];

    /// Taken from CPython 3.11: `not re.match(r"\w", character)`.
    const NOT_WORD: &[char] = &[
        '\0',
        '\t',
        '\n',
        '\u{1f}',
        ' ',
        '!',
        '"',
        '#',
        '$',
        '%',
        '&',
        '\'',
        '*',
        '+',
        ',',
        '-',
        '.',
        '/',
        ':',
        ';',
        '<',
        '=',
        '>',
        '?',
        '@',
        '[',
        '\\',
        ']',
        '^',
        '`',
        '{',
        '|',
        '}',
        '~',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '¨',
        '´',
        '×',
        '\u{300}',
        '\u{345}',
        '\u{5b0}',
        '\u{64b}',
        '\u{903}',
        '\u{93e}',
        '\u{941}',
        '\u{e31}',
        '\u{200b}',
        '\u{200d}',
        '‐',
        '…',
        '\u{202e}',
        '⁄',
        '€',
        '℀',
        '™',
        'Ⓐ',
        'ⓩ',
        '\u{3000}',
        '、',
        '\u{3099}',
        '\u{e000}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{fffd}',
        '\u{1f130}',
        '\u{1f150}',
        '\u{1f170}',
        '\u{1f600}',
        '\u{e0100}',
    ];

    #[test]
    fn letters_numbers_and_the_underscore_are_word_characters() {
        for &character in WORD {
            assert!(is_word_character(character), "{character:?}");
        }
    }

    #[test]
    fn marks_symbols_and_punctuation_are_not_word_characters() {
        for &character in NOT_WORD {
            assert!(!is_word_character(character), "{character:?}");
        }
    }

    #[test]
    fn trimming_removes_blanks_and_information_separators_at_the_ends_only() {
        assert_eq!(trim("\u{1c}\u{1f} \t\n\u{85}\u{a0}\u{2003}\u{3000}a \u{1d}b\u{2029}\r"), "a \u{1d}b");
        assert_eq!(trim("\0a\u{200b}"), "\0a\u{200b}");
    }

    #[test]
    fn only_compatible_folding_unites_compatible_spellings() {
        assert_eq!(fold_compatibly("ﬁN"), "fin");
        assert_eq!(fold_visibly("a\u{1160}N\u{2800}\u{301}\u{13441}"), "ań");
        assert_eq!(fold_compatibly("Straße"), "strasse");
        assert_eq!(fold_canonically("E\u{301}²"), "é²");
    }
}
