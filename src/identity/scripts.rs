//! Detects the scripts of a text: letters that look alike in two scripts must not be mixed in one name.
//!
//! The rules are those of Unicode Technical Standard 39: "Highly Restrictive" of its restriction levels (section 5.2),
//! and its mixed-number detection (section 5.3).

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, Script};
use icu_properties::script::{ScriptWithExtensions, ScriptWithExtensionsBorrowed};

/// The writing systems of East Asia, each with the Latin letters that are at home beside it.
const EAST_ASIAN: [&[Script]; 3] = [
    &[Script::Latin, Script::Han, Script::Hiragana, Script::Katakana],
    &[Script::Latin, Script::Han, Script::Bopomofo],
    &[Script::Latin, Script::Han, Script::Hangul],
];

/// Returns whether a text is in one script, or in Latin letters beside those of one East Asian writing system, and its
/// digits are of one kind. Characters of no script in particular, such as the full stop, go with all.
pub(super) fn is_in_one_writing(text: &str) -> bool {
    text.is_ascii() || (has_one_script(text) && has_one_kind_of_digits(text))
}

fn has_one_script(text: &str) -> bool {
    let scripts = ScriptWithExtensions::new();
    let bound = text.chars().filter(|&letter| !goes_with_all(scripts, letter));
    let fits = |system: &[Script], letter| system.iter().any(|&script| scripts.has_script(letter, script));
    let Some(first) = bound.clone().next() else { return true };
    scripts.get_script_extensions_val(first).iter().any(|script| bound.clone().all(|letter| fits(&[script], letter)))
        || EAST_ASIAN.iter().any(|system| bound.clone().all(|letter| fits(system, letter)))
}

fn goes_with_all(scripts: ScriptWithExtensionsBorrowed<'_>, letter: char) -> bool {
    [Script::Common, Script::Inherited].iter().any(|&script| scripts.has_script(letter, script))
}

fn has_one_kind_of_digits(text: &str) -> bool {
    let mut zeros = text.chars().filter_map(zero_of);
    let Some(first) = zeros.next() else { return true };
    zeros.all(|zero| zero == first)
}

/// Returns the code point of the zero that belongs to a digit, or nothing for any other character. The ten digits of
/// each kind stand together, and where several kinds do, the first of them begins with its zero.
fn zero_of(digit: char) -> Option<u32> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |code_point| categories.get32(code_point) == GeneralCategory::DecimalNumber;
    let digit = u32::from(digit);
    if !is_digit(digit) {
        return None;
    }
    let before = (0..digit).rev().take_while(|&code_point| is_digit(code_point)).count();
    // A run of digits is short: it fits.
    Some(digit - before as u32 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_one_script_are_in_one_writing() {
        for text in [
            "",
            "ann",
            "._-+@",
            "żółć_1",
            "анна.2",
            "Ωμέγα",
            "אנה",
            "علي٣",
            "अजय१",
            "안나",
            "アンナー",
            "あんな々",
            "安娜〇",
            "ㄅㄆ",
            "ꮳꮃꭹ",
        ] {
            assert!(is_in_one_writing(text), "{text}");
        }
    }

    #[test]
    fn latin_letters_are_at_home_in_east_asia() {
        for text in ["安ann", "アンナann", "東京タワー_tokyo", "안나ann", "金안나kim", "ㄅ安b"] {
            assert!(is_in_one_writing(text), "{text}");
        }
    }

    #[test]
    fn scripts_that_do_not_belong_together_are_told_apart() {
        for text in [
            "раypal",
            "annа",
            "αnn",
            "ann.анна",
            "安анна",
            "안나アンナ",
            "ㄅ안",
            "あㄅ",
            "аα",
            "ɑа",
            "Ꭺnn",
            "annא",
            "ааՕ",
        ] {
            assert!(!is_in_one_writing(text), "{text}");
        }
    }

    #[test]
    fn digits_are_of_one_kind() {
        assert!(is_in_one_writing("علي12"));
        for text in ["علي1٣", "٣۴", "১1", "०১"] {
            assert!(!is_in_one_writing(text), "{text}");
        }
    }

    #[test]
    fn every_digit_belongs_to_a_zero_of_its_kind() {
        let digits: Vec<char> = ('\0'..=char::MAX).filter(|letter| zero_of(*letter).is_some()).collect();
        assert!(digits.len() > 600 && digits.len().is_multiple_of(10));
        for kind in digits.chunks(10) {
            assert!(kind.iter().all(|digit| zero_of(*digit) == Some(u32::from(kind[0]))), "{kind:?}");
        }
    }
}
