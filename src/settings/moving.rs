//! What is accepted of the systems that users moved here from. Each package has a file of its own, which can be deleted
//! one day with its section.

mod allauth;
mod django_rest_registration;
mod djoser;
mod lives;
mod old_secrets;
mod simplejwt;
mod utc_offset;

use super::reader::Reader;

pub use allauth::MovingAllauthSettings;
pub use django_rest_registration::MovingDjangoRestRegistrationSettings;
pub use djoser::MovingDjoserSettings;
pub use simplejwt::MovingSimplejwtSettings;

/// `[moving.…]`: the packages whose links and tokens are accepted. A section without a secret accepts none.
#[derive(Clone, Debug)]
pub struct MovingSettings {
    /// `[moving.django_rest_registration]`.
    pub django_rest_registration: MovingDjangoRestRegistrationSettings,
    /// `[moving.djoser]`.
    pub djoser: MovingDjoserSettings,
    /// `[moving.allauth]`.
    pub allauth: MovingAllauthSettings,
    /// `[moving.simplejwt]`.
    pub simplejwt: MovingSimplejwtSettings,
}

impl MovingSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            django_rest_registration: MovingDjangoRestRegistrationSettings::read(reader),
            djoser: MovingDjoserSettings::read(reader),
            allauth: MovingAllauthSettings::read(reader),
            simplejwt: MovingSimplejwtSettings::read(reader),
        }
    }

    /// Reads the files that hold the secrets.
    pub(super) fn complete(&mut self, reader: &mut Reader) {
        self.django_rest_registration.complete(reader);
        self.djoser.complete(reader);
        self.allauth.complete(reader);
        self.simplejwt.complete(reader);
    }
}
