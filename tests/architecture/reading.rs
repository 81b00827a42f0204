//! Reads one file of `src` with syn: what each of its modules defines and imports, and every path that its code names.
//!
//! Items under `#[cfg(test)]` are left out, and so are the files of modules declared so. syn does not look into the
//! arguments of macros and attributes; their tokens are searched for paths.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Item, UseTree, Visibility};

use super::house::{House, Kind, Mention, Module, Names};

/// Returns the module that a file below `src/` holds: `http/face.rs` is `["http", "face"]`. The crate's root is empty;
/// `main.rs` counts as a room of its own.
pub fn module_of(file: &str) -> Names {
    match file.strip_suffix(".rs").unwrap_or(file) {
        "lib" => Names::new(),
        module => module.split('/').map(str::to_owned).collect(),
    }
}

/// Adds to `house` what `text`, the content of `file` below `src/`, holds.
///
/// # Panics
///
/// If `text` is not Rust that syn can read.
pub fn read_into(house: &mut House, file: &str, text: &str) {
    let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("src/{file}: {error}"));
    let module = module_of(file);
    house.modules.insert(module.clone(), Module { file: file.to_owned(), ..Module::default() });
    Reading { house, file, module }.visit_file(&syntax);
}

struct Reading<'h> {
    house: &'h mut House,
    file: &'h str,
    /// The module that is being read, inline ones included.
    module: Names,
}

impl Reading<'_> {
    fn module(&mut self) -> &mut Module {
        let file = self.file;
        self.house
            .modules
            .entry(self.module.clone())
            .or_insert_with(|| Module { file: file.to_owned(), ..Module::default() })
    }

    fn define(&mut self, name: &Ident) {
        let name = name.to_string();
        self.module().items.insert(name);
    }

    fn mention(&mut self, line: usize, kind: Kind, path: Names) {
        let (file, module) = (self.file.to_owned(), self.module.clone());
        self.house.mentions.push(Mention { file, line, module, kind, path });
    }

    fn import(&mut self, tree: &UseTree, mut path: Names, kind: Kind) {
        let line = tree.span().start().line;
        let name = match tree {
            UseTree::Path(through) => {
                path.push(through.ident.to_string());
                return self.import(&through.tree, path, kind);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|branch| self.import(branch, path.clone(), kind));
            }
            UseTree::Glob(_) => {
                self.module().globs.push(path.clone());
                path.push("*".to_owned());
                return self.mention(line, kind, path);
            }
            UseTree::Name(name) => &name.ident,
            UseTree::Rename(renamed) => &renamed.ident,
        };
        if name != "self" {
            path.push(name.to_string());
        }
        let bound = match tree {
            UseTree::Rename(renamed) => renamed.rename.to_string(),
            _ => path.last().expect("a name was imported").clone(),
        };
        self.module().imports.insert(bound, path.clone());
        self.mention(line, kind, path);
    }

    /// Finds the paths among tokens: names joined by `::`, of which the first follows no dot.
    fn search(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_sign =
            |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
        let is_joint = |at: usize| is_sign(at, ':') && is_sign(at + 1, ':');
        let mut at = 0;
        while at < tokens.len() {
            let begin = at;
            at += 1;
            match &tokens[begin] {
                TokenTree::Group(group) => self.search(group.stream()),
                TokenTree::Ident(first) => {
                    let mut path = vec![first.to_string()];
                    while is_joint(at)
                        && let Some(TokenTree::Ident(next)) = tokens.get(at + 2)
                    {
                        path.push(next.to_string());
                        at += 3;
                    }
                    let follows = |sign| begin > 0 && is_sign(begin - 1, sign);
                    let is_field = follows('.') && !(begin > 1 && is_sign(begin - 2, '.'));
                    let is_absolute = begin > 1 && is_joint(begin - 2);
                    if !is_field && !is_absolute {
                        self.mention(first.span().start().line, Kind::Code, path);
                    }
                }
                // `::diesel::x`, where it does not continue `Vec::<u8>` or `<T as Trait>`.
                TokenTree::Punct(_) if is_joint(begin) && !follows_a_path(&tokens, begin) => {
                    let mut path = vec!["::".to_owned()];
                    while is_joint(at - 1)
                        && let Some(TokenTree::Ident(next)) = tokens.get(at + 1)
                    {
                        path.push(next.to_string());
                        at += 3;
                    }
                    self.mention(tokens[begin].span().start().line, Kind::Code, path);
                }
                _ => {}
            }
        }
    }
}

fn follows_a_path(tokens: &[TokenTree], at: usize) -> bool {
    match at.checked_sub(1).map(|before| &tokens[before]) {
        Some(TokenTree::Ident(_) | TokenTree::Group(_)) => true,
        Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), '>' | ':'),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Reading<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes_of(item).iter().any(is_for_tests) {
            if let Item::Mod(module) = item {
                let mut path = self.module.clone();
                path.push(module.ident.to_string());
                self.house.tests.push(path);
            }
            return;
        }
        if let Some(name) = name_of(item) {
            self.define(name);
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.module.push(module.ident.to_string());
        if module.content.is_some() {
            self.module();
        }
        visit::visit_item_mod(self, module);
        self.module.pop();
    }

    fn visit_item_use(&mut self, import: &'ast syn::ItemUse) {
        let kind = if matches!(import.vis, Visibility::Inherited) { Kind::Import } else { Kind::Reexport };
        let root = import.leading_colon.iter().map(|_| "::".to_owned()).collect();
        self.import(&import.tree, root, kind);
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let attributes = match item {
            syn::ImplItem::Const(item) => &item.attrs,
            syn::ImplItem::Fn(item) => &item.attrs,
            syn::ImplItem::Type(item) => &item.attrs,
            syn::ImplItem::Macro(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let root = path.leading_colon.iter().map(|_| "::".to_owned());
        let names = root.chain(path.segments.iter().map(|segment| segment.ident.to_string())).collect();
        self.mention(path.span().start().line, Kind::Code, names);
        visit::visit_path(self, path);
    }

    /// `<T>::NAME` and `<T as Trait>::NAME` name T and the trait.
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        match &path.qself {
            Some(qself) => self.qualified(qself, &path.path),
            None => visit::visit_expr_path(self, path),
        }
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        match &path.qself {
            Some(qself) => self.qualified(qself, &path.path),
            None => visit::visit_type_path(self, path),
        }
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        let names: Names = called.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.mention(called.path.span().start().line, Kind::Macro, names);
        self.visit_token_stream(&called.tokens);
    }

    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.search(tokens.clone());
    }

    /// `pub(in crate::http)` says who may look, and uses nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}
}

impl Reading<'_> {
    fn qualified(&mut self, qself: &syn::QSelf, path: &syn::Path) {
        visit::visit_qself(self, qself);
        let names: Names = path.segments.iter().take(qself.position).map(|segment| segment.ident.to_string()).collect();
        if !names.is_empty() {
            self.mention(path.span().start().line, Kind::Code, names);
        }
        path.segments.iter().for_each(|segment| visit::visit_path_segment(self, segment));
    }
}

/// Whether an attribute is `#[cfg(test)]`, or asks for tests beside other things.
fn is_for_tests(attribute: &Attribute) -> bool {
    let asks_for_tests = |tokens: &TokenStream| {
        let names = tokens.to_string();
        names.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|name| matches!(name, "test" | "doctest"))
            && !names.contains("not")
    };
    attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(|list| asks_for_tests(&list.tokens))
}

fn name_of(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
