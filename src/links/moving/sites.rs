//! The systems whose links are accepted.

use std::sync::Arc;

use super::allauth::Allauth;
use super::django_rest_registration::DjangoRestRegistration;
use super::djoser::Djoser;

/// The packages whose links are accepted, and their keys. The default accepts none.
#[derive(Clone, Debug, Default)]
pub struct OldLinks {
    /// django-rest-registration.
    pub django_rest_registration: Option<Arc<DjangoRestRegistration>>,
    /// djoser.
    pub djoser: Option<Arc<Djoser>>,
    /// dj-rest-auth and django-rest-auth, with and without allauth.
    pub allauth: Option<Arc<Allauth>>,
}
