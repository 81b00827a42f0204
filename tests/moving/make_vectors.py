#!/usr/bin/env python3
"""Writes vectors.json: links and tokens as the packages of Django themselves make them.

    python3 -m venv venv
    venv/bin/pip install django djangorestframework django-rest-registration djoser dj-rest-auth django-allauth \\
        djangorestframework_simplejwt requests
    venv/bin/python tests/moving/make_vectors.py

The tests read vectors.json, so that they need neither Python nor Django. Time, ids and secrets are fixed: the file is
the same after every run.
"""

import datetime
import json
import pathlib
import time
import uuid

SECRET_KEY = "django-insecure-the-key-of-the-old-site-of-all-tests-(7w"
FALLBACK = "the-key-that-the-old-site-had-before-#5v%k2"
OTHER = "the-key-of-some-other-site-altogether-=p9&"
JWT_KEY = "the-signing-key-of-the-old-tokens-of-all-tests"
# When tests begin: 2023-11-14T22:13:20Z.
NOW = 1_700_000_000

import django
from django.conf import settings

settings.configure(
    SECRET_KEY=SECRET_KEY,
    USE_TZ=True,
    TIME_ZONE="UTC",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sites",
        "rest_framework",
        "rest_framework.authtoken",
        "rest_framework_simplejwt.token_blacklist",
        "rest_registration",
        "djoser",
        "allauth",
        "allauth.account",
        "dj_rest_auth",
    ],
    MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
    SITE_ID=1,
    ROOT_URLCONF=__name__,
    REST_REGISTRATION={
        "REGISTER_VERIFICATION_URL": "https://app.example/verify",
        "RESET_PASSWORD_VERIFICATION_URL": "https://app.example/reset",
        "REGISTER_EMAIL_VERIFICATION_URL": "https://app.example/email",
        "VERIFICATION_FROM_EMAIL": "site@app.example",
    },
    SIMPLE_JWT={"SIGNING_KEY": JWT_KEY},
)
django.setup()
urlpatterns = []

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.management import call_command
from django.test.utils import override_settings
from djoser.utils import encode_uid
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken
from rest_registration.signers.register import RegisterSigner
from rest_registration.signers.register_email import RegisterEmailSigner
from rest_registration.signers.reset_password import ResetPasswordSigner

# id, username, address, hash, last login, whether django-rest-registration's flag is set, allauth's addresses.
USERS = [
    (1, "ann", "ann@mail.example", "pbkdf2_sha256$1000$saltofann$TgFYcx5Wy0Y6bXWJCq8dyCzNTGLGUprXJq6pb2F3bkE=", None, True,
     [(1, "ann@mail.example")]),
    (2, "bob", "bob@mail.example", "pbkdf2_sha256$1000$saltofbob$Oz5bRgZ8Zy1aIqYXrXJq6pb2F3bkETgFYcx5Wy0Y6b0=",
     NOW - 86_400, True, [(2, "bob@mail.example"), (3, "bob@work.example")]),
    (3, "cleo", "cleo@mail.example", "pbkdf2_sha256$1000$saltofcleo$Yx5Wy0Y6bXWJCq8dyCzNTGLGUprXJq6pb2F3bkETgFY=", None,
     False, [(4, "cleo@mail.example")]),
    (40, "żółw", "żółw@bücher.example", "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
     NOW - 59, True, [(41, "żółw@bücher.example"), (42, "a@bücher.example"), (43, "Z@mail.example")]),
]
SECRETS = [("present", SECRET_KEY), ("fallback", FALLBACK), ("other", OTHER)]
# Seconds from NOW at which links are made: now, ahead of our clock by as much as is allowed, and further ahead.
TIMES = [0, 60, 61]
NEW_EMAIL = {1: "ann@new.example", 2: "żółw@new.example", 3: "cleo@new.example", 40: "zolw@new.example"}


def at(seconds):
    """Lets everything that asks for the time get this one."""
    instant = NOW + seconds
    time.time = lambda: float(instant)
    PasswordResetTokenGenerator._now = lambda self: datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=instant)


def people():
    call_command("migrate", verbosity=0)
    for pk, username, email, password, last_login, verified, addresses in USERS:
        login = last_login and datetime.datetime.fromtimestamp(last_login, datetime.timezone.utc)
        User.objects.create(pk=pk, username=username, email=email, password=password, last_login=login, is_active=verified)
        for address_pk, address in addresses:
            EmailAddress.objects.create(pk=address_pk, user_id=pk, email=address, primary=address == email)
    return User.objects.order_by("pk")


def registration_links(users):
    for user in users:
        for one_time in (False, True):
            modes = {"REGISTER_VERIFICATION_ONE_TIME_USE": one_time, "RESET_PASSWORD_VERIFICATION_ONE_TIME_USE": one_time}
            with override_settings(REST_REGISTRATION={**settings.REST_REGISTRATION, **modes}):
                register = RegisterSigner({"user_id": user.pk}).get_signed_data()
                reset = ResetPasswordSigner({"user_id": user.pk}).get_signed_data()
            yield "register", one_time, register
            yield "reset-password", one_time, reset
        yield "register-email", False, RegisterEmailSigner({"user_id": user.pk, "email": NEW_EMAIL[user.pk]}).get_signed_data()


def of_django_rest_registration(users):
    for key, secret in SECRETS:
        for seconds in TIMES:
            at(seconds)
            with override_settings(SECRET_KEY=secret):
                for purpose, one_time, data in registration_links(users):
                    data = {name: str(value) for name, value in data.items()}
                    yield {"purpose": purpose, "one_time": one_time, "key": key, "seconds": seconds, **data}


def tokens(users):
    for key, secret in SECRETS:
        # The largest offset of a time zone is 14 hours: these tokens hold local time.
        for seconds in [0, 14 * 3_600 + 60, 14 * 3_600 + 61]:
            at(seconds)
            with override_settings(SECRET_KEY=secret):
                for user in users:
                    base = {"key": key, "seconds": seconds, "user_id": str(user.pk)}
                    yield {**base, "kind": "django", "uid": encode_uid(user.pk), "token": PasswordResetTokenGenerator().make_token(user)}
                    yield {**base, "kind": "allauth", "uid": user_pk_to_url_str(user),
                           "token": EmailAwarePasswordResetTokenGenerator().make_token(user)}


def keys():
    for key, secret in SECRETS:
        for seconds in TIMES:
            at(seconds)
            with override_settings(SECRET_KEY=secret):
                for address in EmailAddress.objects.order_by("pk"):
                    yield {"key": key, "seconds": seconds, "user_id": str(address.user_id), "email_id": str(address.pk),
                           "email": address.email, "confirmation": EmailConfirmationHMAC(address).key}


def jwts(users):
    backends = [("present", TokenBackend("HS256", JWT_KEY)), ("other", TokenBackend("HS256", OTHER))]
    ids = 0
    for key, backend in backends:
        for user in users:
            for kind in (RefreshToken, AccessToken):
                # simplejwt wrote the id as a number before 5.5.1, and as text since.
                for as_number in (False, True):
                    ids += 1
                    token = kind()
                    token["user_id"] = user.pk if as_number else str(user.pk)
                    token["jti"] = uuid.UUID(int=0x2023 << 112 | ids).hex
                    token["iat"], token["exp"] = NOW, NOW + int(kind.lifetime.total_seconds())
                    yield {"key": key, "kind": token["token_type"], "user_id": str(user.pk), "as_number": as_number,
                           "jti": token["jti"], "exp": token["exp"], "token": backend.encode(token.payload)}


def main():
    users = list(people())
    vectors = {
        "now": NOW,
        "secrets": {**dict(SECRETS), "jwt": JWT_KEY},
        "users": [
            {"id": str(pk), "username": username, "email": email, "password": password, "last_login": last_login,
             "is_verified": verified, "addresses": [{"id": str(key), "email": address} for key, address in addresses]}
            for pk, username, email, password, last_login, verified, addresses in USERS
        ],
        "django_rest_registration": list(of_django_rest_registration(users)),
        "tokens": list(tokens(users)),
        "keys": list(keys()),
        "jwts": list(jwts(users)),
    }
    path = pathlib.Path(__file__).with_name("vectors.json")
    lists = [name for name in vectors if isinstance(vectors[name], list)]
    dump = lambda value: json.dumps(value, ensure_ascii=False)
    parts = [f" {dump(name)}: {dump(vectors[name])}" for name in vectors if name not in lists]
    parts += [f" {dump(name)}: [\n  " + ",\n  ".join(map(dump, vectors[name])) + "\n ]" for name in lists]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    print({name: len(vectors[name]) for name in lists})


if __name__ == "__main__":
    main()
