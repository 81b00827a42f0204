//! `[contracts.profiles]`.

use super::base_path::parse_base_path;
use crate::settings::reader::Reader;

/// `[contracts.profiles]`: the profiles of a tutorial on djoser, over the declared fields.
#[derive(Clone, Debug)]
pub struct ProfilesContractSettings {
    /// Whether the contract is served.
    pub enabled: bool,
    /// The path that its endpoints stand below; begins and ends with a slash.
    pub base_path: String,
    /// Who may read a user's profile.
    pub visible_to: ProfilesVisibility,
}

/// Who may read a user's profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfilesVisibility {
    /// The user alone.
    Owner,
    /// Every user who is logged in.
    LoggedIn,
}

impl ProfilesContractSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("contracts.profiles.enabled"),
            base_path: reader.parsed("contracts.profiles.base_path", parse_base_path),
            visible_to: reader.choice(
                "contracts.profiles.visible_to",
                &[("owner", ProfilesVisibility::Owner), ("logged-in", ProfilesVisibility::LoggedIn)],
            ),
        }
    }
}
