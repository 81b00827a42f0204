//! What speaks of one contract: its fields, messages and statuses.

mod accounts;
