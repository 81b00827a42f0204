"""A user of the app for django-rest-registration, from the first page to the last logout."""

from walk import ANN, CARA, FIRST, NEW_ADDRESS, SECOND, THIRD, spoiled

PACKAGE, APP, BASE_PATH = "django-rest-registration", "apps/django_rest_registration", "/api/v1/accounts/"
MODELS = ["auth.user", "authtoken.token"]
# The first user of the site.
REGISTER, BEN = "register/", {"username": "ben", "email": "ben@mail.example", "password": FIRST,
                              "password_confirm": FIRST}

MAILBOX, CONFIRM, LOGIN, PROFILE = "Look into your mailbox", "Confirm your address", "Log in", "My profile"
FORGOT, RESET = "I forgot my password", "Choose a new password"


def go(user):
    registers(user)
    confirms(user)
    changes(user)
    changes_the_address(user)
    forgets_the_password(user)


def fields(username="ann", email=ANN, password=FIRST, again=None):
    return {"username": username, "first_name": "Ann", "email": email, "password": password,
            "password_confirm": again or password}


def registers(user):
    user.opens("opens the app", "/", "Register")
    user.submits("registers with nothing", "register", "Register")
    user.submits("registers with a taken name", "register", "Register", **fields(username="ben"))
    user.submits("registers with a bad name", "register", "Register", **fields(username="ann b"))
    user.submits("registers with a short password", "register", "Register", **fields(password="12345"))
    user.submits("registers with two passwords", "register", "Register", **fields(again=SECOND))
    user.submits("registers with her name as password", "register", "Register",
                 **fields(username="annabella", password="annabella"))
    user.submits("registers with a bad address", "register", "Register", **fields(email="nowhere"))
    user.submits("registers", "register", MAILBOX, **fields())
    user.follows("goes to the login", "/login", LOGIN)
    user.submits("logs in before the address is confirmed", "login", LOGIN, login="ann", password=FIRST)


def confirms(user):
    link = user.link(ANN)
    user.opens("opens a spoiled link", spoiled(link), CONFIRM)
    user.clicks("confirms with a spoiled link", "#verify-button", CONFIRM)
    user.opens("opens the link", link, CONFIRM)
    user.clicks("confirms", "#verify-button", LOGIN)
    user.opens("opens the link again", link, CONFIRM)
    user.clicks("confirms again", "#verify-button", LOGIN)
    user.submits("logs in with nothing", "login", LOGIN, login="", password="")
    user.submits("logs in with a wrong password", "login", LOGIN, login="ann", password=SECOND)
    user.submits("logs in as nobody", "login", LOGIN, login="nobody", password=FIRST)
    user.submits("logs in", "login", PROFILE, login="ann", password=FIRST)
    user.opens("comes back later", "/profile", PROFILE)


def changes(user):
    user.submits("changes the profile", "profile", PROFILE, first_name="Anna", last_name="Teak")
    user.submits("takes the name of another user", "profile", PROFILE, username="ben")
    user.submits("changes the name", "profile", PROFILE, username="anna")
    user.submits("changes the password with a wrong one", "password", PROFILE, old_password=SECOND, password=SECOND,
                 password_confirm=SECOND)
    user.submits("changes the password to two", "password", PROFILE, old_password=FIRST, password=SECOND,
                 password_confirm=THIRD)
    user.submits("changes the password to a bad one", "password", PROFILE, old_password=FIRST, password="password",
                 password_confirm="password")
    user.submits("changes the password", "password", PROFILE, old_password=FIRST, password=SECOND,
                 password_confirm=SECOND)
    dead = user.browser.run("return localStorage.getItem('token')")
    user.submits("logs out", "logout", LOGIN)
    user.browser.run("localStorage.setItem('token', a[0])", dead)
    user.opens("comes back with an ended token", "/profile", LOGIN)
    user.submits("logs in with the old name", "login", LOGIN, login="ann", password=SECOND)
    user.submits("logs in with the old password", "login", LOGIN, login="anna", password=FIRST)
    user.submits("logs in with the new ones", "login", PROFILE, login="anna", password=SECOND)


def changes_the_address(user):
    user.submits("changes to a bad address", "email", PROFILE, email="nowhere")
    user.submits("changes the address", "email", PROFILE, email=NEW_ADDRESS)
    user.opens("looks whether the address is changed", "/profile", PROFILE)
    link = user.link(NEW_ADDRESS)
    user.opens("opens a spoiled link of the address", spoiled(link), CONFIRM)
    user.clicks("confirms the address with a spoiled link", "#verify-button", CONFIRM)
    user.opens("opens the link of the address", link, CONFIRM)
    user.clicks("confirms the address", "#verify-button", LOGIN)
    user.follows("looks at the new address", "/profile", PROFILE)
    user.submits("logs out with the new address", "logout", LOGIN)


def forgets_the_password(user):
    user.follows("has forgotten the password", "/forgot", FORGOT)
    user.submits("asks with nothing", "forgot", FORGOT)
    user.submits("asks with an unknown name", "forgot", MAILBOX, login="nobody")
    user.opens("goes back", "/forgot", FORGOT)
    user.submits("asks for a new password", "forgot", MAILBOX, login="anna")
    link = user.link(NEW_ADDRESS)
    user.opens("opens a spoiled link of a reset", spoiled(link), RESET)
    user.submits("resets with a spoiled link", "reset", RESET, password=THIRD)
    user.opens("opens the link of a reset", link, RESET)
    user.submits("resets to a bad password", "reset", RESET, password="12345")
    user.submits("resets", "reset", LOGIN, password=THIRD)
    user.submits("logs in with the password before", "login", LOGIN, login="anna", password=SECOND)
    user.submits("logs in with the new password", "login", PROFILE, login="anna", password=THIRD)
    user.submits("logs out after the reset", "logout", LOGIN)
    user.opens("opens the link of a reset again", link, RESET)
    user.submits("resets again", "reset", (RESET, LOGIN), password=FIRST)


def yesterday(user):
    """What users do at Django before the move. Returns the links that they have not opened yet."""
    user.opens("ben opens his link", user.link(BEN["email"]), CONFIRM)
    user.clicks("ben confirms", "#verify-button", LOGIN)
    user.follows("ben has forgotten his password", "/forgot", FORGOT)
    user.submits("ben asks for a new password", "forgot", MAILBOX, login="ben")
    links = {"ben": user.link(BEN["email"])}
    for name, address in (("cara", CARA), ("ann", ANN)):
        user.opens(f"{name} opens the app", "/register", "Register")
        user.submits(f"{name} registers", "register", MAILBOX, **fields(username=name, email=address))
        links[name] = user.link(address)
    user.opens("ann opens her link", links["ann"], CONFIRM)
    user.clicks("ann confirms", "#verify-button", LOGIN)
    user.submits("ann logs in", "login", PROFILE, login="ann", password=FIRST)
    user.submits("ann changes the address", "email", PROFILE, email=NEW_ADDRESS)
    return {**links, "ann": user.link(NEW_ADDRESS)}


def today(user, links):
    """What they do after the move, in the same browser."""
    user.opens("ann comes back", "/profile", PROFILE)
    user.submits("ann changes the profile", "profile", PROFILE, last_name="Teak")
    user.opens("ann opens a spoiled link of her address", spoiled(links["ann"]), CONFIRM)
    user.clicks("ann confirms the address with a spoiled link", "#verify-button", CONFIRM)
    user.opens("ann opens the link of her address", links["ann"], CONFIRM)
    user.clicks("ann confirms the address", "#verify-button", LOGIN)
    user.follows("ann looks at the new address", "/profile", PROFILE)
    user.submits("ann logs out", "logout", LOGIN)
    user.submits("ann logs in with a wrong password", "login", LOGIN, login="ann", password=SECOND)
    user.submits("ann logs in with the old password", "login", PROFILE, login="ann", password=FIRST)
    user.submits("ann changes the password", "password", PROFILE, old_password=FIRST, password=SECOND,
                 password_confirm=SECOND)
    user.submits("ann logs out again", "logout", LOGIN)
    user.submits("ann logs in with the password before", "login", LOGIN, login="ann", password=FIRST)
    user.submits("ann logs in with the new password", "login", PROFILE, login="ann", password=SECOND)
    user.submits("ann leaves", "logout", LOGIN)
    user.opens("ben opens a spoiled link", spoiled(links["ben"]), RESET)
    user.submits("ben resets with a spoiled link", "reset", RESET, password=THIRD)
    user.opens("ben opens his link of a reset", links["ben"], RESET)
    user.submits("ben resets to a bad password", "reset", RESET, password="12345")
    user.submits("ben resets", "reset", LOGIN, password=THIRD)
    user.opens("ben opens his link of a reset again", links["ben"], RESET)
    user.submits("ben resets again", "reset", (RESET, LOGIN), password=THIRD)
    user.opens("ben goes to the login", "/login", LOGIN)
    user.submits("ben logs in with the old password", "login", LOGIN, login="ben", password=FIRST)
    user.submits("ben logs in with the new password", "login", PROFILE, login="ben", password=THIRD)
    user.submits("ben leaves", "logout", LOGIN)
    user.submits("cara logs in before her address is confirmed", "login", LOGIN, login="cara", password=FIRST)
    user.opens("cara opens a spoiled link", spoiled(links["cara"]), CONFIRM)
    user.clicks("cara confirms with a spoiled link", "#verify-button", CONFIRM)
    user.opens("cara opens her link", links["cara"], CONFIRM)
    user.clicks("cara confirms", "#verify-button", LOGIN)
    user.opens("cara opens her link again", links["cara"], CONFIRM)
    user.clicks("cara confirms again", "#verify-button", LOGIN)
    user.submits("cara logs in", "login", PROFILE, login="cara", password=FIRST)
    user.submits("cara leaves", "logout", LOGIN)
