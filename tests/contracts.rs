//! What speaks of one contract: its fields, messages and statuses; and the contracts beside each other.

mod accounts;
mod all_together;
mod attacked_tokens;
mod declared_fields;
mod deleted_accounts;
mod dj_rest_auth;
mod django_rest_auth;
mod djoser;
mod generated_usernames;
mod idempotency_keys;
mod imported_ids;
mod profiles;
mod provider_logins;
mod side_by_side;
mod tutorial;
