//! The HTTP face: actix-web lives here and nowhere else.
