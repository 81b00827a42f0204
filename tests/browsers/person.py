"""A user who reads the pages of an app, types and clicks."""

import re

from expectations import expect, wait_for


class Person:
    """A user of an app of this directory, with the browser and the server."""

    def __init__(self, browser, frontend, server):
        self.browser, self.frontend, self.server = browser, frontend, server
        browser.open("about:blank")
        browser.console()

    def opens(self, path, title):
        self.browser.open(path if path.startswith(self.frontend) else f"{self.frontend}{path}")
        self.sees("h1", title)

    def follows(self, path, title):
        """Clicks on a link of the page, which the app's router follows."""
        self.browser.click(f'a[href="{path}"]')
        self.sees("h1", title)

    def submits(self, form, **fields):
        for name, text in fields.items():
            self.browser.type(f"#{form}-form [name={name}]", text)
        self.browser.click(f"#{form}-form button")

    def sees(self, css, *texts):
        """Waits until the elements of the selector show these texts, and no others."""
        wait_for(f"FAILED: the page does not show {texts} at {css}", lambda: self.browser.text(css) == list(texts),
                 lambda: f"it shows {self.browser.text(css)} there, and in all:\n{self.browser.text('body')}\n"
                         f"console: {self.browser.console()}\n{self.server.log()}")

    def is_told(self, title, sentence):
        """Waits for a page that begins with this sentence."""
        self.sees(".sentence", sentence)
        self.sees("h1", title)

    def is_refused(self, form, status, path, **errors):
        """Waits for these errors at their fields, and no others. Errors without a field stand at the form's end."""
        for field, sentences in errors.items():
            place = ">" if field in ("non_field_errors", "token", "detail") else f"label:has([name={field}]) >"
            self.sees(f"#{form}-form {place} .error[data-field={field}]", *sentences)
        self.sees(".error", *(sentence for sentences in errors.values() for sentence in sentences))
        self.console_tells((path, status))

    def console_tells(self, *refused):
        """Waits until the console reports these refused calls, since it was last read. It must report nothing else."""
        wanted = [(self.server.url(path), status) for path, status in refused]
        told = []

        def is_complete():
            told.extend(read(entry["message"]) for entry in self.browser.console_entries() if entry["level"] != "DEBUG")
            return len(self.meant(told, wanted)) >= len(wanted)

        wait_for(f"FAILED: the console does not tell {refused}", is_complete, lambda: told)
        expect("the console", self.meant(told, wanted), wanted)

    def meant(self, told, _wanted):
        """What of the console's reports must be as wanted."""
        return told


def read(report):
    """URL and status of a refused call. Other reports of the console as they are."""
    match = re.match(r"(\S+) - Failed to load resource: the server responded with a status of (\d+) ", report)
    return (match[1], int(match[2])) if match else report
