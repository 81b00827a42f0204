//! diesel's description of the tables. The files in `migrations/` create them, for each engine.

diesel::table! {
    users (id) {
        id -> Text,
        username -> Nullable<Text>,
        username_key -> Nullable<Text>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        owned_email_key -> Nullable<Text>,
        first_name -> Text,
        last_name -> Text,
        password_hash -> Text,
        link_secret -> Text,
        created_at -> BigInt,
        verified_at -> Nullable<BigInt>,
        disabled_at -> Nullable<BigInt>,
        last_login_at -> Nullable<BigInt>,
        pending_email -> Nullable<Text>,
        pending_email_secret -> Nullable<Text>,
        used_email_secret -> Nullable<Text>,
        used_reset_secret -> Nullable<Text>,
        used_reset_at -> Nullable<BigInt>,
        staff_at -> Nullable<BigInt>,
        profile -> Nullable<Text>,
        profile_updated_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        mail -> Text,
        user_id -> Nullable<Text>,
        recipient -> Nullable<Text>,
        created_at -> BigInt,
        due_at -> BigInt,
        attempts -> Integer,
        parked_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        contract -> Nullable<Text>,
        provider -> Nullable<Text>,
        retried_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (digest) {
        digest -> Text,
        id -> Text,
        user_id -> Text,
        created_at -> BigInt,
        last_used_at -> BigInt,
        expires_at -> BigInt,
        user_agent -> Text,
        address -> Text,
        kind -> Text,
        rotated_at -> Nullable<BigInt>,
        refresh_digest -> Nullable<Text>,
        expiry_check_at -> BigInt,
    }
}

diesel::table! {
    budgets (digest) {
        digest -> Text,
        whole_again_at -> BigInt,
    }
}

diesel::table! {
    provider_accounts (id) {
        id -> Text,
        provider -> Text,
        subject -> Text,
        user_id -> Text,
        created_at -> BigInt,
        last_login_at -> Nullable<BigInt>,
        doubted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    moved_users (user_id) {
        user_id -> Text,
        link_secret -> Text,
        moved_at -> BigInt,
    }
}

diesel::table! {
    moved_emails (id) {
        id -> Text,
        user_id -> Text,
        email -> Text,
    }
}

diesel::table! {
    moved_tokens (digest) {
        digest -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    idempotency_keys (digest) {
        digest -> Text,
        content -> Text,
        user_id -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    imports (digest) {
        digest -> Text,
        began_at -> BigInt,
        done -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(provider_accounts -> users (user_id));
diesel::joinable!(idempotency_keys -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(
    users,
    outbox,
    sessions,
    provider_accounts,
    idempotency_keys,
    moved_users
);
