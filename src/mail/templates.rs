//! The texts of the mails: built-in templates, each of which a file in a directory may replace.
//!
//! Every template is compiled and rendered with sample values at start, and an unknown variable is an error. So a
//! faulty template is found at start, not when the first mail of its kind is due.

mod django;
mod export;
mod fault;
mod link;
mod palette;
mod sample;
mod site;
mod source;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use handlebars::{Context, Handlebars, RenderError, RenderErrorReason, no_escape};
use serde_json::Value;

use crate::mail::context::{MailContext, MailLink};
use crate::mail::delivery::DeliveryError;
use crate::secret::debug_as_name;
use crate::store::MailKind;

pub(crate) use export::{Existing, ExportError, export};
pub(crate) use fault::{TemplateError, TemplateFault};
pub(crate) use palette::Palette;
pub(crate) use sample::context as sample_context;
pub use site::Site;
use source::Source;
use sources::Part;

/// The templates of every mail, compiled and rendered once with sample values.
pub struct Templates {
    plain: Handlebars<'static>,
    html: Handlebars<'static>,
    site: Site,
}

/// A rendered mail. Its `Debug` shows none of it, since the mail may hold a link.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The text for readers that show no HTML; lines end in `\n`.
    pub text: String,
    /// The same as HTML, if the kind has an HTML template.
    pub html: Option<String>,
}

debug_as_name!(Rendered, Templates);

impl Templates {
    /// Compiles the built-in templates and those in `overrides`, and renders each with sample links to pages without
    /// placeholders. See [`Templates::load_for`].
    ///
    /// # Errors
    ///
    /// Those of [`Templates::load_for`].
    pub fn load(overrides: Option<&Path>) -> Result<Self, TemplateError> {
        Self::load_for(overrides, |kind| if kind.has_link() { vec![MailLink::sample()] } else { Vec::new() })
    }

    /// Compiles the built-in templates and those in `overrides`, and renders each with sample values. `links` returns
    /// sample links for mails of a kind, one for each form that the pages use. It returns none if such mails have no
    /// link.
    ///
    /// A file in `overrides` replaces the built-in template at the same path: `<kind>/subject.hbs`, `<kind>/text.hbs`,
    /// `<kind>/html.hbs`, `layout.html.hbs`, `button.html.hbs`. An empty `html.hbs` makes that mail text only. Names
    /// that begin with a dot, editors' backups and notes such as a README are ignored.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] with everything that is wrong: files that replace nothing or cannot be read, syntax errors,
    /// variables that do not exist, subjects and texts that come out empty, mails without the link that they are for.
    pub fn load_for(
        overrides: Option<&Path>,
        links: impl Fn(MailKind) -> Vec<MailLink>,
    ) -> Result<Self, TemplateError> {
        let (sources, mut faults) = sources::gather(overrides);
        let mut templates = Self { plain: registry(no_escape), html: registry(escape), site: Site::default() };
        let broken = templates.compile(&sources, &mut faults);
        for kind in MailKind::ALL {
            let tries = sample::tries(kind, &links(kind));
            for part in Part::ALL {
                let partial_is_broken =
                    part == Part::Html && sources::PARTIALS.iter().any(|path| broken.contains(path));
                if !partial_is_broken && !broken.contains(sources::path(kind, part)) {
                    faults.extend(templates.try_out(kind, part, &tries, &sources));
                }
            }
        }
        faults.sort();
        // A fault in the layout shows up in every mail.
        faults.dedup_by(|later, first| later.file == first.file && later.position == first.position);
        if faults.is_empty() { Ok(templates) } else { Err(TemplateError { faults }) }
    }

    /// Sets the variables that every mail of this site has.
    #[must_use]
    pub fn of_site(mut self, site: Site) -> Self {
        self.site = site;
        self
    }

    /// Renders a mail of this kind with these values.
    ///
    /// Control characters in the values become blanks, so that no value can begin a new line. Values are escaped in the
    /// HTML only.
    ///
    /// # Errors
    ///
    /// [`DeliveryFault::Refused`](crate::mail::DeliveryFault::Refused) if a template that rendered with the sample
    /// values fails with these.
    pub fn render(&self, kind: MailKind, context: &MailContext) -> Result<Rendered, DeliveryError> {
        let values = values(context, &self.site).map_err(|error| unrenderable(kind, &error))?;
        let part = |part| self.part(kind, part, &values).map_err(|error| unrenderable(kind, &error));
        let html = if self.html.has_template(sources::path(kind, Part::Html)) { Some(part(Part::Html)?) } else { None };
        Ok(Rendered { subject: part(Part::Subject)?, text: part(Part::Text)?, html })
    }

    fn part(&self, kind: MailKind, part: Part, values: &Context) -> Result<String, RenderError> {
        let path = sources::path(kind, part);
        Ok(match part {
            Part::Subject => one_line(&self.plain.render_with_context(path, values)?),
            Part::Text => self.plain.render_with_context(path, values)?.replace("\r\n", "\n").trim().to_owned(),
            Part::Html => self.html.render_with_context(path, values)?.trim_start().to_owned(),
        })
    }

    /// Registers every template and returns the paths of those that have no place in a registry for their faults.
    fn compile<'a>(
        &mut self,
        sources: &'a BTreeMap<&'static str, Source>,
        faults: &mut Vec<TemplateFault>,
    ) -> BTreeSet<&'a str> {
        let mut broken = BTreeSet::new();
        for (&path, source) in sources {
            let is_html = path.ends_with("html.hbs");
            if is_html && source.text.trim().is_empty() && !sources::PARTIALS.contains(&path) {
                continue;
            }
            if let Some((position, tag)) = django::first_tag(&source.text) {
                faults.push(fault::of_django(source, position, tag));
            }
            let registry = if is_html { &mut self.html } else { &mut self.plain };
            if let Err(error) = registry.register_template_string(registered_name(path), &source.text) {
                faults.push(fault::syntax(source, error.pos(), &error.reason().to_string()));
                broken.insert(path);
            }
        }
        broken
    }

    fn try_out(
        &self,
        kind: MailKind,
        part: Part,
        tries: &[(MailContext, Site)],
        sources: &BTreeMap<&'static str, Source>,
    ) -> Option<TemplateFault> {
        let path = sources::path(kind, part);
        if part == Part::Html && !self.html.has_template(path) {
            return None;
        }
        let source = &sources[path];
        tries.iter().find_map(|(context, site)| {
            match values(context, site).and_then(|values| self.part(kind, part, &values)) {
                Ok(rendered) if rendered.trim().is_empty() => Some(fault::empty(source)),
                Ok(rendered) => match &context.link {
                    Some(link) if !link::is_shown(part, &rendered, &link.verification_url) => {
                        Some(fault::without_link(link::culprit(source, sources), kind))
                    }
                    _ => None,
                },
                Err(error) => {
                    // The fault may lie in a partial, which then is the file to correct.
                    let culprit = error.template_name.as_deref().unwrap_or(path);
                    let source = sources
                        .iter()
                        .find_map(|(path, source)| (registered_name(path) == culprit).then_some(source))
                        .unwrap_or(source);
                    let position = error.line_no.zip(error.column_no);
                    Some(match error.reason() {
                        RenderErrorReason::MissingVariable(name) => {
                            fault::missing(source, position, name.as_deref(), kind)
                        }
                        reason => fault::failing(source, position, &reason.to_string()),
                    })
                }
            }
        })
    }
}

fn registry(escape: fn(&str) -> String) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(escape);
    registry
}

/// Partials are called by their short names in templates, everything else is registered under its path.
fn registered_name(path: &str) -> &str {
    if sources::PARTIALS.contains(&path) { path.trim_end_matches(".html.hbs") } else { path }
}

/// Escapes markup only. Programs that rewrite links look for `?user_id=`, so that text stays as it is.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn values(context: &MailContext, site: &Site) -> Result<Context, RenderError> {
    let mut values = serde_json::to_value(context).map_err(RenderErrorReason::from)?;
    let of_site = serde_json::to_value(site).map_err(RenderErrorReason::from)?;
    if let (Value::Object(values), Value::Object(of_site)) = (&mut values, of_site) {
        values.extend(of_site);
    }
    flatten_text(&mut values);
    Context::wraps(values)
}

fn flatten_text(value: &mut Value) {
    match value {
        Value::String(text) => {
            *text = text.chars().map(|letter| if breaks_lines(letter) { ' ' } else { letter }).collect()
        }
        Value::Object(fields) => fields.values_mut().for_each(flatten_text),
        Value::Array(items) => items.iter_mut().for_each(flatten_text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Control characters, and the Unicode ones that begin a line or turn the direction of what follows.
fn breaks_lines(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unrenderable(kind: MailKind, error: &RenderError) -> DeliveryError {
    DeliveryError::refused(None, &format!("the templates of `{kind}` fail: {error}"))
}

#[cfg(test)]
mod tests;
