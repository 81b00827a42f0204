"""The differences of docs/differences.md that the walks meet."""

import os
import re

from sides import HERE


class Row:
    """A row of docs/differences.md, and the lines of a step that only one of the servers shows."""

    def __init__(self, row, package, step, django, countersign):
        self.row, self.package, self.step, self.django, self.countersign = row, package, step, django, countersign


ROWS = [
    Row("W9", "djoser", "registers with nothing",
        django=[],
        countersign=["error at register.email: This field may not be blank."]),
    Row("W5", "djoser", "resets to her own name",
        django=[],
        countersign=["error at reset.new_password: The password is too similar to the username."]),
    Row("W4", "djoser", "changes the address",
        django=["text ann@new.example"],
        countersign=["text ann@mail.example"]),
    Row("Y4", "dj-rest-auth", "saves the name that she has",
        django=["error at username.username: A user with that username already exists.", "call PATCH user/ 400"],
        countersign=["call PATCH user/ 200"]),
    Row("Y5", "dj-rest-auth", "registers with a taken address",
        django=["address /register", "text Register", "text Username", "text Password", "text Password again",
                "text Register", "error at register.email: User is already registered with this e-mail address.",
                "register.username holds 'andrew'", "register.email holds 'ann@mail.example'",
                "call POST registration/ 400"],
        countersign=["address /mailbox", "text Verification e-mail sent.", "text Look into your mailbox",
                     "text Send the link again", "resend.email holds ''", "call POST registration/ 201"]),
    Row("2", "django-rest-registration", "resets again",
        django=["address /login", "text Reset password successful", "text Log in", "text Username", "text Password",
                "text Log in", "text I forgot my password", "login.login holds ''", "call POST reset-password/ 200"],
        countersign=["address /reset-password/?user_id=<…>&timestamp=<…>&signature=<…>", "text Choose a new password",
                     "text New password", "text Set my password",
                     "error at reset.detail: This link has already been used.", "call POST reset-password/ 400"]),
]


def rows_of_the_page():
    with open(os.path.join(HERE, "..", "..", "docs", "differences.md"), encoding="utf-8") as file:
        return set(re.findall(r"^\| ([A-Z]?\d*) \|", file.read(), re.MULTILINE))
