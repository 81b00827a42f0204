//! What is left in a template that was copied from Django: its tags, which Handlebars would mail as they stand, and its
//! variables.

/// Returns the first tag or comment of Django in a template, with its line and column, both from 1.
pub(super) fn first_tag(text: &str) -> Option<((usize, usize), &str)> {
    text.lines().enumerate().find_map(|(number, line)| {
        let found = [("{%", "%}"), ("{#", "#}")].into_iter().filter_map(|(open, close)| enclosed(line, open, close));
        let (start, tag) = found.min_by_key(|(start, _)| *start)?;
        Some(((number + 1, line[..start].chars().count() + 1), tag))
    })
}

/// Returns where the first `open` with a `close` behind it begins, and all up to there. A brace before `open` belongs to
/// Handlebars, as in `{{#if}}`.
fn enclosed<'a>(line: &'a str, open: &str, close: &str) -> Option<(usize, &'a str)> {
    let (start, _) = line.match_indices(open).find(|(start, _)| !line[..*start].ends_with('{'))?;
    let length = line[start + open.len()..].find(close)?;
    Some((start, &line[start..start + open.len() + length + close.len()]))
}

/// Returns what to write instead of a variable of Django, of allauth or of djoser.
pub(super) fn counterpart(name: &str, has_link: bool) -> Option<&'static str> {
    match name {
        "activate_url" | "password_reset_url" | "url" | "protocol" if has_link => Some("verification_url"),
        "current_site.name" | "site_name" | "site.name" => Some("app_name"),
        "current_site.domain" | "domain" | "site.domain" => Some("app_url"),
        "user" | "user_display" | "username" => Some("user.username"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_comments_of_django_are_found_and_handlebars_and_styles_are_not() {
        for (text, at, tag) in [
            ("{% load i18n %}\nHello", (1, 1), "{% load i18n %}"),
            ("é\n  {# a note #} {% endif %}", (2, 3), "{# a note #}"),
            ("{{#if key}}{%blocktrans%}{{/if}}", (1, 12), "{%blocktrans%}"),
        ] {
            assert_eq!(first_tag(text), Some((at, tag)), "{text}");
        }
        for text in
            ["{{#if key}} #} {{/if}}", "{{{#x#}", "@media print{#logo{display:none}}", "100 {% of it", "{{! %} }}"]
        {
            assert_eq!(first_tag(text), None, "{text}");
        }
    }
}
