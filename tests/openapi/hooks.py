"""Logs schemathesis in. Its requests log out, change passwords and delete users, so a login is made anew when the last one
has ended, and a user when none can log in any more."""

import itertools
import os

import schemathesis
import server

origin = os.environ["COUNTERSIGN_ORIGIN"]
numbers = itertools.count(1)
user, header = None, None


def log_in():
    """Returns the header of a new login."""
    global user
    for _ in range(3):
        if user:
            status, body = server.post(f"{origin}/api/v1/accounts/login/", {"login": user, "password": server.PASSWORD})
            if status == 200:
                return f"Bearer {body['access']}" if "access" in body else f"Token {body['token']}"
        user = f"user{next(numbers)}"
        password = server.PASSWORD
        body = {"username": user, "email": f"{user}@example.org", "password": password, "password_confirm": password}
        server.post(f"{origin}/api/v1/accounts/register/", body)
    raise RuntimeError("no user can log in")


@schemathesis.hook
def before_call(context, case, kwargs):
    global header
    if not case.operation.definition.raw.get("security"):
        return
    # Some requests come without a login.
    if next(numbers) % 10 == 0:
        return
    header = header or log_in()
    case.headers["Authorization"] = header


@schemathesis.hook
def after_call(context, case, response):
    global header
    if response.status_code == 401:
        header = None
