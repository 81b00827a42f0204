"""Users of an app with JSON Web Tokens and profiles, from the registration to the logout.

The app in `events/` has another origin than the API. The user reads pages, types and clicks.
"""

import base64
import json
import time

from expectations import expect, wait_for
from person import Person
from servers import PASSWORD, Events, serve_app

LOGIN_REFUSED = "No active account found with the given credentials"
FORBIDDEN = "You do not have permission to perform this action."
NOT_VALID = "Given token not valid for any token type"
SAVED = "Your profile is saved."


def check(browser, program, work):
    port, app = serve_app("events")
    server = Events(program, f"{work}/events")
    try:
        app.origin = server.origin
        person = Member(browser, f"http://localhost:{port}", server)
        registers(person)
        fills_in_the_profile(person)
        visits_others(person)
        stays_logged_in(person)
        logs_out(person)
    finally:
        server.stop()
    print("an app with JSON Web Tokens registers, shows and changes profiles, refreshes its tokens and logs out")


class Member(Person):
    """A user of this app."""

    def meant(self, told, wanted):
        """Leaves out calls that met the end of the access token, which the app sent again."""
        wanted, meant = list(wanted), []
        for report in told:
            if report in wanted:
                wanted.remove(report)
            elif isinstance(report, tuple) and report[1] == 401:
                continue
            meant.append(report)
        return meant

    def token(self, kind):
        return self.browser.run("return localStorage.getItem(a[0])", kind)

    def waits_for_expiry(self):
        """Waits until the access token has ended."""
        payload = self.token("access").split(".")[1]
        ends_at = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"]
        wait_for("the access token does not end", lambda: time.time() >= ends_at)

    def shows(self, description, location, is_organizer):
        """Waits until the form holds these values."""
        script = "const {elements: e} = document.querySelector('#profile-form');" \
            "return [e.namedItem('description').value, e.namedItem('location').value, e.namedItem('is_organizer').checked]"
        wanted = [description, location, is_organizer]
        wait_for(f"FAILED: the profile is not {wanted}", lambda: self.browser.run(script) == wanted,
                 lambda: self.browser.run(script))

    def profile_id(self):
        """The id of the profile that is open."""
        return self.browser.run("return location.pathname.split('/').pop()")

    def opens_the_profile_of(self, name):
        self.follows("/profiles", "Everybody")
        self.browser.click_on_text("a", name)
        self.sees("h1", name)


def registers(person):
    person.opens("/", "Register")
    person.submits("register", username="ben", email="ann@mail.example", password=PASSWORD)
    person.is_refused("register", 400, "users/", username=["A user with that username already exists."])
    person.submits("register", username="ann", email="ann@mail.example", password=PASSWORD)
    person.is_told("Log in", "Welcome, ann.")
    person.submits("login", username="ann", password="Not-It-Anymore-1")
    person.is_refused("login", 401, "jwt/create/", detail=[LOGIN_REFUSED])
    person.submits("login", username="ann", password=PASSWORD)
    person.sees("h1", "ann")
    person.shows("", "", False)


def fills_in_the_profile(person):
    person.submits("profile", location="x" * 31)
    person.is_refused("profile", 400, "/api/accounts/profile/" + person.profile_id(),
                      location=["Ensure this field has no more than 30 characters."])
    person.browser.click("#profile-form [name=is_organizer]")
    person.submits("profile", description="Runs the hall.", location="Hall 3")
    person.is_told("ann", SAVED)
    person.submits("profile", location="Hall 4")
    person.is_told("ann", SAVED)
    person.opens(f"/profiles/{person.profile_id()}", "ann")
    person.shows("Runs the hall.", "Hall 4", True)


def visits_others(person):
    person.follows("/profiles", "Everybody")
    person.sees("li", "ann", "ben")
    person.opens_the_profile_of("ben")
    person.shows("", "", False)
    person.submits("profile", description="Ben owes me money.")
    path = "/api/accounts/profile/" + person.profile_id()
    person.is_refused("profile", 403, path, detail=[FORBIDDEN])
    person.opens(f"/profiles/{person.profile_id()}", "ben")
    person.shows("", "", False)


def stays_logged_in(person):
    before = person.token("access"), person.token("refresh")
    person.console_tells()
    person.waits_for_expiry()
    person.opens_the_profile_of("ann")
    person.shows("Runs the hall.", "Hall 4", True)
    person.console_tells(("/api/accounts/all-profiles", 401))
    after = person.token("access"), person.token("refresh")
    expect("both tokens are new", [new == old for new, old in zip(after, before)], [False, False])


def logs_out(person):
    ended = {kind: person.token(kind) for kind in ("access", "refresh")}
    person.follows("/logout", "Log out")
    person.submits("logout")
    person.is_told("Log in", "You are logged out.")
    person.console_tells()
    # Somebody else kept both tokens.
    person.browser.run("Object.entries(a[0]).forEach(([key, value]) => localStorage.setItem(key, value))", ended)
    person.opens("/profiles", "Log in")
    person.is_told("Log in", NOT_VALID)
    person.console_tells(("/api/accounts/all-profiles", 401), ("jwt/refresh/", 401))
    expect("the tokens are forgotten", person.token("access"), None)
