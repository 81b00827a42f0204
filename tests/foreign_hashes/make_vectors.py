#!/usr/bin/env python3
"""Hashes passwords with the systems that people move here from, and writes vectors.json.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make_vectors.py

The salts are fixed, so that a second run writes the same file.
"""

import base64
import hashlib
import importlib.metadata
import json
import pathlib

import argon2
import bcrypt
import django
import passlib
from django.conf import settings
from firebase_scrypt import encrypt, generate_derived_key
from passlib.hash import pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512, scrypt

FILE = pathlib.Path(__file__).with_name("vectors.json")
SALT = "Mxv1mJkqsyQ3RbV8tYcZ0w"
SALT_BYTES = bytes(range(16))
BCRYPT_SALT = "abcdefghijklmnopqrstuu"

# The parameters of Firebase's own example.
SIGNER_KEY = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
SEPARATOR = "Bw=="

PASSWORDS = {
    "ordinary": "Kettle-Harbor-42",
    "empty": "",
    "composed letters": "Crème brûlée & Żółw 密码 🔑",
    "decomposed letters": "Cre\u0300me bru\u0302le\u0301e 42",
    "blanks inside": "Kettle Harbor\t42",
    "72 bytes": "0123456789ab" * 6,
    "73 bytes, equal in the first 72": "0123456789ab" * 6 + "X",
    "100 bytes of two-byte letters": "é" * 50,
    "1000 characters": "Kettle-Harbor-42 " * 58 + "Kettle-Harbor.",
    "a NUL inside": "Kettle\0Harbor-42",
}


def b64(raw):
    """Base64 without padding, as in PHC strings."""
    return base64.b64encode(raw).decode().rstrip("=")


def django_hashers():
    """Yields names and functions that hash as Django does."""
    settings.configure()
    django.setup()
    from django.contrib.auth import hashers

    # From Django's documentation, "Password upgrading without requiring a login". Before Django 5.1, when its hasher for
    # SHA-1 was removed, the page showed the same with SHA-1.
    class PBKDF2WrappedMD5PasswordHasher(hashers.PBKDF2PasswordHasher):
        algorithm = "pbkdf2_wrapped_md5"

        def encode_md5_hash(self, md5_hash, salt, iterations=None):
            return super().encode(md5_hash, salt, iterations)

        def encode(self, password, salt, iterations=None):
            _, _, md5_hash = hashers.MD5PasswordHasher().encode(password, salt).split("$", 2)
            return self.encode_md5_hash(md5_hash, salt, iterations)

    class Wrapped(hashers.PBKDF2PasswordHasher):
        """Wraps digests that Django no longer makes."""

        def __init__(self, algorithm, digest_of):
            self.algorithm, self.digest_of = algorithm, digest_of

        def encode(self, password, salt, iterations=None):
            return super().encode(self.digest_of(password, salt), salt, iterations)

    wrapped = [
        PBKDF2WrappedMD5PasswordHasher(),
        Wrapped("pbkdf2_wrapped_sha1", lambda password, salt: hashlib.sha1((salt + password).encode()).hexdigest()),
        Wrapped("pbkdf2_wrapped_unsalted_md5", lambda password, _: hashlib.md5(password.encode()).hexdigest()),
        Wrapped("pbkdf2_wrapped_unsalted_sha1", lambda password, _: hashlib.sha1(password.encode()).hexdigest()),
    ]
    for hasher in [hashers.PBKDF2PasswordHasher(), hashers.PBKDF2SHA1PasswordHasher(), *wrapped]:
        yield f"Django {hasher.algorithm}", lambda password, hasher=hasher: hasher.encode(password, SALT, 1_000)

    class CheapArgon2(hashers.Argon2PasswordHasher):
        time_cost, memory_cost, parallelism = 1, 64, 2

    yield "Django argon2", lambda password: CheapArgon2().encode(password, SALT)
    for variant in "ID":
        kind = argon2.low_level.Type[variant]
        yield f"Django argon2, variant {variant.lower()}", lambda password, kind=kind: "argon2" + argon2.low_level.hash_secret(
            password.encode(), SALT.encode(), time_cost=2, memory_cost=64, parallelism=1, hash_len=32, type=kind
        ).decode()

    salt = f"$2b$04${BCRYPT_SALT}".encode()
    yield "Django bcrypt_sha256", lambda password: hashers.BCryptSHA256PasswordHasher().encode(password, salt)
    yield "Django bcrypt", lambda password: hashers.BCryptPasswordHasher().encode(password, salt)
    yield "Django scrypt", lambda password: hashers.ScryptPasswordHasher().encode(password, SALT, 16, 8, 5)
    yield "Django scrypt of another block size", lambda password: hashers.ScryptPasswordHasher().encode(
        password, SALT, 64, 3, 1
    )
    yield "Django's defaults, pbkdf2_sha256", only("ordinary", lambda password: hashers.PBKDF2PasswordHasher().encode(password, SALT))
    yield "Django's defaults, argon2", only("ordinary", lambda password: hashers.Argon2PasswordHasher().encode(password, SALT))
    default = f"$2b$12${BCRYPT_SALT}".encode()
    yield "Django's defaults, bcrypt_sha256", only(
        "ordinary", lambda password: hashers.BCryptSHA256PasswordHasher().encode(password, default)
    )
    yield "Django's defaults, scrypt", only("ordinary", lambda password: hashers.ScryptPasswordHasher().encode(password, SALT))


def other_hashers():
    """Yields names and functions of other systems."""
    for variant in ["2a", "2b"]:
        salt = f"${variant}$04${BCRYPT_SALT}".encode()
        yield f"bcrypt {variant}", lambda password, salt=salt: bcrypt.hashpw(password.encode(), salt).decode()
    # PHP's name for what is 2b elsewhere.
    salt = f"$2b$05${BCRYPT_SALT}".encode()
    yield "bcrypt 2y", lambda password: bcrypt.hashpw(password.encode(), salt).decode().replace("$2b$", "$2y$")
    for hasher in [pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512]:
        hasher = hasher.using(rounds=1_000, salt=SALT_BYTES)
        yield f"Passlib {hasher.name}", hasher.hash
    cheap = scrypt.using(rounds=4, block_size=8, parallelism=2, salt=SALT_BYTES)
    yield "Passlib scrypt", cheap.hash
    for name in ["sha1", "sha256", "sha512"]:
        yield f"PHC pbkdf2-{name}", lambda password, name=name: phc_pbkdf2(name, "i=1000,l=32", password)
    yield "PHC pbkdf2-sha256 without a length", lambda password: phc_pbkdf2("sha256", "i=1000", password)
    for variant in ["ID", "I", "D"]:
        kind = argon2.low_level.Type[variant]
        yield f"PHC argon2{variant.lower()}", lambda password, kind=kind: argon2.low_level.hash_secret(
            password.encode(), SALT_BYTES, time_cost=1, memory_cost=64, parallelism=1, hash_len=32, type=kind
        ).decode()


    for log_n, rounds in [(4, 8), (6, 4)]:
        yield f"Firebase, mem_cost {log_n}", lambda password, log_n=log_n, rounds=rounds: firebase(log_n, rounds, password)
    yield "Firebase's defaults", only("ordinary", lambda password: firebase(14, 8, password))


def firebase(log_n, rounds, password):
    salt = base64.b64encode(SALT_BYTES[:10]).decode()
    key = generate_derived_key(password, salt, SEPARATOR, rounds, log_n)
    output = base64.b64encode(encrypt(base64.b64decode(SIGNER_KEY), key)).decode()
    return f"$firebase-scrypt$ln={log_n},r={rounds}${salt}${SEPARATOR}${output}"


def phc_pbkdf2(name, cost, password):
    output = hashlib.pbkdf2_hmac(name, password.encode(), SALT_BYTES, 1_000, 32)
    return f"$pbkdf2-{name}${cost}${b64(SALT_BYTES)}${b64(output)}"


def only(kind, function):
    """Hashes one kind of password, since it takes long."""
    return lambda password: function(password) if password == PASSWORDS[kind] else None


def refusing(function, password):
    """Returns the hash, or nothing where the system refuses the password."""
    try:
        return function(password)
    except (ValueError, TypeError):
        return None


def main():
    vectors = [
        {"maker": maker, "kind": kind, "password": password, "hash": stored}
        for maker, function in [*django_hashers(), *other_hashers()]
        for kind, password in PASSWORDS.items()
        if (stored := refusing(function, password))
    ]
    made_by = {
        "Django": django.get_version(),
        "argon2-cffi": argon2.__version__,
        "bcrypt": bcrypt.__version__,
        "Passlib": passlib.__version__,
        "firebase-scrypt": importlib.metadata.version("firebase-scrypt"),
    }
    # Firebase's own example, from the README of its implementation.
    example = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
    vectors.append(
        {
            "maker": "Firebase's defaults, its example",
            "kind": "ordinary",
            "password": "user1password",
            "hash": f"$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==${SEPARATOR}${example}",
        }
    )
    text = json.dumps({"made_by": made_by, "vectors": vectors}, indent=1, ensure_ascii=True)
    FILE.write_text(text + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
