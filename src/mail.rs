//! Mails: what they say, how they travel, and the worker that sees that none is lost.
