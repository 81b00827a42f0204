//! The variables that every mail of a site has.

use serde::Serialize;

/// The variables with the same value in every mail. Each is empty if the settings have none.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Site {
    /// The application's home page.
    pub app_url: String,
    /// Where users get help.
    pub support_address: String,
}
