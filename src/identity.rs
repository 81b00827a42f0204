//! Who a user is: the values that name a person, each parsed once into a type that cannot be wrong.
