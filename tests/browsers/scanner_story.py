"""A mail scanner opens the link of a registration and runs the scripts of its page: nothing happens to the account."""

import time

from app_story import registers
from expectations import expect
from servers import PASSWORD, OwnPages
from visitor import Visitor
from webdriver import Browser

# How long the scanner leaves the page open. This wait is the behaviour under test.
OPEN_FOR_S = 30


def check(program, work):
    server = OwnPages(program, f"{work}/scanner", "registration.one_time_use = true\n")
    try:
        scanner = Visitor(Browser(work, "scanner-profile"), server, None)
        try:
            link = registers(scanner, "ann")
            scanner.opens(link, "Confirm your address")
            time.sleep(OPEN_FOR_S)
            scanner.sees("h1", "Confirm your address")
        finally:
            scanner.browser.close()
        expect("after the scanner", server.status("login/", login="ann", password=PASSWORD), (400, "email_not_verified"))
        owner = Visitor(Browser(work, "owner-profile"), server, None)
        try:
            owner.opens(link, "Confirm your address")
            owner.clicks("Confirm my address")
            owner.sees("h1", "Your address is confirmed")
        finally:
            owner.browser.close()
        expect("after its owner", server.status("login/", login="ann", password=PASSWORD), (200, None))
    finally:
        server.stop()
    print(f"a scanner that keeps the link's page open for {OPEN_FOR_S} s uses nothing up, and the owner's click works")
