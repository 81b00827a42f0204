"""The documented differences that the walks meet."""

import re

from guides import page


class Row:
    """The lines of a step that only one of the servers shows, and where the documentation says so."""

    def __init__(self, source, walk, step, django, countersign):
        self.source, self.walk, self.step, self.django, self.countersign = source, walk, step, django, countersign

    def is_documented(self):
        """Whether `row X` is a row of docs/differences.md, and any other source a sentence of docs/moving.md."""
        if row := re.fullmatch("row (.*)", self.source):
            return f"\n| {row[1]} |" in page("differences.md")
        return self.source in " ".join(page("moving.md").split())


ROWS = [
    Row("row W9", "new users of djoser", "registers with nothing",
        django=[],
        countersign=["error at register.email: This field may not be blank."]),
    Row("row W5", "new users of djoser", "resets to her own name",
        django=[],
        countersign=["error at reset.new_password: The password is too similar to the username."]),
    Row("row W4", "new users of djoser", "changes the address",
        django=["text ann@new.example"],
        countersign=["text ann@mail.example"]),
    Row("row Y4", "new users of dj-rest-auth", "saves the name that she has",
        django=["error at username.username: A user with that username already exists.", "call PATCH user/ 400"],
        countersign=["call PATCH user/ 200", "answer email: str", "answer first_name: str", "answer last_name: str",
                     "answer pk: id", "answer username: str"]),
    Row("row Y5", "new users of dj-rest-auth", "registers with a taken address",
        django=["address /register", "text Register", "text Username", "text Password", "text Password again",
                "text Register", "error at register.email: User is already registered with this e-mail address.",
                "register.username holds 'andrew'", "register.email holds 'ann@mail.example'",
                "call POST registration/ 400"],
        countersign=["address /mailbox", "text Verification e-mail sent.", "text Look into your mailbox",
                     "text Send the link again", "resend.email holds ''", "call POST registration/ 201",
                     "answer detail: str"]),
    Row("row 27", "new users of django-rest-registration", "looks whether the address is changed",
        django=[],
        countersign=["answer pending_email: str"]),
    *(Row("row 2", f"{users} of django-rest-registration", step,
          django=["address /login", "text Reset password successful", "text Log in", "text Username", "text Password",
                  "text Log in", "text I forgot my password", "login.login holds ''", "call POST reset-password/ 200",
                  "answer detail: str"],
          countersign=["address /reset-password/?user_id=<…>&timestamp=<…>&signature=<…>", "text Choose a new password",
                       "text New password", "text Set my password",
                       "error at reset.detail: This link has already been used.", "call POST reset-password/ 400"])
      for users, step in (("new users", "resets again"), ("moved users", "ben resets again"))),
    Row("are refused with 401 and `token_not_valid`, so that clients refresh", "moved users of dj-rest-auth",
        "ann comes back",
        django=[],
        countersign=["call GET user/ 401", "call POST token/refresh/ 200", "answer access: str",
                     "answer access_expiration: str"]),
]
