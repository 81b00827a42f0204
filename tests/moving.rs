//! Links and tokens that another system signed before its users moved here. `moving/make_vectors.py` makes them with the
//! packages themselves.

mod allauth;
mod django_rest_registration;
mod djoser;
mod known_and_unknown;
mod old_site;
mod simplejwt;
