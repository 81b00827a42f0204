"""A person at the sample app: every page and flow, at both sizes, in light and dark, and by keyboard alone."""

import os
import time

from expectations import expect, wait_for
from servers import PASSWORD, OwnPages
from visitor import Visitor
from webdriver import Browser

SECOND, THIRD = "Harbor-Lantern-43", "Lantern-Orchard-44"
INVALID_SIGNATURE = "0" * 64
SETTINGS = """
mail.app_name = "Tea House"

[[profile_fields]]
name = "location"
type = "text"
max_length = 20

[[profile_fields]]
name = "role"
type = "choice"
choices = ["student", "teacher"]
required = true

[[profile_fields]]
name = "born_on"
type = "date"
nullable = true

[[profile_fields]]
name = "newsletter"
type = "boolean"
default = false
"""


def check(program, work, axe):
    screenshots = os.environ.get("SCREENSHOTS")
    source = source_of(axe)
    browser = Browser(work, "app-profile", records_requests=True)
    server = OwnPages(program, f"{work}/app", SETTINGS)
    try:
        ann = Visitor(browser, server, source, screenshots)
        signs_up(ann)
        reads_the_mailbox(ann)
        reads_the_documentation(ann)
        confirms(ann)
        logs_in(ann)
        keeps_a_profile(ann)
        changes_the_address(ann)
        changes_the_password(ann)
        ends_sessions(ann)
        forgets_the_password(ann)
        deletes_the_account(ann)
        requests = ann.expects_no_request_elsewhere()
        uses_the_keyboard(ann)
        requests += ann.expects_no_request_elsewhere()
    finally:
        server.stop()
    print(f"a person does all that the sample app offers; none of {requests} URLs is of another host")
    try:
        follows_dead_links(browser, program, work, source, screenshots)
    finally:
        browser.close()
    print("links that are expired, used before, invalid or incomplete end on a page with a way on")


def source_of(axe):
    """The source of axe-core in this folder, if there is one."""
    if not axe:
        return None
    with open(os.path.join(axe, "axe.min.js"), encoding="utf-8") as file:
        return file.read()


def signs_up(ann):
    ann.opens("/", "Welcome to Tea House")
    ann.looks("start")
    ann.clicks("Sign up", "main a")
    ann.sees("h1", "Sign up")
    expect("the title", ann.browser.run("return document.title"), "Sign up · Tea House")
    ann.looks("sign-up")
    ann.submits("Create account", username="ann", email="nonsense", password="12345678", password_confirm="x")
    ann.is_refused(
        email=["Enter a valid email address."], role=["This field is required."])
    ann.looks("sign-up-refused")
    ann.console_is_clean_but_for(("register/", 400))
    choose(ann, "role", "teacher")
    ann.submits("Create account", username="ann", email="ann@mistyped.example", password=PASSWORD,
                password_confirm=PASSWORD, location="Old Town")
    ann.sees("h1", "Look in your mailbox")
    ann.looks("check-mailbox")
    ann.clicks("Send it again")
    ann.is_told("A new link is on its way.")
    ann.clicks("The address is wrong")
    ann.submits("Correct the address", login="ann", password="wrong", email="ann@mail.example")
    ann.is_told("The name or the password is wrong.")
    ann.looks("check-mailbox-correction")
    ann.submits("Correct the address", login="ann", password=PASSWORD, email="ann@mail.example")
    ann.is_told("Corrected. Links to the old address do not work any more.")
    ann.sees("main strong", "ann@mail.example")
    ann.console_is_clean_but_for(("correct-email/", 400))


def reads_the_mailbox(ann):
    wait_for("no mail", lambda: ann.server.mails("ann@mail.example"))
    ann.opens("/mailbox", "Mailbox")
    ann.sees(".mail h2", ann.server.mails("ann@mail.example")[0]["subject"])
    ann.looks("mailbox")
    ann.clicks("Text", ".views button")
    ann.looks("mailbox-text")
    expect("the text has the link", "/verify-email/" in ann.browser.text(".view pre")[0], True)
    ann.clicks("Source", ".views button")
    wait_for("no source", lambda: "Subject:" in "".join(ann.browser.text(".view pre")))
    ann.looks("mailbox-source")
    # A mail that comes is shown without a reload.
    before = len(ann.browser.text(".mails li"))
    ann.server.status("resend-verification/", email="ann@mail.example")
    wait_for("the new mail is not shown", lambda: len(ann.browser.text(".mails li")) == before + 1)
    ann.browser.type("#filter", "nobody")
    ann.sees("#none", "No mail fits.")
    ann.browser.type("#filter", "ann@mail")
    link = ann.server.mails("ann@mail.example")[0]["links"][0]
    expect("the link of the page", link in ann.browser.text(".links a"), True)
    ann.clicks("Empty")
    ann.looks("mailbox-empty-dialog")
    ann.clicks("Delete")
    ann.sees("#none", "No mails yet. This page shows them as they come.")
    ann.looks("mailbox-empty")
    ann.opens("/mailbox/preview", "Mail preview")
    ann.sees(".mail h2", "Please verify your account at Tea House")
    expect("all mails", len(ann.browser.text(".mails li")), 12)
    ann.looks("mail-preview")
    ann.console_is_clean_but_for()
    ann.link = link


def reads_the_documentation(ann):
    ann.opens("/docs")
    wait_for("no operations", lambda: len(ann.browser.text("#contents a")) > 10)
    ann.looks("docs")
    everything = len(ann.browser.text("#contents a"))
    ann.browser.type("#filter", "verify-registration")
    ann.sees("#contents a", "POST /api/v1/accounts/verify-registration/")
    ann.clicks("POST /api/v1/accounts/verify-registration/", "#contents a")
    wait_for("the operation is closed", lambda: len(ann.browser.text("details[open].operation h4")) > 2)
    expect("its fields", {"user_id", "timestamp", "signature"} <= set(ann.browser.text("details[open].operation td code")), True)
    ann.looks("docs-operation")
    expect("the operations in all", everything > 20, True)
    ann.console_is_clean_but_for()


def confirms(ann):
    ann.opens(ann.link, "Confirm your new address")
    ann.looks("link")
    expect("nothing happens by itself", ann.server.status("login/", login="ann", password=PASSWORD),
           (400, "email_not_verified"))
    ann.clicks("Confirm this address")
    ann.sees("h1", "Your new address is confirmed")
    ann.looks("link-done")
    expect("the link is gone from the address", ann.browser.run("return location.search"), "")


def logs_in(ann):
    ann.clicks("Log in", "main a")
    ann.sees("h1", "Log in")
    ann.looks("log-in")
    ann.submits("Log in", login="ann", password="wrong")
    ann.is_told("The name or the password is wrong.")
    ann.looks("log-in-refused")
    ann.console_is_clean_but_for(("login/", 400))
    ann.submits("Log in", login="ann", password=PASSWORD)
    ann.sees("h1", "Profile")


def keeps_a_profile(ann):
    expect("the declared fields", [ann.browser.run("return document.querySelector(`[name=${a[0]}]`).value", name)
                                   for name in ("location", "role")], ["Old Town", "teacher"])
    ann.looks("profile")
    ann.browser.run("document.querySelector('[name=location]').removeAttribute('maxlength')")
    ann.submits("Save", first_name="Ann", location="A town with too long a name")
    ann.is_refused(location=["Ensure this field has no more than 20 characters."])
    ann.console_is_clean_but_for(("profile/", 400))
    ann.fills(location="New Town")
    ann.browser.click("[name=newsletter]")
    ann.clicks("Save")
    ann.is_told("Saved.")
    ann.opens("/profile/", "Profile")
    shown = ann.browser.run("""return ["first_name", "location", "newsletter"].map((name) => {
        const input = document.querySelector(`[name=${name}]`); return input.type === "checkbox" ? input.checked : input.value; })""")
    expect("what was saved", shown, ["Ann", "New Town", True])


def changes_the_address(ann):
    ann.clicks("Address")
    ann.sees("h1", "Address")
    ann.submits("Change", email="ann@new.example")
    wait_for("nothing is pending", lambda: "ann@new.example" in "".join(ann.browser.text(".notice")))
    ann.looks("address-pending")
    ann.clicks("Cancel the change")
    wait_for("it is pending", lambda: not ann.browser.text(".notice"))
    ann.looks("address")
    ann.server.empty_mailbox()
    ann.submits("Change", email="ann@new.example")
    ann.follows_the_link_to("ann@new.example", "Confirm your new address")
    ann.clicks("Confirm this address")
    ann.sees("h1", "Your new address is confirmed")
    ann.clicks("To my account")
    ann.sees("h1", "Profile")
    expect("the address", "ann@new.example" in ann.browser.text("main")[0], True)


def changes_the_password(ann):
    ann.clicks("Password")
    ann.sees("h1", "Password")
    ann.submits("Change the password", old_password="wrong", password=SECOND, password_confirm=SECOND)
    ann.is_refused(old_password=["Old password is not correct"])
    ann.looks("password-refused")
    ann.console_is_clean_but_for(("change-password/", 400))
    ann.submits("Change the password", old_password=PASSWORD, password=SECOND, password_confirm=SECOND)
    ann.is_told("Your password is changed, and all other sessions have ended.")


def ends_sessions(ann):
    for _ in range(2):
        expect("another login", ann.server.status("login/", login="ann", password=SECOND), (200, None))
    ann.clicks("Sessions")
    ann.sees("h1", "Sessions")
    expect("three sessions", len(ann.browser.text(".rows li")), 3)
    ann.looks("sessions")
    ann.browser.run("document.querySelector('.rows button').click()")
    wait_for("it goes on", lambda: len(ann.browser.text(".rows li")) == 2)
    ann.clicks("Log out everywhere else")
    ann.is_told("All other sessions have ended.")
    expect("one session", len(ann.browser.text(".rows li")), 1)
    ann.clicks("Log out", "nav button")
    ann.sees("h1", "Welcome to Tea House")
    ann.opens("/profile/", "Log in")
    ann.console_is_clean_but_for()


def forgets_the_password(ann):
    ann.clicks("I have forgotten my password")
    ann.sees("h1", "Forgotten password")
    ann.server.empty_mailbox()
    ann.submits("Send the link", login="ann")
    ann.is_told("If there is such an account, a link is on its way to its address.")
    ann.looks("forgotten-password")
    link = ann.follows_the_link_to("ann@new.example", "Set a new password")
    ann.looks("new-password")
    ann.submits("Set the password", password="password")
    ann.is_refused(password=["This password is too common."])
    ann.console_is_clean_but_for(("reset-password/", 400))
    ann.submits("Set the password", password=THIRD)
    ann.sees("h1", "Your password is changed")
    ann.opens(link, "Set a new password")
    ann.submits("Set the password", password=SECOND)
    ann.sees("h1", "This link was used before")
    ann.looks("link-used-before")
    ann.console_is_clean_but_for(("reset-password/", 400))
    expect("the new password", ann.server.status("login/", login="ann", password=THIRD), (200, None))


def deletes_the_account(ann):
    ann.opens("/login/", "Log in")
    ann.submits("Log in", login="ann", password=THIRD)
    ann.sees("h1", "Profile")
    ann.clicks("Delete the account")
    ann.sees("h1", "Delete the account")
    ann.looks("delete-account")
    ann.clicks("Keep the account")
    ann.sees("h1", "Profile")
    ann.clicks("Delete the account")
    ann.sees("h1", "Delete the account")
    ann.submits("Delete my account", password="wrong")
    ann.is_refused(password=["Password is not correct"])
    ann.console_is_clean_but_for(("profile/", 400))
    ann.submits("Delete my account", password=THIRD)
    ann.sees("h1", "Welcome to Tea House")
    ann.is_told("Your account is deleted.")
    ann.looks("account-deleted")
    expect("the account is gone", ann.server.status("login/", login="ann", password=THIRD), (400, "login_invalid"))
    ann.opens("/profile/", "Log in")
    ann.console_is_clean_but_for()


def uses_the_keyboard(ann):
    """Signs up and confirms the address without a mouse."""
    ann.opens("/", "Welcome to Tea House")
    ann.tabs_to("Sign up")
    ann.presses("Enter")
    ann.sees("h1", "Sign up")
    for label, text in [("Username", "ben"), ("E-mail address", "ben@mail.example"), ("First name (optional)", "Ben"),
                        ("Role", "teacher"), ("Password", PASSWORD), ("Password again", PASSWORD)]:
        ann.tabs_to(label)
        ann.presses(text)
    ann.tabs_to("Create account")
    ann.presses("Enter")
    ann.sees("h1", "Look in your mailbox")
    ann.follows_the_link_to("ben@mail.example", "Confirm your address")
    ann.tabs_to("Confirm my address")
    ann.presses("Enter")
    ann.sees("h1", "Your address is confirmed")
    ann.looks("confirmed")
    ann.tabs_to("Log in")
    ann.presses("Enter")
    ann.sees("h1", "Log in")
    ann.tabs_to("Username")
    ann.presses("Tab")
    ann.presses(PASSWORD, "Enter")
    ann.sees("h1", "Profile")
    ann.console_is_clean_but_for()


def follows_dead_links(browser, program, work, axe, screenshots):
    used_once = OwnPages(program, f"{work}/used-once", "registration.one_time_use = true\n")
    short = OwnPages(program, f"{work}/short", "registration.expires_after_seconds = 1\nusers.purge_unverified_after_seconds = 3600\n")
    try:
        # Cookies belong to a host, whatever its port.
        browser.devtools("Storage.clearCookies")
        cem = Visitor(browser, used_once, axe, screenshots)
        link = registers(cem, "cem")
        query = link.split("?")[1]
        signature = query[-64:]
        for spelling in (f"/verify-user?{query}", f"/#/verify-user/?{query}", f"/verify-user/#{query}"):
            cem.opens("about:blank")
            cem.opens(spelling.replace(signature, INVALID_SIGNATURE), "Confirm your address")
            cem.clicks("Confirm my address")
            cem.sees("h1", "This link does not work")
        cem.looks("link-invalid")
        cem.submits("Send another link", email="cem@mail.example")
        cem.is_told("If an account waits for this address, a new link is on its way.")
        parts = claim(link)
        cem.opens(f"/verify-user/{parts['user_id']}/{parts['timestamp']}/{signature}", "Confirm your address")
        cem.clicks("Confirm my address")
        cem.sees("h1", "Your address is confirmed")
        cem.opens(link, "Confirm your address")
        cem.clicks("Confirm my address")
        cem.sees("h1", "This link was used before")
        cem.opens("/verify-user/", "The link is incomplete")
        cem.looks("link-incomplete")
        cem.opens("/nothing-here")
        cem.console_is_clean_but_for(("verify-registration/", 400), ("nothing-here", 404))
        dora = Visitor(browser, short, axe, screenshots)
        link = registers(dora, "dora")
        dora.opens(link, "Confirm your address")
        wait_for("it does not expire", lambda: time.time() > int(claim(link)["timestamp"]) + 2)
        dora.clicks("Confirm my address")
        dora.sees("h1", "This link has expired")
        dora.looks("link-expired")
        dora.opens("/login/", "Log in")
        dora.submits("Log in", login="dora", password=PASSWORD)
        dora.is_told("The address of this account is not confirmed yet.")
        dora.looks("log-in-not-confirmed")
        dora.clicks("Get another link, or correct the address")
        dora.sees("h1", "Look in your mailbox")
        dora.console_is_clean_but_for(("verify-registration/", 400), ("login/", 400))
    finally:
        used_once.stop()
        short.stop()


def registers(visitor, name):
    address = f"{name}@mail.example"
    body = {"username": name, "email": address, "password": PASSWORD, "password_confirm": PASSWORD}
    expect("a registration", visitor.server.status("register/", **body), (201, None))
    return visitor.link_to(address)


def claim(link):
    return dict(part.split("=") for part in link.split("?")[1].replace("%74", "t").split("&"))


def choose(visitor, name, value):
    visitor.browser.run("""const field = document.querySelector(`[name=${a[0]}]`); field.value = a[1];
        field.dispatchEvent(new Event("change", {bubbles: true}))""", name, value)
