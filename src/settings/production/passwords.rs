//! `[passwords]`.

use super::files::{direct_secret, secret_file};
use super::row::{Row, harmless, judged};

pub(super) const ROWS: &[Row] = &[
    judged("passwords.memory_kib", |settings, findings| {
        let passwords = &settings.passwords;
        let message = "hashes are cheaper to crack than the OWASP Password Storage Cheat Sheet allows; use memory_kib = \
                       19456 and passes = 2, or more";
        findings.risk(passwords.are_below_owasp(), message);
        let message = "a hash takes seconds, so that a few logins a second, anybody's, keep all others out; use \
                       memory_kib = 19456 and passes = 2, or a few times that";
        findings.risk(u64::from(passwords.memory_kib) * u64::from(passwords.passes) > 1_048_576, message);
    }),
    harmless("passwords.passes", "judged together with memory_kib"),
    harmless("passwords.parallelism", "it divides the same work"),
    harmless("passwords.implementation", "both compute the same hashes, and are compared at each start"),
    judged("passwords.threads", |settings, findings| {
        let passwords = &settings.passwords;
        let kib = u64::from(passwords.memory_kib) * u64::try_from(passwords.threads.get()).unwrap_or(u64::MAX);
        let message =
            "hashing takes memory_kib for each thread, which is more than 8 GiB here; use 0, one thread per core";
        findings.risk(kib > 8 * 1024 * 1024, message);
    }),
    judged("passwords.queue", |settings, findings| {
        let passwords = &settings.passwords;
        let message = "a handful of logins at once, anybody's, keeps all others out with 503; use 256";
        findings.risk(passwords.queue.get() < 16, message);
        let message = "logins wait for minutes where they should be refused at once, and their clients have gone by then; \
                       use 256";
        findings.risk(passwords.queue.get() / passwords.threads.get() > 2000, message);
    }),
    judged("passwords.min_length", |settings, findings| {
        let message = "NIST SP 800-63B asks for 8 characters at least; raise it";
        findings.risk(settings.passwords.min_length < 8, message);
    }),
    harmless("passwords.max_length", "64 at least, as OWASP asks for, and 1024 at most"),
    judged("passwords.reject_similar", |settings, findings| {
        let message = "passwords that are the user's own name or address are accepted; set true";
        findings.risk(!settings.passwords.reject_similar, message);
    }),
    judged("passwords.reject_common", |settings, findings| {
        let message = "the passwords every attacker tries first are accepted; set true";
        findings.risk(!settings.passwords.reject_common, message);
    }),
    judged("passwords.reject_numeric", |settings, findings| {
        let message = "passwords of digits only, such as dates and telephone numbers, are accepted; set true";
        findings.risk(!settings.passwords.reject_numeric, message);
    }),
    judged("passwords.firebase_signer_key", direct_secret),
    judged("passwords.firebase_signer_key_file", |settings, findings| {
        secret_file(settings.passwords.firebase_signer_key_file.as_deref(), findings);
    }),
];
