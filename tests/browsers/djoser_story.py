"""A user of an app that was written for djoser, from the first page to the deleted account.

The app in `djoser/` has another origin than the API. The user reads pages and mails, types and clicks.
"""

import re

from expectations import expect
from person import Person
from servers import PASSWORD, Djoser, serve_app

ANN, NEW_ADDRESS = "ann@mail.example", "ann@new.example"
SECOND_PASSWORD, THIRD_PASSWORD = "Harbor-Lantern-43", "Lantern-Orchard-44"
VERIFY_ACCOUNT = "Please verify your account at Countersign"
VERIFY_ADDRESS = "Please verify your new e-mail address at Countersign"
RESET_PASSWORD = "Reset your password at Countersign"
RESET_USERNAME = "Choose a new login name at Countersign"
ADDRESS_CHANGED = "Your e-mail address at Countersign was changed"
PASSWORD_CHANGED = "Your password at Countersign was changed"
USERNAME_CHANGED = "Your username at Countersign was changed"
LOGIN_REFUSED = "Unable to log in with provided credentials."
DONE = "Done. Your address is confirmed."


def check(browser, program, work):
    port, app = serve_app("djoser")
    frontend = f"http://localhost:{port}"
    server = Djoser(program, f"{work}/djoser", frontend)
    try:
        app.origin = server.origin
        person = Member(browser, frontend, server)
        registers(person)
        activates(person)
        changes_the_address(person)
        changes_password_and_username(person)
        forgets_the_password(person)
        forgets_the_username(person)
        deletes_the_account(person)
        expect("unexpected mails", server.mailbox.unread_mails(), [])
    finally:
        server.stop()
    print("an app written for djoser registers, activates, changes, resets and deletes an account")


class Member(Person):
    """A user of this app, with a mailbox."""

    def reads_the_link(self, recipient, subject):
        text = self.server.mailbox.read(recipient, subject)
        links = re.findall(rf"{re.escape(self.frontend)}/\S+", text)
        expect(f"links in {subject}", len(links), 1)
        return links[0]

    def logs_in(self, username, password, address):
        self.submits("login", username=username, password=password)
        self.sees("h1", "My account")
        self.is_shown(username, address)

    def is_shown(self, username, address):
        self.sees("#me-username", username)
        self.sees("#me-email", address)

    def is_refused_login(self, username, password):
        self.submits("login", username=username, password=password)
        self.is_refused("login", 400, "token/login/", non_field_errors=[LOGIN_REFUSED])

    def confirms(self, link, result):
        self.opens(link, "Activate")
        self.browser.click("#activate-button")
        self.sees("#result", result)

    def token(self):
        return self.browser.run("return localStorage.getItem('auth_token')")

    def finds_dead(self, token):
        """Opens the account with an ended token. The app must ask for a new login."""
        self.browser.run("localStorage.setItem('auth_token', a[0])", token)
        self.opens("/me", "Log in")
        self.is_told("Log in", "Invalid token.")
        self.console_tells(("users/me/", 401))
        expect("the token is forgotten", self.token(), None)


def registers(person):
    person.opens("/", "Register")
    person.submits("register", username="ben", email=ANN, password=PASSWORD)
    person.is_refused("register", 400, "users/", username=["A user with that username already exists."])
    person.submits("register", username="ann", email=ANN, password="12345")
    person.is_refused("register", 400, "users/", password=[
        "This password is too short. It must contain at least 8 characters.",
        "This password is too common.",
        "This password is entirely numeric.",
    ])
    person.submits("register", username="ann", email="nowhere", password="")
    person.is_refused("register", 400, "users/", email=["Enter a valid email address."],
                      password=["This field may not be blank."])
    person.submits("register", username="ann", email=ANN, password=PASSWORD)
    person.is_told("Look into your mailbox", f"A link is on its way to {ANN}.")
    person.follows("/login", "Log in")
    person.is_refused_login("ann", PASSWORD)


def activates(person):
    link = person.reads_the_link(ANN, VERIFY_ACCOUNT)
    person.confirms(link[:-1], "Invalid token for given user.")
    person.console_tells(("users/activation/", 400))
    person.confirms(link, DONE)
    person.console_tells()
    person.confirms(link, "Stale token for given user.")
    person.console_tells(("users/activation/", 403))
    person.follows("/login", "Log in")
    person.logs_in("ann", PASSWORD, ANN)


def changes_the_address(person):
    person.submits("email", email="nowhere")
    person.is_refused("email", 400, "users/me/", email=["Enter a valid email address."])
    person.submits("email", email=NEW_ADDRESS)
    person.is_told("My account", f"A link is on its way to {NEW_ADDRESS}.")
    person.is_shown("ann", ANN)
    link = person.reads_the_link(NEW_ADDRESS, VERIFY_ADDRESS)
    person.opens("/me", "My account")
    person.is_shown("ann", ANN)
    person.confirms(link, DONE)
    person.follows("/me", "My account")
    person.is_shown("ann", NEW_ADDRESS)
    person.console_tells()
    person.server.mailbox.read(ANN, ADDRESS_CHANGED)
    person.confirms(link, "Stale token for given user.")
    person.console_tells(("users/activation/", 403))


def changes_password_and_username(person):
    person.follows("/me", "My account")
    person.submits("password", new_password=SECOND_PASSWORD, current_password="Not-It-Anymore-1")
    person.is_refused("password", 400, "users/set_password/", current_password=["Invalid password."])
    person.submits("password", new_password=SECOND_PASSWORD, current_password=PASSWORD)
    person.is_told("My account", "Your password is changed.")
    person.server.mailbox.read(NEW_ADDRESS, PASSWORD_CHANGED)
    person.submits("username", new_username="ben", current_password=SECOND_PASSWORD)
    person.is_refused("username", 400, "users/set_username/",
                      new_username=["A user with that username already exists."])
    person.submits("username", new_username="anna", current_password=SECOND_PASSWORD)
    person.is_told("My account", "Your username is changed.")
    person.is_shown("anna", NEW_ADDRESS)
    person.server.mailbox.read(NEW_ADDRESS, USERNAME_CHANGED)
    token = person.token()
    person.submits("logout")
    person.is_told("Log in", "You are logged out.")
    person.console_tells()
    person.finds_dead(token)
    for username, password in (("ann", SECOND_PASSWORD), ("anna", PASSWORD)):
        person.is_refused_login(username, password)


def forgets_the_password(person):
    person.follows("/password/forgot", "I forgot my password")
    person.submits("forgot", email=NEW_ADDRESS)
    person.is_told("Look into your mailbox", f"If {NEW_ADDRESS} has an account, a link is on its way.")
    link = person.reads_the_link(NEW_ADDRESS, RESET_PASSWORD)
    person.opens(link, "Choose a new password")
    person.submits("reset", new_password="anna")
    person.is_refused("reset", 400, "users/reset_password_confirm/", new_password=[
        "The password is too similar to the username.",
        "This password is too short. It must contain at least 8 characters.",
        "This password is too common.",
    ])
    person.submits("reset", new_password=THIRD_PASSWORD)
    person.is_told("Log in", "Your password is set.")
    person.server.mailbox.read(NEW_ADDRESS, PASSWORD_CHANGED)
    person.is_refused_login("anna", SECOND_PASSWORD)
    person.logs_in("anna", THIRD_PASSWORD, NEW_ADDRESS)
    person.submits("logout")
    person.is_told("Log in", "You are logged out.")
    person.console_tells()
    person.opens(link, "Choose a new password")
    person.submits("reset", new_password=PASSWORD)
    person.is_refused("reset", 400, "users/reset_password_confirm/", token=["Invalid token for given user."])


def forgets_the_username(person):
    person.opens("/login", "Log in")
    person.follows("/username/forgot", "I forgot my username")
    person.submits("forgot", email=NEW_ADDRESS)
    person.is_told("Look into your mailbox", f"If {NEW_ADDRESS} has an account, a link is on its way.")
    person.opens(person.reads_the_link(NEW_ADDRESS, RESET_USERNAME), "Choose a new username")
    person.submits("reset", new_username="ben")
    person.is_refused("reset", 400, "users/reset_username_confirm/",
                      new_username=["A user with that username already exists."])
    person.submits("reset", new_username="annette")
    person.is_told("Log in", "Your username is set.")
    person.server.mailbox.read(NEW_ADDRESS, USERNAME_CHANGED)
    person.is_refused_login("anna", THIRD_PASSWORD)
    person.logs_in("annette", THIRD_PASSWORD, NEW_ADDRESS)


def deletes_the_account(person):
    token = person.token()
    person.submits("delete", current_password=SECOND_PASSWORD)
    person.is_refused("delete", 400, "users/me/", current_password=["Invalid password."])
    person.submits("delete", current_password=THIRD_PASSWORD)
    person.is_told("Log in", "Your account is deleted.")
    person.is_refused_login("annette", THIRD_PASSWORD)
    person.finds_dead(token)
