//! Settings: read in layers, checked together, parsed once into types that carry their units.
