//! The variables that every mail of a site has.

use serde::Serialize;

use super::palette::Palette;

/// The variables with the same value in every mail. Texts are empty if the settings have none.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Site {
    /// The application's home page.
    pub app_url: String,
    /// Where users get help.
    pub support_address: String,
    /// The picture at the top, in place of the application's name.
    pub logo_url: String,
    /// The colours. Templates see them beside the others.
    #[serde(flatten)]
    pub colors: Palette,
}
