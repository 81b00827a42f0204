//! URLs in plain text that stay correct when a program reads them as HTML.
//!
//! Webmail programs and scanners put the text of a mail into a page without escaping it. HTML then reads `&timestamp`
//! as `×tamp`, since `&times` needs no semicolon. So a letter is percent-encoded wherever HTML would see a character
//! reference: every URL parser reads `&%74imestamp` as the same parameter (RFC 3986, 6.2.2.2), and HTML finds no
//! reference in it.

/// The named character references that HTML recognises without a semicolon (HTML Living Standard, 13.5).
const WITHOUT_SEMICOLON: [&str; 106] = [
    "AElig", "AMP", "Aacute", "Acirc", "Agrave", "Aring", "Atilde", "Auml", "COPY", "Ccedil", "ETH", "Eacute", "Ecirc",
    "Egrave", "Euml", "GT", "Iacute", "Icirc", "Igrave", "Iuml", "LT", "Ntilde", "Oacute", "Ocirc", "Ograve", "Oslash",
    "Otilde", "Ouml", "QUOT", "REG", "THORN", "Uacute", "Ucirc", "Ugrave", "Uuml", "Yacute", "aacute", "acirc",
    "acute", "aelig", "agrave", "amp", "aring", "atilde", "auml", "brvbar", "ccedil", "cedil", "cent", "copy",
    "curren", "deg", "divide", "eacute", "ecirc", "egrave", "eth", "euml", "frac12", "frac14", "frac34", "gt",
    "iacute", "icirc", "iexcl", "igrave", "iquest", "iuml", "laquo", "lt", "macr", "micro", "middot", "nbsp", "not",
    "ntilde", "oacute", "ocirc", "ograve", "ordf", "ordm", "oslash", "otilde", "ouml", "para", "plusmn", "pound",
    "quot", "raquo", "reg", "sect", "shy", "sup1", "sup2", "sup3", "szlig", "thorn", "times", "uacute", "ucirc",
    "ugrave", "uml", "uuml", "yacute", "yen", "yuml",
];

/// Returns the same URL, spelled so that nothing in it is a character reference of HTML.
pub(super) fn surviving_html(url: &str) -> String {
    let mut spelled = String::with_capacity(url.len() + 2);
    let mut rest = url;
    while let Some(ampersand) = rest.find('&') {
        let (before, behind) = rest.split_at(ampersand + 1);
        spelled.push_str(before);
        rest = behind;
        if is_reference(behind) {
            // The first `#` begins the fragment and must not be encoded.
            let kept = usize::from(behind.starts_with('#') && !spelled.contains('#'));
            let (kept, spoilt) = behind.split_at(kept);
            spelled.push_str(&format!("{kept}%{:02X}", spoilt.as_bytes()[0]));
            rest = &spoilt[1..];
        }
    }
    spelled.push_str(rest);
    spelled
}

/// Returns whether HTML reads an ampersand before this text as a character reference.
fn is_reference(behind: &str) -> bool {
    if let Some(number) = behind.strip_prefix('#') {
        let hexadecimal = number.strip_prefix(['x', 'X']).and_then(|number| number.chars().next());
        return number.starts_with(|digit: char| digit.is_ascii_digit())
            || hexadecimal.is_some_and(|digit| digit.is_ascii_hexdigit());
    }
    let name_ends_at = behind.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(behind.len());
    let is_closed_name = name_ends_at > 0 && behind[name_ends_at..].starts_with(';');
    is_closed_name || WITHOUT_SEMICOLON.iter().any(|name| behind.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_html_would_read_as_a_character_is_spelled_otherwise() {
        for (url, spelled) in [
            ("/?user_id=1&timestamp=2&signature=3", "/?user_id=1&%74imestamp=2&signature=3"),
            ("/?timestamp=1", "/?timestamp=1"),
            ("/?a&copy=1&COPY=2&Copy=3", "/?a&%63opy=1&%43OPY=2&Copy=3"),
            ("/?a=1&lang=fr&sub=x&alpha=b", "/?a=1&lang=fr&sub=x&alpha=b"),
            ("/?a=1&lang;=fr&x1;", "/?a=1&%6Cang;=fr&%781;"),
            ("/?a=1&amp;b=2", "/?a=1&%61mp;b=2"),
            ("/#/x?a&#38;b&#x26c&#X3D&#/d", "/#/x?a&%2338;b&%23x26c&%23X3D&#/d"),
            ("/?a&#1", "/?a&#%31"),
            ("/?a&#x1f", "/?a&#%781f"),
            ("/a&reg/b&&notit&;&=", "/a&%72eg/b&&%6Eotit&;&="),
            ("/", "/"),
        ] {
            assert_eq!(surviving_html(url), spelled);
        }
    }
}
