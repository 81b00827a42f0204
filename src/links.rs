//! Links: what is mailed to a person, and how what comes back is believed.
