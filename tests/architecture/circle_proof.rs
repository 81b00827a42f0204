//! That circles of files are found by whichever way they are tied, and that what looks like one is none.

use super::circles::violations;
use super::house::House;

fn circles(files: &[(&str, &str)]) -> Vec<String> {
    violations(&House::of(files.iter().copied()))
}

#[test]
fn two_files_that_name_each_other_are_told_with_their_lines() {
    let files = [
        ("store.rs", "mod a; mod b;"),
        ("store/a.rs", "\nuse super::b::B;\npub struct A(B);"),
        ("store/b.rs", "use crate::store::a::A;\npub struct B(A);"),
    ];
    assert_eq!(
        circles(&files),
        ["a circle of files: src/store/a.rs:2 uses src/store/b.rs, src/store/b.rs:1 uses src/store/a.rs"]
    );
}

#[test]
fn every_way_to_tie_a_circle_is_seen() {
    let b = "use super::a::A; pub struct B(A); pub fn f() {} pub const B_MAX: u8 = 1; #[macro_export] macro_rules! m { () => {}; }";
    for a in [
        "use super::b::B; pub struct A(B);",
        "pub struct A(super::b::B);",
        "use super::b; pub struct A; fn f() -> b::B { loop {} }",
        "use super::b as c; pub struct A; fn f() -> c::B { loop {} }",
        "pub struct A; impl From<super::b::B> for A {}",
        "pub struct A; impl super::b::B { fn g(self) {} }",
        "pub struct A; fn g() { super::b::f() }",
        "pub struct A; fn g() { use super::b::f; f() }",
        "pub struct A; fn g(x: u8) { match x { super::b::B_MAX => {} _ => {} } }",
        "pub struct A; fn g() { vec![super::b::f()]; }",
        "pub struct A; fn g() { <super::b::B>::h(); }",
        "pub struct A; fn g() { <u8 as super::b::B>::h(); }",
        "use super::b::*; pub struct A;",
        "pub struct A; mod inner { use super::super::b::B; }",
        "pub struct A; fn g() { super::b::m!() }",
        // Through what a third file makes of it.
        "use super::B; pub struct A(B);",
        "use crate::Short; pub struct A(Short);",
        "use super::everything::B; pub struct A(B);",
        // A re-export that the file's own code names.
        "pub use super::b::B; pub struct A(B);",
    ] {
        let lib = ("lib.rs", "pub mod store; pub use store::B as Short;");
        let store = ("store.rs", "mod a; mod b; mod everything { pub use super::b::*; } pub use b::B;");
        assert_eq!(circles(&[lib, store, ("store/a.rs", a), ("store/b.rs", b)]).len(), 1, "{a}");
    }
}

#[test]
fn a_parent_and_a_child_that_need_each_other_are_a_circle() {
    let child = ("worker/lease.rs", "use super::Worker; pub struct Lease(Worker);");
    for parent in [
        "mod lease; use lease::Lease; pub struct Worker(Lease);",
        "mod lease; pub use lease::Lease; pub struct Worker(Box<Lease>);",
        "mod lease; pub struct Worker(Box<lease::Lease>);",
    ] {
        assert_eq!(circles(&[("worker.rs", parent), child]).len(), 1, "{parent}");
    }
}

#[test]
fn a_macro_that_a_parent_gives_its_children_counts() {
    let parent = "macro_rules! say { () => {}; } mod users; fn f() { users::run() }";
    assert_eq!(circles(&[("cli.rs", parent), ("cli/users.rs", "pub fn run() { say!() }")]).len(), 1);
}

#[test]
fn a_circle_of_three_is_told_as_one() {
    let files = [
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "use crate::c::C; pub struct B(C);"),
        ("c.rs", "use crate::a::A; pub struct C(A);"),
    ];
    let [only] = &circles(&files)[..] else { panic!("there is one circle") };
    assert_eq!(only, "a circle of files: src/a.rs:1 uses src/b.rs, src/b.rs:1 uses src/c.rs, src/c.rs:1 uses src/a.rs");
}

#[test]
fn what_looks_like_a_circle_is_none() {
    for (parent, child) in [
        // A parent that gathers its parts uses none of them.
        ("mod a; pub use a::A; pub struct P;", "use super::P; pub struct A(P);"),
        ("mod a; mod b; pub use a::A; pub use b::B; pub struct P;", "use super::B; pub struct A(B);"),
        // Siblings through their parent, which names neither.
        ("mod a; mod b; pub use b::B;", "use crate::parent::B; pub struct A(B);"),
        // Who may see an item is no use of it.
        ("mod a; pub struct P(a::A);", "pub(in crate::parent) struct A; pub(super) struct B;"),
        // Comments, texts and tests.
        ("mod a; pub struct P(a::A);", "/// See [`super::P`].\npub struct A; const T: &str = \"super::P\";"),
        ("mod a; pub struct P(a::A);", "pub struct A; #[cfg(test)] mod tests { use super::super::P; }"),
        ("mod a; pub struct P(a::A);", "pub struct A; impl A { #[cfg(test)] fn of(p: super::P) {} }"),
        // An import of a module is none of what is in it.
        ("mod a; pub struct P(a::A);", "use crate::parent; pub struct A; fn f() -> parent::b::B { loop {} }"),
        // Names of other crates, and local ones.
        ("mod a; pub struct P(a::A);", "pub struct A; fn f(p: P) { P::new(); std::parent::P; }"),
    ] {
        let b = ("parent/b.rs", "pub struct B;");
        assert_eq!(
            circles(&[("parent.rs", parent), ("parent/a.rs", child), b]),
            Vec::<String>::new(),
            "{parent} {child}"
        );
    }
}

#[test]
fn files_of_tests_do_not_count() {
    let a = "use crate::b::B; pub struct A(B); #[cfg(test)] mod tests;";
    let tests = ("a/tests.rs", "pub struct T;");
    let files = [("a.rs", a), tests, ("a/tests/deep.rs", "use super::T;"), ("b.rs", "pub struct B;")];
    assert_eq!(circles(&files), Vec::<String>::new());
    let house = House::of(files.iter().copied());
    assert!(house.mentions.iter().all(|mention| !mention.file.starts_with("a/tests")));
}
