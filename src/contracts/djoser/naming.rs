//! The paths and fields whose names depend on what users log in by: a username, or their address.

/// The names of the login name's paths and fields.
pub(super) struct Naming {
    /// The field that users log in by.
    pub(super) field: &'static str,
    pub(super) new: &'static str,
    pub(super) repeated: &'static str,
    pub(super) set_path: &'static str,
    pub(super) reset_path: &'static str,
    pub(super) confirm_path: &'static str,
}

/// Where users log in by username.
pub(super) static USERNAME: Naming = Naming {
    field: "username",
    new: "new_username",
    repeated: "re_new_username",
    set_path: "users/set_username",
    reset_path: "users/reset_username",
    confirm_path: "users/reset_username_confirm",
};

/// Where they do not.
pub(super) static EMAIL: Naming = Naming {
    field: "email",
    new: "new_email",
    repeated: "re_new_email",
    set_path: "users/set_email",
    reset_path: "users/reset_email",
    confirm_path: "users/reset_email_confirm",
};
