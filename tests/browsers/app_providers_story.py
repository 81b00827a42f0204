"""A person at the sample app who logs in with an identity provider, and one who connects an account there."""

import os

from expectations import expect, wait_for
from providers_story import is_at
from servers import PASSWORD, OwnPages, free_port
from visitor import Visitor
from webdriver import Browser

from parties import SECRET, Provider


class WithProvider(OwnPages):
    """Serves the sample app on this port, with logins by this provider."""

    def __init__(self, program, directory, port, issuer):
        self.wanted_port = port
        super().__init__(program, directory, f"""
registration.verification = false

[[providers]]
name = "house"
kind = "openid"
issuer = "{issuer}"
client_id = "countersign"
client_secret = "{SECRET}"
redirect_uris = ["http://localhost:{port}/login/house"]
""")


def check(program, work, modules, axe):
    port = free_port()
    clients = {"countersign": {"secret": SECRET, "redirect_uris": [f"http://localhost:{port}/login/house"]}}
    browser = Browser(work, "app-providers-profile")
    try:
        # The provider's pages want a font from elsewhere.
        browser.devtools("Network.enable")
        browser.devtools("Network.setBlockedURLs", urls=["*fonts.googleapis.com*"])
        with Provider(os.path.join(work, "app-provider"), modules, clients) as provider:
            server = WithProvider(program, os.path.join(work, "app-providers"), port, provider.origin)
            try:
                person = Visitor(browser, server, axe, os.environ.get("SCREENSHOTS"))
                logs_in(person, provider)
                refuses(person, provider)
                connects(person, provider)
            finally:
                server.stop()
    finally:
        browser.close()
    print("at the sample app people log in with a provider, refuse there, connect an account and disconnect it")


def goes_to_the_provider(person, provider, button, name):
    person.clicks(button)
    is_at(person.browser, provider.origin)
    if name:
        person.browser.type("input[name=login]", name)
        person.browser.type("input[name=password]", "any")
        person.browser.click("button[type=submit]")
    person.browser.element("input[name=prompt][value=consent]")


def logs_in(person, provider):
    person.opens("/login/", "Log in")
    wait_for("there is no button", lambda: "Log in with house" in person.browser.text("main button"))
    person.looks("log-in-providers")
    goes_to_the_provider(person, provider, "Log in with house", "ann")
    person.browser.click("button[type=submit]")
    is_at(person.browser, person.server.origin)
    person.sees("h1", "Profile")
    expect("the address", "ann@mail.example" in person.browser.text("main")[0], True)
    person.clicks("Provider accounts")
    person.sees("h1", "Provider accounts")
    person.sees(".rows strong", "house")
    person.looks("provider-accounts")
    person.clicks("Disconnect")
    person.is_told("Set a password first: without it you could not log in any more.")


def refuses(person, provider):
    person.browser.devtools("Storage.clearCookies")
    person.opens("/login/", "Log in")
    goes_to_the_provider(person, provider, "Log in with house", "ben")
    person.browser.click("a[href*=abort]")
    is_at(person.browser, person.server.origin)
    person.sees("h1", "The login was not finished")
    person.looks("provider-refused")


def connects(person, provider):
    person.browser.devtools("Storage.clearCookies")
    body = {"username": "cem", "email": "cem@mail.example", "password": PASSWORD, "password_confirm": PASSWORD}
    expect("a registration", person.server.status("register/", **body), (201, None))
    person.opens("/login/", "Log in")
    person.submits("Log in", login="cem", password=PASSWORD)
    person.sees("h1", "Profile")
    person.clicks("Provider accounts")
    person.sees("h1", "Provider accounts")
    goes_to_the_provider(person, provider, "Connect house", "dora")
    person.browser.click("button[type=submit]")
    is_at(person.browser, person.server.origin)
    person.sees("h1", "Provider accounts")
    person.sees(".rows strong", "house")
    person.clicks("Disconnect")
    person.is_told("house is disconnected.")
    expect("the button is back", "Connect house" in person.browser.text("main button"), True)
