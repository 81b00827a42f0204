//! What tests may ask of the machine they run on.

/// Whether what is missing on this machine is a fault, and no reason to leave tests out.
pub fn must_be_complete() -> bool {
    std::env::var("COUNTERSIGN_TESTS_COMPLETE").is_ok_and(|value| value == "true")
}
