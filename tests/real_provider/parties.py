"""Who takes part in a login: Countersign, the identity provider, and a person's browser."""

import html.parser
import json
import os
import re
import socket
import subprocess
import time
import urllib.parse

import requests

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE_S = 60
# More pages than any login has.
MOST_PAGES = 20
SECRET = "a-secret-of-a-client-in-a-test-only"
# The pages of the frontend. Nobody serves them: the browser of this test reads their addresses.
PAGE, OTHER_PAGE = "http://localhost:5173/logged-in", "http://localhost:5173/elsewhere"
CLIENTS = {
    "countersign": {"secret": SECRET, "redirect_uris": [PAGE, OTHER_PAGE]},
    "another-site": {"secret": SECRET, "redirect_uris": [PAGE]},
}

SETTINGS = """
throttle.enabled = false
passwords.memory_kib = 8
passwords.passes = 1
sessions.cookie_secure = false
login.token = true
contracts.djoser.enabled = true
contracts.dj_rest_auth.enabled = true
"""


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"FAILED: {what}: {found}, not {wanted}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that serves HTTP, on one port through all its restarts."""

    def __init__(self, directory, ready_path):
        self.directory, self.process = directory, None
        self.origin = f"http://127.0.0.1:{free_port()}"
        self.ready_path = ready_path

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        log_file = os.path.join(self.directory, "log")
        with open(log_file, "ab") as log:
            self.process = subprocess.Popen(self.command, cwd=self.directory, env=os.environ | self.variables,
                                            stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(log_file, encoding="utf-8") as log:
                    raise SystemExit(f"{self.command[0]} does not serve\n{log.read()}")
            time.sleep(0.05)

    def is_ready(self):
        try:
            return requests.get(self.origin + self.ready_path, timeout=PATIENCE_S).status_code == 200
        except requests.ConnectionError:
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(PATIENCE_S)


class Provider(Server):
    """`oidc-provider`. Each start makes a new key, and forgets who was logged in there."""

    def __init__(self, directory, modules, clients=None):
        os.mkdir(directory)
        super().__init__(directory, "/.well-known/openid-configuration")
        self.variables = {}
        port = self.origin.rsplit(":", 1)[1]
        self.command = ["node", os.path.join(HERE, "provider.mjs"), modules, port,
                        json.dumps(clients or CLIENTS)]

    def url_for(self, client_id, challenge):
        """Returns where an app sends the browser that begins the login itself."""
        query = {"response_type": "code", "client_id": client_id, "redirect_uri": PAGE, "scope": "openid email profile",
                 "state": "of-the-app", "code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self.origin}/auth?{urllib.parse.urlencode(query)}"

    def tokens(self, client_id, code, verifier):
        """Exchanges a code as an app does itself."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": PAGE, "code_verifier": verifier}
        answer = requests.post(f"{self.origin}/token", form, auth=(client_id, SECRET), timeout=PATIENCE_S)
        expect(f"an exchange by an app: {answer.text}", answer.status_code, 200)
        return answer.json()


class Countersign(Server):
    """The program, with this provider as `house` and three contracts, and with more settings."""

    def __init__(self, program, directory, issuer, settings=""):
        os.mkdir(directory)
        super().__init__(directory, "/readyz")
        self.command = [program, "--settings", "settings.toml", "serve"]
        redirects = CLIENTS["countersign"]["redirect_uris"]
        self.variables = {"COUNTERSIGN__PROVIDERS": f"""[{{ name = "house", kind = "openid", issuer = "{issuer}",
            client_id = "countersign", client_secret = "{SECRET}", redirect_uris = {json.dumps(redirects)} }}]"""
                          .replace("\n", " ")}
        with open(os.path.join(directory, "settings.toml"), "w", encoding="utf-8") as file:
            file.write(f'server.bind = "{self.origin.removeprefix("http://")}"\n{SETTINGS}{settings}')

    def run(self, *arguments):
        """Runs a command of the program. Returns its exit code, and what it wrote."""
        command = [*self.command[:3], *arguments]
        ended = subprocess.run(command, cwd=self.directory, env=os.environ | self.variables, capture_output=True,
                               text=True, timeout=PATIENCE_S, check=False)
        return ended.returncode, ended.stdout + ended.stderr


class Form(html.parser.HTMLParser):
    """The only form of a page."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.action = attributes["action"]
        if tag == "input":
            self.fields[attributes["name"]] = attributes.get("value") or ""


class Person:
    """Somebody with a browser of their own, and an app that sends tokens by a scheme."""

    def __init__(self, login, server, scheme="Token"):
        self.login, self.server, self.scheme, self.browser = login, server, scheme, requests.Session()
        # What the provider's pages were.
        self.seen = []

    def call(self, method, path, body=None, token=None):
        # Errors of each contract then have a code.
        headers = {"Accept": "application/problem+json, application/json;q=0.9"}
        if token:
            headers["Authorization"] = f"{self.scheme} {token}"
        return self.browser.request(method, self.server.origin + path, json=body, headers=headers, timeout=PATIENCE_S)

    def returns_from(self, url):
        """Logs in and consents at the provider, as its pages ask. Returns what the frontend's page gets."""
        answer = self.browser.get(url, allow_redirects=False, timeout=PATIENCE_S)
        for _ in range(MOST_PAGES):
            if answer.is_redirect:
                url = urllib.parse.urljoin(url, answer.headers["location"])
                if url.startswith((PAGE, OTHER_PAGE)):
                    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
                answer = self.browser.get(url, allow_redirects=False, timeout=PATIENCE_S)
                continue
            expect(f"a page of the provider: {re.sub('<[^>]*>', ' ', answer.text)}", answer.status_code, 200)
            form = Form(answer.text)
            self.seen.append(form.fields["prompt"])
            known = {"login": self.login, "password": "any"}
            form.fields.update({name: text for name, text in known.items() if name in form.fields})
            url = urllib.parse.urljoin(url, form.action)
            answer = self.browser.post(url, form.fields, allow_redirects=False, timeout=PATIENCE_S)
        raise SystemExit(f"FAILED: the provider sends nobody back after {MOST_PAGES} pages: {self.seen}")
