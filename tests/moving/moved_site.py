"""A site that has moved: Countersign with the users of an old site, and what a frontend of its package calls.

For scripts with `real_provider` on their path.
"""

import json
import os
import re
import subprocess
import urllib.parse

import requests

from parties import PATIENCE_S, Server, expect

# The secret of the old sites.
OLD_SECRET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site", "old.secret")
# As on the old sites, and quick.
SETTINGS = """
throttle.enabled = false
passwords.memory_kib = 8
passwords.passes = 1
sessions.cookie_secure = false
login.token = true
login.fields = ["username", "email"]
"""


class Countersign(Server):
    """The program, in a directory of its own."""

    def __init__(self, program, directory, settings):
        os.mkdir(directory)
        super().__init__(directory, "/readyz")
        self.program, self.variables = program, {}
        self.command = [program, "--settings", "settings.toml", "serve"]
        with open(os.path.join(directory, "settings.toml"), "w", encoding="utf-8") as file:
            file.write(f'server.bind = "{self.origin.removeprefix("http://")}"\n{SETTINGS}{settings}')

    def run(self, *arguments):
        """Runs a command, which must succeed. Returns what it wrote to standard output."""
        ended = subprocess.run([*self.command[:3], *arguments], cwd=self.directory, capture_output=True, text=True,
                               timeout=PATIENCE_S, check=False)
        expect(f"{' '.join(arguments)}: {ended.stdout}{ended.stderr}", ended.returncode, 0)
        return ended.stdout

    def user(self, person):
        return json.loads(self.run("users", "show", f"id:{person['id']}", "--json"))


class Contract:
    """A frontend that was written for the package, and had its base URL changed. Old tokens are sent as before."""

    logout_path = "logout/"
    # Where a new access token is got, and where a refresh token is ended, if there are such tokens.
    refresh_path = revoke_path = None

    def __init__(self, server):
        self.server = server

    def call(self, method, path, body=None, authorization=None):
        headers = {"Authorization": authorization} if authorization else {}
        return requests.request(method, self.server.origin + self.base + path, json=body, headers=headers,
                                timeout=PATIENCE_S)

    def post(self, path, body):
        return self.call("POST", path, body).status_code

    def me(self, authorization):
        """Returns the id that the contract shows of the logged-in user, or the status of the refusal."""
        answer = self.call("GET", self.own_path, authorization=authorization)
        return answer.json()[self.id_member] if answer.status_code == 200 else answer.status_code

    def credentials(self, name, password):
        return {"username": name, "password": password}

    def log_in(self, name, password):
        """Returns the `Authorization` of a new login, or nothing if it is refused."""
        answer = self.call("POST", self.login_path, self.credentials(name, password))
        return self.authorization(answer.json()) if answer.status_code == 200 else None

    def log_out(self, authorization):
        return self.call("POST", self.logout_path, {}, authorization).status_code

    def other_links(self, people):
        """Follows the links that only this package mails."""


def parts_of(link):
    """Returns the last two parts of a link's path, as routers of frontends do."""
    return urllib.parse.urlsplit(link).path.strip("/").split("/")[-2:]


class Djoser(Contract):
    base, own_path, id_member, login_path = "/auth/", "users/me/", "id", "token/login/"
    logout_path, refresh_path, revoke_path = "token/logout/", "jwt/refresh/", "jwt/blacklist/"
    settings = f"""
contracts.djoser.enabled = true
contracts.djoser.jwt = true
moving.djoser.secrets_file = "{OLD_SECRET}"
moving.simplejwt.secrets_file = "{OLD_SECRET}"
"""

    def authorization(self, answer):
        return f"Token {answer['auth_token']}"

    def register(self, name, email, password):
        return self.post("users/", {"username": name, "email": email, "password": password})

    def activate(self, links):
        uid, token = parts_of(links["activation"])
        return self.post("users/activation/", {"uid": uid, "token": token})

    def reset(self, link, password):
        uid, token = parts_of(link)
        return self.post("users/reset_password_confirm/", {"uid": uid, "token": token, "new_password": password})

    def other_links(self, people):
        """A link to another username is dead after the password was reset, as it was there."""
        for link in (person["links"]["reset-username"] for person in people if "reset-username" in person["links"]):
            uid, token = parts_of(link)
            body = {"uid": uid, "token": token, "new_username": "mallory"}
            expect("the link to another username", self.post("users/reset_username_confirm/", body), 400)


class DjRestAuth(Contract):
    base, own_path, id_member, login_path = "/dj-rest-auth/", "user/", "pk", "login/"
    refresh_path, revoke_path = "token/refresh/", "logout/"
    settings = f"""
contracts.dj_rest_auth.enabled = true
contracts.dj_rest_auth.use_jwt = true
contracts.dj_rest_auth.jwt_auth_httponly = false
moving.allauth.secrets_file = "{OLD_SECRET}"
moving.simplejwt.secrets_file = "{OLD_SECRET}"
"""

    def authorization(self, answer):
        return f"Bearer {answer['access']}"

    def register(self, name, email, password):
        body = {"username": name, "email": email, "password1": password, "password2": password}
        return self.post("registration/", body)

    def activate(self, links):
        return self.post("registration/verify-email/", {"key": re.search(r"[^/]+$", links["confirm-email"]).group()})

    def reset(self, link, password):
        uid, token = parts_of(link)
        body = {"uid": uid, "token": token, "new_password1": password, "new_password2": password}
        return self.post("password/reset/confirm/", body)


class DjangoRestRegistration(Contract):
    base, own_path, id_member, login_path = "/api/v1/accounts/", "profile/", "id", "login/"
    settings = f"""
contracts.accounts.enabled = true
moving.django_rest_registration.secrets_file = "{OLD_SECRET}"
"""

    def credentials(self, name, password):
        return {"login": name, "password": password}

    def authorization(self, answer):
        return f"Token {answer['token']}"

    def register(self, name, email, password):
        body = {"username": name, "email": email, "password": password, "password_confirm": password}
        return self.post("register/", body)

    def parameters(self, link):
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))

    def activate(self, links):
        return self.post("verify-registration/", self.parameters(links["register"]))

    def reset(self, link, password):
        return self.post("reset-password/", self.parameters(link) | {"password": password})

    def verify_email(self, parameters):
        return self.post("verify-email/", parameters)

    def other_links(self, people):
        """A link to another address proves that address and no other."""
        for person in (person for person in people if "new_email" in person):
            parameters = self.parameters(person["links"]["register-email"])
            other = parameters | {"email": "mallory@mail.example"}
            expect("the link with another address", self.verify_email(other), 400)
            expect("the link to another address", self.verify_email(parameters), 200)
            # As with our own links: a mail scanner may have followed it before its reader.
            expect("the same link again", self.verify_email(parameters), 200)
            person["email"] = person["new_email"]


class Once(DjangoRestRegistration):
    """The same, where the old site's links worked once."""

    settings = DjangoRestRegistration.settings + """
moving.django_rest_registration.register_one_time_use = true
moving.django_rest_registration.reset_password_one_time_use = true
"""


CONTRACTS = {
    "djoser": Djoser,
    "dj-rest-auth": DjRestAuth,
    "django-rest-registration": DjangoRestRegistration,
    "django-rest-registration-once": Once,
}
