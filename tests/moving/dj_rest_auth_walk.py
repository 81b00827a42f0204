"""A user of the app for dj-rest-auth, with JSON Web Tokens in bodies, from the first page to the last logout."""

from walk import ANN, CARA, FIRST, SECOND, THIRD, spoiled

PACKAGE, APP, BASE_PATH = "dj-rest-auth", "apps/dj_rest_auth", "/dj-rest-auth/"
MODELS = ["auth.user", "authtoken.token", "account.emailaddress", "socialaccount.socialaccount", "token_blacklist"]
# The first user of the site.
REGISTER, BEN = "registration/", {"username": "ben", "email": "ben@mail.example", "password1": FIRST,
                                  "password2": FIRST}

MAILBOX, CONFIRM, LOGIN, ACCOUNT = "Look into your mailbox", "Confirm your address", "Log in", "My account"
FORGOT, RESET = "I forgot my password", "Choose a new password"


def go(user):
    registers(user)
    confirms(user)
    changes(user)
    forgets_the_password(user)
    registers_once_more(user)


def fields(username="ann", email=ANN, password=FIRST, again=None):
    return {"username": username, "email": email, "password1": password, "password2": again or password}


def registers(user):
    user.opens("opens the app", "/", "Register")
    user.submits("registers with nothing", "register", "Register")
    user.submits("registers with a taken name", "register", "Register", **fields(username="ben"))
    user.submits("registers with a bad name", "register", "Register", **fields(username="ann b"))
    user.submits("registers with a short password", "register", "Register", **fields(password="12345"))
    user.submits("registers with two passwords", "register", "Register", **fields(again=SECOND))
    user.submits("registers with a bad address", "register", "Register", **fields(email="nowhere"))
    user.submits("registers", "register", MAILBOX, **fields())
    user.follows("goes to the login", "/login", LOGIN)
    user.submits("logs in before the address is confirmed", "login", LOGIN, username="ann", password=FIRST)


def confirms(user):
    link = user.link(ANN)
    user.opens("opens the page of the mailbox", "/mailbox", MAILBOX)
    user.submits("asks for the link again", "resend", MAILBOX, email=ANN)
    second = user.link(ANN)
    user.opens("opens a spoiled link", spoiled(link), CONFIRM)
    user.clicks("confirms with a spoiled link", "#confirm-button", CONFIRM)
    user.opens("opens the second link", second, CONFIRM)
    user.clicks("confirms", "#confirm-button", LOGIN)
    user.opens("opens the second link again", second, CONFIRM)
    user.clicks("confirms again", "#confirm-button", CONFIRM)
    user.follows("goes to the login with a confirmed address", "/login", LOGIN)
    user.submits("logs in with nothing", "login", LOGIN, username="", password="")
    user.submits("logs in with a wrong password", "login", LOGIN, username="ann", password=SECOND)
    user.submits("logs in as nobody", "login", LOGIN, username="nobody", password=FIRST)
    user.submits("logs in", "login", ACCOUNT, username="ann", password=FIRST)
    user.opens("comes back later", "/me", ACCOUNT)
    user.browser.run("localStorage.setItem('access', a[0])", "not.a.token")
    user.opens("comes back with a dead access token", "/me", ACCOUNT)


def changes(user):
    user.submits("changes details", "details", ACCOUNT, first_name="Ann", last_name="Teak")
    user.submits("saves the name that she has", "username", ACCOUNT, username="ann")
    user.submits("takes the name of another user", "username", ACCOUNT, username="ben")
    user.submits("changes the name", "username", ACCOUNT, username="anna")
    user.opens("looks at the changes", "/me", ACCOUNT)
    user.submits("changes the password with a wrong one", "password", ACCOUNT, old_password=SECOND,
                 new_password1=SECOND, new_password2=SECOND)
    user.submits("changes the password to two", "password", ACCOUNT, old_password=FIRST, new_password1=SECOND,
                 new_password2=THIRD)
    user.submits("changes the password to a bad one", "password", ACCOUNT, old_password=FIRST,
                 new_password1="password", new_password2="password")
    user.submits("changes the password", "password", ACCOUNT, old_password=FIRST, new_password1=SECOND,
                 new_password2=SECOND)
    dead = user.browser.run("return [localStorage.getItem('access'), localStorage.getItem('refresh')]")
    user.submits("logs out", "logout", LOGIN)
    user.browser.run("localStorage.setItem('access', 'not.a.token'); localStorage.setItem('refresh', a[0])", dead[1])
    user.opens("comes back with ended tokens", "/me", LOGIN)
    user.submits("logs in with the old name", "login", LOGIN, username="ann", password=SECOND)
    user.submits("logs in with the old password", "login", LOGIN, username="anna", password=FIRST)


def forgets_the_password(user):
    user.follows("has forgotten the password", "/password/forgot", FORGOT)
    user.submits("asks with a bad address", "forgot", FORGOT, email="nowhere")
    user.submits("asks with an unknown address", "forgot", LOGIN, email="nobody@mail.example")
    user.follows("goes back", "/password/forgot", FORGOT)
    user.submits("asks for a new password", "forgot", LOGIN, email=ANN)
    link = user.link(ANN)
    user.opens("opens a spoiled link of a reset", spoiled(link), RESET)
    user.submits("resets with a spoiled link", "reset", RESET, new_password1=THIRD, new_password2=THIRD)
    user.opens("opens the link of a reset", link, RESET)
    user.submits("resets to two passwords", "reset", RESET, new_password1=THIRD, new_password2=SECOND)
    user.submits("resets to a bad password", "reset", RESET, new_password1="12345", new_password2="12345")
    user.submits("resets", "reset", LOGIN, new_password1=THIRD, new_password2=THIRD)
    user.submits("logs in with the password before", "login", LOGIN, username="anna", password=SECOND)
    user.submits("logs in with the new password", "login", ACCOUNT, username="anna", password=THIRD)
    user.submits("logs out after the reset", "logout", LOGIN)
    user.opens("opens the link of a reset again", link, RESET)
    user.submits("resets again", "reset", RESET, new_password1=FIRST, new_password2=FIRST)


def registers_once_more(user):
    user.opens("opens the app again", "/register", "Register")
    user.submits("registers with a taken address", "register", ("Register", MAILBOX), **fields(username="andrew"))


def yesterday(user):
    """What users do at Django before the move. Returns the links that they have not opened yet."""
    user.opens("ben opens his link", user.link(BEN["email"]), CONFIRM)
    user.clicks("ben confirms", "#confirm-button", LOGIN)
    user.follows("ben has forgotten his password", "/password/forgot", FORGOT)
    user.submits("ben asks for a new password", "forgot", LOGIN, email=BEN["email"])
    links = {"ben": user.link(BEN["email"])}
    for name, address in (("cara", CARA), ("ann", ANN)):
        user.opens(f"{name} opens the app", "/register", "Register")
        user.submits(f"{name} registers", "register", MAILBOX, **fields(username=name, email=address))
        links[name] = user.link(address)
    user.opens("ann opens her link", links["ann"], CONFIRM)
    user.clicks("ann confirms", "#confirm-button", LOGIN)
    user.submits("ann logs in", "login", ACCOUNT, username="ann", password=FIRST)
    user.submits("ann changes details", "details", ACCOUNT, first_name="Ann", last_name="Teak")
    return links


def today(user, links):
    """What they do after the move, in the same browser."""
    user.opens("ann comes back", "/me", ACCOUNT)
    user.submits("ann changes details again", "details", ACCOUNT, first_name="Anna")
    user.opens("ann comes back again", "/me", ACCOUNT)
    user.submits("ann logs out", "logout", LOGIN)
    user.submits("ann logs in with a wrong password", "login", LOGIN, username="ann", password=SECOND)
    user.submits("ann logs in with the old password", "login", ACCOUNT, username="ann", password=FIRST)
    user.submits("ann changes the password with a wrong one", "password", ACCOUNT, old_password=SECOND,
                 new_password1=SECOND, new_password2=SECOND)
    user.submits("ann changes the password", "password", ACCOUNT, old_password=FIRST, new_password1=SECOND,
                 new_password2=SECOND)
    user.submits("ann logs out again", "logout", LOGIN)
    user.submits("ann logs in with the password before", "login", LOGIN, username="ann", password=FIRST)
    user.submits("ann logs in with the new password", "login", ACCOUNT, username="ann", password=SECOND)
    user.submits("ann leaves", "logout", LOGIN)
    user.opens("ben opens a spoiled link", spoiled(links["ben"]), RESET)
    user.submits("ben resets with a spoiled link", "reset", RESET, new_password1=THIRD, new_password2=THIRD)
    user.opens("ben opens his link of a reset", links["ben"], RESET)
    user.submits("ben resets to a bad password", "reset", RESET, new_password1="12345", new_password2="12345")
    user.submits("ben resets", "reset", LOGIN, new_password1=THIRD, new_password2=THIRD)
    user.submits("ben logs in with the old password", "login", LOGIN, username="ben", password=FIRST)
    user.submits("ben logs in with the new password", "login", ACCOUNT, username="ben", password=THIRD)
    user.submits("ben leaves", "logout", LOGIN)
    user.opens("ben opens his link of a reset again", links["ben"], RESET)
    user.submits("ben resets again", "reset", RESET, new_password1=FIRST, new_password2=FIRST)
    user.follows("cara goes to the login", "/login", LOGIN)
    user.submits("cara logs in before her address is confirmed", "login", LOGIN, username="cara", password=FIRST)
    user.opens("cara opens a spoiled link", spoiled(links["cara"]), CONFIRM)
    user.clicks("cara confirms with a spoiled link", "#confirm-button", CONFIRM)
    user.opens("cara opens her link", links["cara"], CONFIRM)
    user.clicks("cara confirms", "#confirm-button", LOGIN)
    user.submits("cara logs in", "login", ACCOUNT, username="cara", password=FIRST)
    user.submits("cara leaves", "logout", LOGIN)
    user.opens("cara opens her link again", links["cara"], CONFIRM)
    user.clicks("cara confirms again", "#confirm-button", CONFIRM)
