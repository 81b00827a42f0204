//! What every mail of a site may name.

use serde::Serialize;

/// The variables that are the same in every mail. Each is empty where the settings have none.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Site {
    /// The application's home page.
    pub app_url: String,
    /// Where users get help.
    pub support_address: String,
}
