"""As much of the WebDriver protocol (W3C) as these tests need, spoken to chromedriver."""

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request

from expectations import wait_for

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",  # Chromium's own needs what containers lack, and does not start as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    # Names of pages that are not on the loopback for a browser, and lead there all the same.
    "--host-resolver-rules=MAP *.example 127.0.0.1",
]
PATIENCE_S = 120


def tool(*names):
    for name in names:
        if path := shutil.which(name):
            return path
    raise SystemExit(f"none of {', '.join(names)} is installed")


class Browser:
    """A Chromium with a profile of its own; to be closed. With `records_requests` its performance log has them."""

    def __init__(self, directory, name="profile", records_requests=False):
        driver = tool("chromedriver")
        log = open(os.path.join(directory, f"{name}.log"), "w", encoding="utf-8")
        self.driver = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=log, text=True)
        self.session = None
        try:
            for line in self.driver.stdout:
                if started := re.search(r"started successfully on port (\d+)", line):
                    break
            else:
                raise SystemExit("chromedriver did not start")
            self.url = f"http://127.0.0.1:{started[1]}"
            options = {
                "binary": tool("chromium", "chromium-browser", "google-chrome"),
                # Whatever this build's own is: cookies of third parties are taken.
                "prefs": {"profile.cookie_controls_mode": 0, "profile.block_third_party_cookies": False},
                "args": [*ARGUMENTS, f"--user-data-dir={os.path.join(directory, name)}"],
            }
            always = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", **({"performance": "ALL"} if records_requests else {})},
                "timeouts": {"script": PATIENCE_S * 1000, "pageLoad": PATIENCE_S * 1000},
            }
            self.session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": always}})["sessionId"]
        except BaseException:
            self.close()
            raise

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=PATIENCE_S + 30) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.read().decode()}") from error

    def do(self, method, path, body=None):
        return self.ask(method, f"/session/{self.session}{path}", body)

    def open(self, url):
        self.do("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """Runs the body of an async function in the page, and returns what it returns."""
        script = f"const done = arguments[arguments.length - 1]; (async (...a) => {{{script}}})(...arguments)" \
            ".then(done, error => done({failed: String(error)}))"
        return self.do("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def text(self, css):
        """The texts of all elements that the selector finds and the page shows."""
        return self.run("""return [...document.querySelectorAll(a[0])].filter(element => element.checkVisibility())
            .map(element => element.innerText.trim())""", css)

    def type(self, css, text):
        """Writes with the keyboard what the field shall hold instead of what it holds."""
        field = self.element(css)
        self.do("POST", f"/element/{field}/clear", {})
        self.do("POST", f"/element/{field}/value", {"text": text})

    def click(self, css):
        self.do("POST", f"/element/{self.element(css)}/click", {})

    def click_on_text(self, css, text):
        """Clicks on the only element of the selector that shows this text."""
        places = wait_for(f"the page has no {css} with {text!r}", lambda: self.run("""
            return [...document.querySelectorAll(a[0])].filter(element => element.innerText.trim() === a[1])
        """, css, text), lambda: self.text("body"))
        if len(places) != 1:
            raise SystemExit(f"the page has {len(places)} elements {css} with {text!r}")
        self.do("POST", f"/element/{next(iter(places[0].values()))}/click", {})

    def element(self, css):
        """Waits until the page has this element, and no other that the selector finds."""
        found = wait_for(f"the page has no {css}", lambda: self.do("POST", "/elements", {
            "using": "css selector", "value": css}), lambda: self.text("body"))
        if len(found) != 1:
            raise SystemExit(f"the page has {len(found)} elements {css}")
        return next(iter(found[0].values()))

    def devtools(self, command, **parameters):
        return self.do("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def console(self):
        """What was written to the console since this was last asked."""
        return [entry["message"] for entry in self.console_entries()]

    def console_entries(self):
        return self.do("POST", "/se/log", {"type": "browser"})

    def close(self):
        if self.session:
            self.do("DELETE", "")
            self.session = None
        self.driver.terminate()
        self.driver.wait(timeout=PATIENCE_S)
