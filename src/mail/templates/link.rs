//! Checks that a mail shows its link.

use std::collections::BTreeMap;

use super::source::Source;
use super::sources::Part;

/// Elements whose content is not shown.
const UNSEEN: [&str; 5] = ["head", "style", "script", "template", "title"];

/// Elements without a closing tag.
const VOID: [&str; 8] = ["area", "br", "col", "hr", "img", "input", "link", "meta"];

/// Returns whether a reader of this part sees the link. A subject needs none.
pub(super) fn is_shown(part: Part, rendered: &str, url: &str) -> bool {
    match part {
        Part::Subject => true,
        Part::Text => is_in_text(rendered, url),
        Part::Html => is_in_html(rendered, url),
    }
}

/// Returns the file to correct: the button if it lacks the link, the layout if it leaves out the mail's content, else
/// the mail's own template.
pub(super) fn culprit<'a>(source: &'a Source, sources: &'a BTreeMap<&'static str, Source>) -> &'a Source {
    let calls = |partial: &str| ["> ", ">"].iter().any(|call| source.text.contains(&format!("{call}{partial}")));
    let lacks = |path: &str, needed: &str| !sources[path].text.contains(needed);
    if calls("button") && lacks("button.html.hbs", "verification_url") {
        &sources["button.html.hbs"]
    } else if calls("layout") && lacks("layout.html.hbs", "@partial-block") {
        &sources["layout.html.hbs"]
    } else {
        source
    }
}

/// Returns whether the text has the whole link, and no letter at either end that a reader would add to it.
fn is_in_text(text: &str, url: &str) -> bool {
    text.match_indices(url).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + url.len()..].chars().next();
        let is_apart = |letter: char| !letter.is_alphanumeric() && !"&=%/-_+~#?".contains(letter);
        before.is_none_or(is_apart) && behind.is_none_or(is_apart)
    })
}

/// Accepts the link as a target or in the text, but not in a comment or in an element that is never shown.
fn is_in_html(html: &str, url: &str) -> bool {
    let mut text = String::new();
    let mut hidden: Option<(String, usize)> = None;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if hidden.is_none() {
            text.push_str(&decoded(&rest[..start]));
        }
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        let tag = Tag::at(rest);
        rest = &rest[tag.length..];
        match &mut hidden {
            Some((name, depth)) if *name == tag.name => {
                *depth = if tag.is_closing { *depth - 1 } else { *depth + 1 };
                if *depth == 0 {
                    hidden = None;
                }
            }
            Some(_) => {}
            None if !tag.is_closing && tag.is_unseen() => hidden = Some((tag.name.clone(), 1)),
            None if !tag.is_closing && tag.name == "a" && tag.attribute("href").as_deref() == Some(url) => return true,
            None => {}
        }
        // Texts of different elements are separate words, except for elements that only mark letters.
        if !["a", "b", "i", "em", "strong", "span", "wbr", "font", "u"].contains(&tag.name.as_str()) {
            text.push(' ');
        }
    }
    if hidden.is_none() {
        text.push_str(&decoded(rest));
    }
    is_in_text(&text, url)
}

struct Tag<'a> {
    name: String,
    is_closing: bool,
    inside: &'a str,
    length: usize,
}

impl<'a> Tag<'a> {
    /// Returns the tag at the beginning of this text, which begins with `<`.
    fn at(html: &'a str) -> Self {
        let mut quote = None;
        let mut end = html.len();
        for (at, letter) in html.char_indices().skip(1) {
            match (quote, letter) {
                (None, '>') => {
                    end = at;
                    break;
                }
                (None, '"' | '\'') => quote = Some(letter),
                (Some(open), letter) if open == letter => quote = None,
                _ => {}
            }
        }
        let inside = &html[1..end];
        let is_closing = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let name_ends_at = inside.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(inside.len());
        let (name, inside) = inside.split_at(name_ends_at);
        Self { name: name.to_ascii_lowercase(), is_closing, inside, length: (end + 1).min(html.len()) }
    }

    fn is_unseen(&self) -> bool {
        let style: String =
            self.attribute("style").unwrap_or_default().to_ascii_lowercase().split_whitespace().collect();
        let is_hidden =
            self.attribute("hidden").is_some() || style.contains("display:none") || style.contains("visibility:hidden");
        UNSEEN.contains(&self.name.as_str()) || is_hidden && !VOID.contains(&self.name.as_str())
    }

    /// Returns the value of an attribute, which may be empty.
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.inside.trim_start();
        while !rest.is_empty() {
            let name_ends_at = rest.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(rest.len());
            let (name, behind) = rest.split_at(name_ends_at);
            let behind = behind.trim_start();
            let (value, behind) = match behind.strip_prefix('=').map(str::trim_start) {
                None => ("", behind),
                Some(value) => match value.chars().next().filter(|letter| matches!(letter, '"' | '\'')) {
                    Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                    None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
                },
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(decoded(value));
            }
            rest = behind.trim_start();
            if name.is_empty() && value.is_empty() {
                break;
            }
        }
        None
    }
}

fn decoded(html: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#x3D;", "="), ("&amp;", "&")]
        .into_iter()
        .fold(html.to_owned(), |text, (reference, letter)| text.replace(reference, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://app.example/?user_id=1&signature=2";

    #[test]
    fn a_text_shows_the_whole_link_and_nothing_beside_it() {
        for text in [URL, &format!("see {URL}\n"), &format!("<{URL}>"), &format!("({URL})."), &format!("a:\n{URL}.")] {
            assert!(is_in_text(text, URL), "{text}");
        }
        for text in
            ["", "https://app.example/", &URL[..30], &format!("{URL}0"), &format!("x{URL}"), &format!("{URL}&a=b")]
        {
            assert!(!is_in_text(text, URL), "{text}");
        }
    }

    #[test]
    fn html_shows_the_link_where_a_reader_sees_it() {
        let escaped = URL.replace('&', "&amp;");
        for html in [
            format!("<a href=\"{escaped}\">here</a>"),
            format!("<A class=x HREF='{URL}' >here</A>"),
            format!("<a\nhref = {URL}>here</a>"),
            format!("<p>open {escaped}</p>"),
            format!("<p title='>'>open <b>{URL}</b></p>"),
            format!("<!-- {URL} --><div hidden>a<div>b</div></div><p>{URL}</p>"),
            format!("<meta hidden><p>{URL}"),
        ] {
            assert!(is_in_html(&html, URL), "{html}");
        }
        for html in [
            String::new(),
            format!("<!-- <a href=\"{escaped}\">here</a> -->"),
            format!("<!--[if mso]><a href=\"{escaped}\">here</a><![endif]-->"),
            format!("<!-- {URL}"),
            format!("<style>/* {URL} */</style>"),
            format!("<head><title>{URL}</title></head>"),
            format!("<div style=\"display: none; x: y\">a<div>b</div>{escaped}</div>"),
            format!("<p hidden><a href='{URL}'>here</a></p>"),
            format!("<img alt=\"{URL}\">"),
            format!("<a title=\"{URL}\">here</a>"),
            format!("<a href=\"{URL}0\">here</a>"),
            format!("<p>{URL}</p",).replace("<p>", "<p x='"),
        ] {
            assert!(!is_in_html(&html, URL), "{html}");
        }
    }
}
