//! What the settings accept of the systems that users moved here from.

use std::sync::Arc;

use crate::links::{Allauth, DjangoRestRegistration, Djoser, OldLinks, OldRules};
use crate::settings::MovingSettings;
use crate::tokens::Simplejwt;

/// Returns the packages whose links are accepted.
pub(super) fn old_links(settings: &MovingSettings) -> OldLinks {
    let MovingSettings { django_rest_registration, djoser, allauth, .. } = settings;
    let rules = OldRules {
        register_one_time_use: django_rest_registration.register_one_time_use,
        register_valid_for: django_rest_registration.register_expires_after,
        reset_one_time_use: django_rest_registration.reset_password_one_time_use,
        reset_valid_for: django_rest_registration.reset_password_expires_after,
        email_valid_for: django_rest_registration.register_email_expires_after,
    };
    let registration = &django_rest_registration.secrets;
    OldLinks {
        django_rest_registration: (!registration.is_empty())
            .then(|| Arc::new(DjangoRestRegistration::new(registration.clone(), rules))),
        djoser: (!djoser.secrets.is_empty())
            .then(|| Arc::new(Djoser::new(djoser.secrets.clone(), djoser.expires_after, djoser.utc_offset_seconds))),
        allauth: (!allauth.secrets.is_empty()).then(|| {
            let (keys, resets) = (allauth.confirmation_expires_after, allauth.reset_password_expires_after);
            Arc::new(Allauth::new(allauth.secrets.clone(), keys, resets, allauth.utc_offset_seconds))
        }),
    }
}

/// Returns what verifies the refresh tokens that are accepted; `None` if none are.
pub(super) fn old_tokens(settings: &MovingSettings) -> Option<Arc<Simplejwt>> {
    let simplejwt = &settings.simplejwt;
    let is_on = !simplejwt.secrets.is_empty();
    is_on.then(|| Arc::new(Simplejwt::new(&simplejwt.secrets, &simplejwt.user_id_claim)))
}
