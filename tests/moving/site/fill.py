#!/usr/bin/env python3
"""Fills the site of $PACKAGE below $SITE through the package's own endpoints, and writes `dump.json`, as `dumpdata`
does, and `facts.json`: what each person knows and has in the mailbox.
"""

import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

PASSWORD = "Kettle-Harbor-42"
HASHERS = ["pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt", "scrypt", "pbkdf2_wrapped_sha1"]
NEWCOMER = {"username": "newcomer", "email": "newcomer@mail.example"}
# Mails are read here, in the process that sends them.
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LINK = re.compile(rf"(?:{re.escape(settings.PAGES)}|http://testserver)[^\s<>\"]+")


class People:
    def __init__(self):
        self.facts = []
        self.hashes = {}

    def add(self, username, password=PASSWORD, hasher="pbkdf2_sha256", **state):
        user = User.objects.create(username=username, email=f"user{len(self.facts)}@mail.example",
                                   password=make_password(password, hasher=hasher), **state)
        self.know(user, password, hasher=hasher)

    def know(self, user, password, **more):
        user.refresh_from_db()
        self.hashes[user.pk] = user.password
        self.facts.append({
            "id": user.pk, "username": user.username, "email": user.email, "password": password,
            "is_active": user.is_active, "is_staff": user.is_staff, "first_name": user.first_name,
            "last_name": user.last_name, "links": {}, **more,
        })

    def knows_the_newcomer(self, kind):
        """The newcomer has registered, and been mailed a link of this kind."""
        user = User.objects.get(username=NEWCOMER["username"])
        self.know(user, PASSWORD, is_unverified=True, links={kind: mailed_link()})

    def anns(self):
        """Returns the facts of those who have a hash of each kind."""
        return [fact for fact in self.facts if fact["username"].startswith("ann_")]

    def put_hashes_back(self):
        """Undoes what Django does at a login: it hashes the password anew with its first hasher."""
        for pk, stored in self.hashes.items():
            User.objects.filter(pk=pk).update(password=stored)


def post(path, body, status, client=None):
    answer = (client or APIClient()).post(path, body, format="json")
    if answer.status_code != status:
        raise SystemExit(f"{path} {body}: {answer.status_code} {answer.content[:500]}, not {status}")
    return answer.json() if answer.content else None


def mailed_link():
    """Returns the link in the only mail since the last call."""
    if len(mail.outbox) != 1:
        raise SystemExit(f"{len(mail.outbox)} new mails")
    return LINK.search(mail.outbox.pop().body).group().replace("&amp;", "&")


def everybody(people):
    for hasher in HASHERS:
        people.add(f"ann_{hasher}", hasher=hasher)
    people.add("żółw", password="zażółć gęślą jaźń 7", first_name="Żółw", last_name="Błotny")
    people.add("disabled", is_active=False, last_login="2026-06-01T10:00:00Z")
    people.add("staff", is_staff=True, last_login="2026-10-01T10:00:00Z")
    social = User.objects.create(username="social", email="social@mail.example", password=make_password(None))
    people.know(social, None)
    for fact in people.facts:
        if fact["is_active"] and fact["password"]:
            fact["token"] = Token.objects.create(user_id=fact["id"]).key


def djoser(people):
    from rest_framework_simplejwt.tokens import RefreshToken
    post("/auth/users/", {**NEWCOMER, "password": PASSWORD}, 201)
    people.knows_the_newcomer("activation")
    for fact in people.anns():
        post("/auth/users/reset_password/", {"email": fact["email"]}, 204)
        fact["links"]["reset-password"] = mailed_link()
        login = {"username": fact["username"], "password": fact["password"]}
        if fact["hasher"] == "argon2":
            post("/auth/users/reset_username/", {"email": fact["email"]}, 204)
            fact["links"]["reset-username"] = mailed_link()
            fact["blacklisted_refresh"] = post("/auth/jwt/create/", login, 200)["refresh"]
            RefreshToken(fact["blacklisted_refresh"]).blacklist()
        else:
            fact.update(post("/auth/jwt/create/", login, 200))


def dj_rest_auth(people):
    from allauth.account.models import EmailAddress
    from allauth.socialaccount.models import SocialAccount
    for fact in people.facts:
        EmailAddress.objects.create(user_id=fact["id"], email=fact["email"], verified=True, primary=True)
    SocialAccount.objects.create(user=User.objects.get(username="social"), provider="github", uid="4242")
    post("/dj-rest-auth/registration/", {**NEWCOMER, "password1": PASSWORD, "password2": PASSWORD}, 201)
    people.knows_the_newcomer("confirm-email")
    for fact in people.anns():
        post("/dj-rest-auth/password/reset/", {"email": fact["email"]}, 200)
        fact["links"]["reset-password"] = mailed_link()
        if fact["hasher"] != "argon2":
            login = post("/dj-rest-auth/login/", {"username": fact["username"], "password": fact["password"]}, 200)
            fact.update(access=login["access"], refresh=login["refresh"])


def django_rest_registration(people):
    path = "/api/v1/accounts"
    post(f"{path}/register/", {**NEWCOMER, "password": PASSWORD, "password_confirm": PASSWORD}, 201)
    people.knows_the_newcomer("register")
    for fact in people.anns():
        post(f"{path}/send-reset-password-link/", {"login": fact["username"]}, 200)
        fact["links"]["reset-password"] = mailed_link()
        if fact["hasher"] == "bcrypt":
            fact["new_email"] = "new-address@mail.example"
            client = APIClient()
            client.credentials(HTTP_AUTHORIZATION=f"Token {fact['token']}")
            post(f"{path}/register-email/", {"email": fact["new_email"]}, 200, client)
            fact["links"]["register-email"] = mailed_link()


def main():
    call_command("migrate", verbosity=0)
    people = People()
    everybody(people)
    fill = {"djoser": djoser, "dj-rest-auth": dj_rest_auth}.get(settings.PACKAGE, django_rest_registration)
    fill(people)
    people.put_hashes_back()
    for fact in people.facts:
        user = User.objects.get(pk=fact["id"])
        fact["last_login"] = user.last_login and int(user.last_login.timestamp())
    call_command("dumpdata", output=str(settings.HOME / "dump.json"), verbosity=0)
    call_command("dumpdata", output=str(settings.HOME / "dump.jsonl"), format="jsonl", verbosity=0)
    (settings.HOME / "facts.json").write_text(json.dumps(people.facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
