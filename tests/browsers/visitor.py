"""A person at the server's own pages: looks, types, clicks, and uses the keyboard alone. Each look is a test."""

import json
import os
import base64

from expectations import expect, wait_for

SIZES = {"phone": (360, 740, True), "desktop": (1280, 800, False)}
SCHEMES = ("light", "dark")

# What axe finds, as one line for each element.
AXE = """
const found = await axe.run(document, {resultTypes: ["violations"], iframes: false});
return found.violations.flatMap(({id, help, nodes}) => nodes.map(({html}) => `${id}: ${help}: ${html.slice(0, 200)}`));
"""
TOO_WIDE = """
const width = document.documentElement.clientWidth;
return [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && !one.closest(".visually-hidden")
  && one.getBoundingClientRect().right > width + 1).map((one) => one.outerHTML.slice(0, 120));
"""
SMALL_TARGETS = """
return [...document.querySelectorAll("button, input, select, .button, nav a")].filter((one) => one.checkVisibility()
  && !one.closest(".visually-hidden") && one.getBoundingClientRect().height < 24).map((one) => one.outerHTML.slice(0, 120));
"""
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": " ", "Shift": "\ue008"}


class Visitor:
    """Somebody at the pages of this server, in this browser. `axe` is the source of axe-core."""

    def __init__(self, browser, server, axe, screenshots=None):
        self.browser, self.server, self.axe, self.screenshots = browser, server, axe, screenshots
        self.browser.devtools("Network.enable")
        self.resize("desktop", "light")

    def resize(self, size, scheme):
        width, height, is_mobile = SIZES[size]
        self.browser.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                              mobile=is_mobile)
        self.browser.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}])

    def opens(self, path, title=None):
        self.browser.open(path if ":" in path.split("/")[0] else self.server.origin + path)
        if title:
            self.sees("h1", title)

    def sees(self, css, *texts):
        """Waits until the visible elements of the selector show these texts, and no others."""
        wait_for(f"FAILED: the page does not show {texts} at {css}", lambda: self.browser.text(css) == list(texts),
                 lambda: f"it shows {self.browser.text(css)} there, and in all:\n{self.browser.text('body')}\n"
                         f"console: {self.browser.console()}")

    def looks(self, name):
        """Looks at the page at both sizes, in light and in dark: axe finds nothing, nothing is cut off."""
        for size in SIZES:
            for scheme in SCHEMES:
                self.resize(size, scheme)
                where = f"{name} on {size}, {scheme}"
                if self.screenshots:
                    self.keeps_a_screenshot(f"{name}-{size}-{scheme}.png")
                expect(f"too wide: {where}", self.browser.run(TOO_WIDE), [])
                expect(f"too small to touch: {where}", self.browser.run(SMALL_TARGETS), [])
                if self.axe:
                    self.browser.do("POST", "/execute/sync", {"script": self.axe, "args": []})
                    expect(f"axe: {where}", self.browser.run(AXE), [])
        self.resize("desktop", "light")

    def keeps_a_screenshot(self, name):
        picture = self.browser.devtools("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        with open(os.path.join(self.screenshots, name), "wb") as file:
            file.write(base64.b64decode(picture))

    def fills(self, **fields):
        for name, text in fields.items():
            self.browser.type(f"main [name={name}]", text)

    def submits(self, button, **fields):
        self.fills(**fields)
        self.clicks(button, "main form button")

    def clicks(self, text, css="main button, main a, main summary, dialog button, .bar button"):
        self.browser.click_on_text(css, text)

    def is_told(self, sentence):
        """Waits for a message of the page."""
        wait_for(f"FAILED: the page does not say {sentence!r}", lambda: sentence in self.browser.text(".notice"),
                 lambda: self.browser.text("body"))

    def is_refused(self, **errors):
        """Waits for these errors at their fields, and no others. The first field has the focus."""
        for name, sentences in errors.items():
            self.sees(f".field:has([name={name}]) .error", *sentences)
        self.sees(".error", *(sentence for sentences in errors.values() for sentence in sentences))
        focused = self.browser.run("return document.activeElement.name")
        expect("the focus", focused, next(iter(errors)))

    def presses(self, *keys):
        """Presses keys one after the other; a text is typed letter by letter."""
        actions = []
        for key in keys:
            for letter in [KEYS[key]] if key in KEYS else key:
                actions += [{"type": "keyDown", "value": letter}, {"type": "keyUp", "value": letter}]
        self.browser.do("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def tabs_to(self, what):
        """Presses Tab until the element with the focus has this label or text. It must be visible there."""
        for _ in range(40):
            self.presses("Tab")
            found = self.browser.run("""
                const one = document.activeElement;
                const style = getComputedStyle(one);
                const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
                return [(one.labels?.[0]?.innerText ?? one.innerText ?? "").trim(), isSeen];
            """)
            if found[0] == what:
                expect(f"the focus is seen at {what}", found[1], True)
                return
        raise SystemExit(f"FAILED: the keyboard does not reach {what!r}")

    def follows_the_link_to(self, address, title):
        """Waits for a mail to this address in the mailbox's JSON, and opens its link."""
        link = self.link_to(address)
        self.opens(link, title)
        return link

    def link_to(self, address):
        mails = wait_for(f"FAILED: no mail to {address}", lambda: self.server.mails(address))
        self.server.empty_mailbox()
        link = mails[0]["links"][0]
        expect("the link leads to this server", link.startswith(self.server.origin + "/"), True)
        return link

    def console_is_clean_but_for(self, *refused):
        """The console reports these refused calls since it was last read, and nothing else."""
        reports = [entry["message"] for entry in self.browser.console_entries() if entry["level"] != "DEBUG"]
        unexpected = [line for line in reports if not any(f"/{path}" in line and f" {status} " in line
                                                          for path, status in refused)]
        expect("the console", unexpected, [])

    def expects_no_request_elsewhere(self):
        """No request since the last time has left the server's origin."""
        entries = self.browser.do("POST", "/se/log", {"type": "performance"})
        urls = set()
        for entry in entries:
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.add(message["params"]["request"]["url"])
        allowed = (self.server.origin + "/", "data:", "about:", "devtools:", "chrome:", "chrome-untrusted:")
        expect("requests to other hosts", [url for url in urls if not url.startswith(allowed)], [])
        return len(urls)
