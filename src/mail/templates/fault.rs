//! Faults of templates, each with its remedy.

use std::fmt;
use std::path::Path;

use super::django::counterpart;
use super::source::Source;
use crate::store::MailKind;

/// Everything that is wrong with the templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Never empty; in the order of the files.
    pub faults: Vec<TemplateFault>,
}

/// One thing that is wrong with one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateFault {
    /// The file, or `built-in …` and the path inside the program.
    pub file: String,
    /// Line and column, both from 1, where they are known.
    pub position: Option<(usize, usize)>,
    /// What is wrong.
    pub problem: String,
    /// The remedy.
    pub remedy: String,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for TemplateError {}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some((line, column)) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}; {}", self.problem, self.remedy)
    }
}

pub(super) fn unknown_file(file: &Path, known: &str) -> TemplateFault {
    TemplateFault {
        file: file.display().to_string(),
        position: None,
        problem: "replaces no built-in template".into(),
        remedy: format!("remove or rename it; known are {known}"),
    }
}

pub(super) fn unreadable(file: &Path, reason: &str) -> TemplateFault {
    TemplateFault {
        file: file.display().to_string(),
        position: None,
        problem: format!("cannot be read: {reason}"),
        remedy: "make it a UTF-8 text that this program may read".into(),
    }
}

pub(super) fn syntax(source: &Source, position: Option<(usize, usize)>, reason: &str) -> TemplateFault {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    TemplateFault {
        file: source.origin.clone(),
        position,
        problem: format!("is no Handlebars template: {reason}"),
        remedy: "check that every `{{` has its `}}` and every `{{#…}}` its `{{/…}}`".into(),
    }
}

pub(super) fn of_django(source: &Source, position: (usize, usize), tag: &str) -> TemplateFault {
    let shown: String = tag.chars().take(60).collect();
    TemplateFault {
        file: source.origin.clone(),
        position: Some(position),
        problem: format!("`{shown}` is a template tag of Django, and would be mailed as it stands"),
        remedy: "remove it, or write it for Handlebars, as in `{{#if user.first_name}} … {{/if}}`".into(),
    }
}

pub(super) fn missing(
    source: &Source,
    position: Option<(usize, usize)>,
    name: Option<&str>,
    kind: MailKind,
) -> TemplateFault {
    let known = "app_name, app_url, support_address, logo_url, accent_color, accent_text_color, link_color, \
                 link_color_dark, email, user.username, user.first_name, user.last_name, user.email";
    let link = if kind.has_link() {
        ", verification_url, expires_in; and uid and token, or key, where the page has such placeholders"
    } else if kind.may_name_provider() {
        ", provider_title"
    } else {
        ""
    };
    let counterpart = name.and_then(|name| counterpart(name, kind.has_link()));
    TemplateFault {
        file: source.origin.clone(),
        position,
        problem: match name {
            Some(name) => format!("`{name}` does not exist in `{kind}`"),
            None => format!("a variable does not exist in `{kind}`"),
        },
        remedy: match name {
            Some("uid" | "token" | "key") if kind.has_link() => {
                "it exists where the page's `frontend_url` has that placeholder: write it there, or here \
                 `{{verification_url}}`; between `{{#if uid}}` and `{{/if}}` it may be missing"
                    .into()
            }
            _ => match counterpart {
                Some(name) => format!("write `{{{{{name}}}}}`"),
                None => format!("use one of {known}{link}"),
            },
        },
    }
}

pub(super) fn failing(source: &Source, position: Option<(usize, usize)>, reason: &str) -> TemplateFault {
    TemplateFault {
        file: source.origin.clone(),
        position,
        problem: reason.to_owned(),
        remedy: "use Handlebars' own helpers and the partials `layout` and `button` only".into(),
    }
}

pub(super) fn empty(source: &Source) -> TemplateFault {
    TemplateFault {
        file: source.origin.clone(),
        position: None,
        problem: "comes out empty, at least for a user without a name".into(),
        remedy: "write something in it, or remove the file to have the built-in one".into(),
    }
}

pub(super) fn without_link(source: &Source, kind: MailKind) -> TemplateFault {
    TemplateFault {
        file: source.origin.clone(),
        position: None,
        problem: format!("leaves a reader of `{kind}` without its link, at least for some users"),
        remedy: "write `{{verification_url}}` where every reader sees it, in the text and in the HTML; in HTML \
                 `{{> button label=\"…\"}}` does it"
            .into(),
    }
}
