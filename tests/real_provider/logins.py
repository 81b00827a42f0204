"""What every story of a login needs: the paths, the steps, and how an answer refuses."""

import base64
import hashlib
import secrets

from parties import PAGE, expect

ACCOUNTS, DJOSER = "/api/v1/accounts/", "/auth/"
DJ_REST_AUTH, DJANGO_REST_AUTH = "/dj-rest-auth/", "/rest-auth/"
START, FINISH = f"{ACCOUNTS}providers/house/start/", f"{ACCOUNTS}providers/house/finish/"
OWN = f"{ACCOUNTS}provider-accounts/"
PASSWORD = "Kettle-Harbor-42"


def start(person, redirect_uri=PAGE, token=None):
    """Begins a login, or with a token the connection of a provider account. Returns the provider's page."""
    body = {"redirect_uri": redirect_uri} | ({"connect": True} if token else {})
    answer = person.call("POST", START, body, token)
    expect(f"start: {answer.text}", answer.status_code, 200)
    return answer.json()["authorization_url"]


def finish(person, returned, token=None):
    return person.call("POST", FINISH, {"code": returned.get("code"), "state": returned.get("state")}, token)


def log_in(person):
    """Logs in through the first contract. Returns the token."""
    answer = finish(person, person.returns_from(start(person)))
    expect(f"the login of {person.login}: {answer.text}", answer.status_code, 200)
    return answer.json()["token"]


def profile(person, token):
    answer = person.call("GET", f"{ACCOUNTS}profile/", token=token)
    expect(f"profile/: {answer.text}", answer.status_code, 200)
    return answer.json()


def code_for(person, provider, client_id="countersign"):
    """Returns a code of a login that the app has begun itself, and its verifier."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return person.returns_from(provider.url_for(client_id, challenge))["code"], verifier


def proof_of(person, provider):
    """Returns what an app sends to dj-rest-auth after such a login."""
    code, verifier = code_for(person, provider)
    return {"code": code, "code_verifier": verifier}


def register(person, server):
    """Registers a user with a password and the person's login as name, and verifies the user."""
    body = {"username": person.login, "email": f"{person.login}@mail.example", "password": PASSWORD}
    answer = person.call("POST", f"{DJOSER}users/", body)
    expect(f"a registration: {answer.text}", answer.status_code, 201)
    code, told = server.run("users", "verify", person.login)
    expect(f"users verify: {told}", code, 0)


def is_refused(what, answer, code):
    """Checks for a 400 with this code, of the answer or of an error that is no field's."""
    problem = answer.json()
    errors = problem.get("errors", {}).get("non_field_errors", [problem])
    expect(f"{what}: {answer.text}", (answer.status_code, [error["code"] for error in errors]), (400, [code]))
