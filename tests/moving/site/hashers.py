"""Django's hashers at a cost at which a test can make some dozens, and the wrapped one of Django's documentation."""

from django.contrib.auth.hashers import (
    BCryptPasswordHasher,
    BCryptSHA256PasswordHasher,
    PBKDF2PasswordHasher,
)
import hashlib


class QuickPBKDF2(PBKDF2PasswordHasher):
    iterations = 20_000


class QuickBCryptSHA256(BCryptSHA256PasswordHasher):
    rounds = 5


class QuickBCrypt(BCryptPasswordHasher):
    rounds = 5


class WrappedSHA1(PBKDF2PasswordHasher):
    """PBKDF2 of a salted SHA-1, as a site has it that gave up SHA-1 without waiting for logins."""

    algorithm = "pbkdf2_wrapped_sha1"
    iterations = 20_000

    def encode(self, password, salt, iterations=None):
        inner = hashlib.sha1((salt + password).encode()).hexdigest()
        return super().encode(inner, salt, iterations)
