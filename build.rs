//! Asks the linker for relocations in their short form (RELR).
//!
//! A position-independent program reads all of its relocations when it starts. In the long form they are 1.4 MiB here,
//! which stay resident; docs/performance.md has the figures. The dynamic linker of glibc reads the short form since
//! version 2.36, and an older one refuses a program that has it. So the form follows the machine that builds.

use std::env;
use std::process::Command;

/// The first version of glibc that reads the short form.
const FIRST_GLIBC: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let is_glibc = variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    let is_built_here = variable("HOST") == variable("TARGET");
    if is_glibc && is_built_here && glibc_version().is_some_and(|version| version >= FIRST_GLIBC) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Returns the version of this machine's glibc. `getconf` prints `glibc 2.36`.
fn glibc_version() -> Option<(u32, u32)> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, rest) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    let minor = rest.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
