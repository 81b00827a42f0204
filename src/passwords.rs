//! Passwords: the rules a new one must meet, and the lane that hashes and verifies them.
