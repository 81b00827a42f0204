"""A user of the app for djoser, from the first page to the deleted account."""

from walk import ANN, CARA, FIRST, NEW_ADDRESS, SECOND, THIRD, spoiled

PACKAGE, APP, BASE_PATH = "djoser", "../browsers/djoser", "/auth/"
MODELS = ["auth.user", "authtoken.token"]
# The first user of the site.
REGISTER, BEN = "users/", {"username": "ben", "email": "ben@mail.example", "password": FIRST}

MAILBOX, ACCOUNT, LOGIN = "Look into your mailbox", "My account", "Log in"


def go(user):
    registers(user)
    activates(user)
    changes(user)
    forgets_the_password(user)
    forgets_the_username(user)
    changes_the_address(user)
    deletes_the_account(user)


def registers(user):
    user.opens("opens the app", "/", "Register")
    user.submits("registers with nothing", "register", "Register")
    user.submits("registers with a taken name", "register", "Register", username="ben", email=ANN, password=FIRST)
    user.submits("registers with a bad name", "register", "Register", username="ann b", email=ANN, password=FIRST)
    user.submits("registers with a short password", "register", "Register", username="ann", email=ANN, password="12345")
    user.submits("registers with her name as password", "register", "Register", username="annabella", email=ANN,
                 password="annabella")
    user.submits("registers with a bad address", "register", "Register", username="ann", email="nowhere", password=FIRST)
    user.submits("registers", "register", MAILBOX, username="ann", email=ANN, password=FIRST)
    user.follows("goes to the login", "/login", LOGIN)
    user.submits("logs in before the address is confirmed", "login", LOGIN, username="ann", password=FIRST)


def activates(user):
    link = user.link(ANN)
    user.opens("opens a spoiled link", spoiled(link), "Activate")
    user.clicks("confirms with a spoiled link", "#activate-button", "Activate")
    user.opens("opens the link", link, "Activate")
    user.clicks("confirms", "#activate-button", "Activate")
    user.opens("opens the link again", link, "Activate")
    user.clicks("confirms again", "#activate-button", "Activate")
    user.follows("goes to the login with a confirmed address", "/login", LOGIN)
    user.submits("logs in with nothing", "login", LOGIN, username="", password="")
    user.submits("logs in with a wrong password", "login", LOGIN, username="ann", password=SECOND)
    user.submits("logs in as nobody", "login", LOGIN, username="nobody", password=FIRST)
    user.submits("logs in", "login", ACCOUNT, username="ann", password=FIRST)
    user.opens("comes back later", "/me", ACCOUNT)


def changes(user):
    user.submits("changes the password without the old one", "password", ACCOUNT, new_password=SECOND,
                 current_password="Not-It-Anymore-1")
    user.submits("changes the password to a bad one", "password", ACCOUNT, new_password="password",
                 current_password=FIRST)
    user.submits("changes the password", "password", ACCOUNT, new_password=SECOND, current_password=FIRST)
    user.submits("takes the name of another user", "username", ACCOUNT, new_username="ben", current_password=SECOND)
    user.submits("changes the name with a wrong password", "username", ACCOUNT, new_username="anna",
                 current_password=FIRST)
    user.submits("changes the name", "username", ACCOUNT, new_username="anna", current_password=SECOND)
    dead = user.browser.run("return localStorage.getItem('auth_token')")
    user.submits("logs out", "logout", LOGIN)
    user.browser.run("localStorage.setItem('auth_token', a[0])", dead)
    user.opens("comes back with an ended token", "/me", LOGIN)
    user.submits("logs in with the old name", "login", LOGIN, username="ann", password=SECOND)
    user.submits("logs in with the old password", "login", LOGIN, username="anna", password=FIRST)


def forgets_the_password(user):
    user.follows("has forgotten the password", "/password/forgot", "I forgot my password")
    user.submits("asks with a bad address", "forgot", "I forgot my password", email="nowhere")
    user.submits("asks with an unknown address", "forgot", MAILBOX, email="nobody@mail.example")
    user.opens("goes back", "/password/forgot", "I forgot my password")
    user.submits("asks for a new password", "forgot", MAILBOX, email=ANN)
    link = user.link(ANN)
    title = "Choose a new password"
    user.opens("opens a spoiled link of a reset", spoiled(link), title)
    user.submits("resets with a spoiled link", "reset", title, new_password=THIRD)
    user.opens("opens the link of a reset", link, title)
    user.submits("resets to a bad password", "reset", title, new_password="12345")
    user.submits("resets to her own name", "reset", title, new_password="anna")
    user.submits("resets", "reset", LOGIN, new_password=THIRD)
    user.submits("logs in with the password before", "login", LOGIN, username="anna", password=SECOND)
    user.submits("logs in with the new password", "login", ACCOUNT, username="anna", password=THIRD)
    user.submits("logs out after the reset", "logout", LOGIN)
    user.opens("opens the link of a reset again", link, title)
    user.submits("resets again", "reset", title, new_password=FIRST)


def forgets_the_username(user):
    user.opens("goes to the login again", "/login", LOGIN)
    user.follows("has forgotten the name", "/username/forgot", "I forgot my username")
    user.submits("asks for a new name", "forgot", MAILBOX, email=ANN)
    user.opens("opens the link of a name", user.link(ANN), "Choose a new username")
    user.submits("chooses a taken name", "reset", "Choose a new username", new_username="ben")
    user.submits("chooses a name", "reset", LOGIN, new_username="annette")
    user.submits("logs in with the name before", "login", LOGIN, username="anna", password=THIRD)
    user.submits("logs in with the new name", "login", ACCOUNT, username="annette", password=THIRD)


def changes_the_address(user):
    user.submits("changes to a bad address", "email", ACCOUNT, email="nowhere")
    user.submits("changes the address", "email", ACCOUNT, email=NEW_ADDRESS)
    # On another device, since djoser locks the user out until the link is used.
    user.browser.run("localStorage.clear()")
    user.opens("opens the link of the address", user.link(NEW_ADDRESS), "Activate")
    user.clicks("confirms the address", "#activate-button", "Activate")
    user.follows("goes to the login with the new address", "/login", LOGIN)
    user.submits("logs in with the new address", "login", ACCOUNT, username="annette", password=THIRD)


def deletes_the_account(user):
    user.submits("deletes the account with a wrong password", "delete", ACCOUNT, current_password=FIRST)
    user.submits("deletes the account", "delete", LOGIN, current_password=THIRD)
    user.submits("logs in to a deleted account", "login", LOGIN, username="annette", password=THIRD)


def yesterday(user):
    """What users do at Django before the move. Returns the links that they have not opened yet."""
    user.opens("ben opens his link", user.link(BEN["email"]), "Activate")
    user.clicks("ben confirms", "#activate-button", "Activate")
    user.opens("ben has forgotten his password", "/password/forgot", "I forgot my password")
    user.submits("ben asks for a new password", "forgot", MAILBOX, email=BEN["email"])
    links = {"ben": user.link(BEN["email"])}
    for name, address in (("cara", CARA), ("ann", ANN)):
        user.opens(f"{name} opens the app", "/register", "Register")
        user.submits(f"{name} registers", "register", MAILBOX, username=name, email=address, password=FIRST)
        links[name] = user.link(address)
    user.opens("ann opens her link", links["ann"], "Activate")
    user.clicks("ann confirms", "#activate-button", "Activate")
    user.follows("ann goes to the login", "/login", LOGIN)
    user.submits("ann logs in", "login", ACCOUNT, username="ann", password=FIRST)
    user.opens("ann has forgotten her name", "/username/forgot", "I forgot my username")
    user.submits("ann asks for a new name", "forgot", MAILBOX, email=ANN)
    return {**links, "ann": user.link(ANN)}


def today(user, links):
    """What they do after the move, in the same browser."""
    user.opens("ann comes back", "/me", ACCOUNT)
    user.submits("ann changes the password with a wrong one", "password", ACCOUNT, new_password=SECOND,
                 current_password=SECOND)
    user.opens("ann opens the link of a name", links["ann"], "Choose a new username")
    user.submits("ann chooses a taken name", "reset", "Choose a new username", new_username="ben")
    user.submits("ann chooses a name", "reset", LOGIN, new_username="anna")
    user.follows("ann is still logged in", "/me", ACCOUNT)
    user.submits("ann logs out", "logout", LOGIN)
    user.submits("ann logs in with a wrong password", "login", LOGIN, username="anna", password=SECOND)
    user.submits("ann logs in with the old password", "login", ACCOUNT, username="anna", password=FIRST)
    user.submits("ann changes the password", "password", ACCOUNT, new_password=SECOND, current_password=FIRST)
    user.submits("ann logs out again", "logout", LOGIN)
    user.submits("ann logs in with the password before", "login", LOGIN, username="anna", password=FIRST)
    user.submits("ann logs in with the new password", "login", ACCOUNT, username="anna", password=SECOND)
    user.submits("ann leaves", "logout", LOGIN)
    title = "Choose a new password"
    user.opens("ben opens a spoiled link", spoiled(links["ben"]), title)
    user.submits("ben resets with a spoiled link", "reset", title, new_password=THIRD)
    user.opens("ben opens his link of a reset", links["ben"], title)
    user.submits("ben resets to a bad password", "reset", title, new_password="12345")
    user.submits("ben resets", "reset", LOGIN, new_password=THIRD)
    user.submits("ben logs in with the old password", "login", LOGIN, username="ben", password=FIRST)
    user.submits("ben logs in with the new password", "login", ACCOUNT, username="ben", password=THIRD)
    user.submits("ben leaves", "logout", LOGIN)
    user.opens("ben opens his link of a reset again", links["ben"], title)
    user.submits("ben resets again", "reset", title, new_password=FIRST)
    user.opens("cara goes to the login", "/login", LOGIN)
    user.submits("cara logs in before her address is confirmed", "login", LOGIN, username="cara", password=FIRST)
    user.opens("cara opens a spoiled link", spoiled(links["cara"]), "Activate")
    user.clicks("cara confirms with a spoiled link", "#activate-button", "Activate")
    user.opens("cara opens her link", links["cara"], "Activate")
    user.clicks("cara confirms", "#activate-button", "Activate")
    user.opens("cara opens her link again", links["cara"], "Activate")
    user.clicks("cara confirms again", "#activate-button", "Activate")
    user.follows("cara goes to the login again", "/login", LOGIN)
    user.submits("cara logs in", "login", ACCOUNT, username="cara", password=FIRST)
    user.submits("cara deletes her account", "delete", LOGIN, current_password=FIRST)
