"""The servers that a browser meets: Countersign with settings of a test, and pages of a frontend."""

import email
import email.policy
import http.client
import http.server
import json
import mimetypes
import os
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

from expectations import PATIENCE_S, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
PASSWORD = "Kettle-Harbor-42"


def free_port(wanted=0):
    """A port that is free on 127.0.0.1 at this moment: the one that is wanted, if it can be had."""
    for port in (wanted, 0):
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
        except OSError:
            continue
    raise SystemExit("there is no free port")


class Countersign:
    """A serving program."""

    base_path = None
    wanted_port = 0

    def __init__(self, program, directory, settings):
        os.mkdir(directory)
        self.port = free_port(self.wanted_port)
        self.directory, self.program = directory, program
        text = f'server.bind = "localhost:{self.port}"\nthrottle.enabled = false\npasswords.memory_kib = 8\n' \
            f"passwords.passes = 1\n{settings}"
        with open(os.path.join(directory, "settings.toml"), "w", encoding="utf-8") as file:
            file.write(text)
        with open(os.path.join(directory, "log"), "wb") as log:
            self.process = subprocess.Popen(self.command("serve"), cwd=directory, stderr=log)
        try:
            self.begin()
        except BaseException:
            self.stop()
            raise

    def begin(self):
        wait_for("the program does not serve", lambda: "  API " in self.log() or self.process.poll() is not None)
        # What the program calls itself is what frontends use.
        self.api = next((line.split()[1] for line in self.log().splitlines() if line.startswith("  API ")), None)
        self.origin = f"http://localhost:{self.port}"
        if self.api != self.url(""):
            raise SystemExit(f"it should name itself localhost:\n{self.log()}")

    def url(self, path):
        """The URL of a path of the contract, or of the origin if it begins with a slash."""
        return f"{self.origin}{path if path.startswith('/') else self.base_path + path}"

    def post(self, path, data, content_type):
        url = f"http://127.0.0.1:{self.port}{self.base_path}{path}"
        request = urllib.request.Request(url, data.encode(), {"Content-Type": content_type})
        urllib.request.urlopen(request, timeout=PATIENCE_S).close()

    def command(self, *arguments):
        return [self.program, "--settings", "settings.toml", *arguments]

    def log(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8") as file:
            return file.read()

    def tells(self, *words):
        """Waits for a line of the log that has all of these words."""
        wait_for(f"the log does not tell {words}", lambda: any(all(word in line for word in words)
                                                               for line in self.log().splitlines()), self.log)

    def count(self, word):
        """Returns how many lines of the log have this word."""
        return sum(word in line for line in self.log().splitlines())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_S)


class Accounts(Countersign):
    """Serves the contract `accounts`, with one verified user, ann."""

    base_path = "/api/v1/accounts/"

    def begin(self):
        super().begin()
        body = f"username=ann&email=ann@mail.example&password={PASSWORD}&password_confirm={PASSWORD}"
        self.post("register/", body, "application/x-www-form-urlencoded")
        subprocess.run(self.command("users", "verify", "ann"), cwd=self.directory, check=True,
                       stdout=subprocess.DEVNULL)


class OwnPages(Countersign):
    """Serves the contract `accounts`, the sample app and the mailbox, with these settings. No users."""

    base_path = "/api/v1/accounts/"

    def mails(self, address):
        """The mails to an address, newest first, as the mailbox gives them."""
        query = urllib.parse.urlencode({"to": address})
        with urllib.request.urlopen(f"{self.origin}/mailbox/mails.json?{query}", timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def empty_mailbox(self):
        request = urllib.request.Request(f"{self.origin}/mailbox/mails.json", method="DELETE")
        urllib.request.urlopen(request, timeout=PATIENCE_S).close()

    def status(self, path, **fields):
        """The status and the code of the answer to a request with these fields."""
        request = urllib.request.Request(self.url(path), json.dumps(fields).encode(),
                                         {"Content-Type": "application/json", "Accept": "application/problem+json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, None
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["code"]


class Djoser(Countersign):
    """Serves the contract `djoser` alone, for a frontend at this URL, with one user who is not activated, ben."""

    base_path = "/auth/"

    def __init__(self, program, directory, frontend):
        super().__init__(program, directory, f"""
[contracts.accounts]
enabled = false

[contracts.djoser]
enabled = true
activation_url = "{frontend}/activate/{{uid}}/{{token}}"
password_reset_confirm_url = "{frontend}/password/reset/confirm/{{uid}}/{{token}}"
username_reset_confirm_url = "{frontend}/username/reset/confirm/{{uid}}/{{token}}"
""")

    def begin(self):
        super().begin()
        self.mailbox = Mailbox(os.path.join(self.directory, "var", "mailbox"))
        ben = {"username": "ben", "email": "ben@mail.example", "password": PASSWORD}
        self.post("users/", json.dumps(ben), "application/json")
        self.mailbox.read("ben@mail.example", "Please verify your account at Countersign")


class Events(Countersign):
    """Serves the contracts `djoser`, with JSON Web Tokens that end after five seconds, and `profiles`. One user, ben."""

    base_path = "/auth/"

    def __init__(self, program, directory):
        super().__init__(program, directory, """
registration.verification = false
jwt.access_expires_after_seconds = 5
jwt.rotate_refresh_tokens = true

[contracts.accounts]
enabled = false

[contracts.djoser]
enabled = true
jwt = true
token = false
profile_fields = false

[contracts.profiles]
enabled = true
visible_to = "logged-in"

[[profile_fields]]
name = "description"
type = "text"
nullable = true
shown = "logged-in"

[[profile_fields]]
name = "location"
type = "text"
max_length = 30
shown = "logged-in"

[[profile_fields]]
name = "is_organizer"
type = "boolean"
default = false
shown = "logged-in"
""")

    def begin(self):
        super().begin()
        ben = {"username": "ben", "email": "ben@mail.example", "password": PASSWORD}
        self.post("users/", json.dumps(ben), "application/json")


class DjRestAuth(Countersign):
    """Serves the contract `dj_rest_auth` with JSON Web Tokens in cookies, for pages of this origin. Access tokens end after
    five seconds. Two users, ann and ben.
    """

    base_path = "/dj-rest-auth/"

    def __init__(self, program, directory, frontend, secure, same_site):
        super().__init__(program, directory, f"""
cors.allowed_origins = ["{frontend}"]
registration.verification = false
jwt.access_expires_after_seconds = 5
jwt.rotate_refresh_tokens = true

[contracts.accounts]
enabled = false

[contracts.dj_rest_auth]
enabled = true
session_login = false
use_jwt = true
jwt_auth_cookie = "access-token"
jwt_auth_refresh_cookie = "refresh-token"
jwt_auth_refresh_cookie_path = "/dj-rest-auth/"
jwt_auth_secure = {str(secure).lower()}
jwt_auth_samesite = "{same_site}"
""")

    def begin(self):
        super().begin()
        for name in ("ann", "ben"):
            body = {"username": name, "email": f"{name}@mail.example", "password1": PASSWORD, "password2": PASSWORD}
            self.post("registration/", json.dumps(body), "application/json")


class Mailbox:
    """The directory of sent mails. Each mail is read once."""

    def __init__(self, directory):
        self.directory, self.unread, self.known = directory, [], set()

    def read(self, recipient, subject):
        """Waits for a mail, and returns its text."""
        return wait_for(f"no mail to {recipient}: {subject}", lambda: self.take(recipient, subject),
                        self.unread_mails)

    def take(self, recipient, subject):
        self.look()
        for mail in self.unread:
            if (mail["To"], mail["Subject"]) == (recipient, subject):
                self.unread.remove(mail)
                return mail.get_body(("plain",)).get_content()
        return None

    def look(self):
        names = os.listdir(self.directory) if os.path.isdir(self.directory) else []
        for name in sorted(name for name in names if name.endswith(".eml") and name not in self.known):
            self.known.add(name)
            with open(os.path.join(self.directory, name), "rb") as file:
                self.unread.append(email.message_from_binary_file(file, policy=email.policy.default))

    def unread_mails(self):
        self.look()
        return [f"{mail['To']}: {mail['Subject']}" for mail in self.unread]


class Pages(http.server.BaseHTTPRequestHandler):
    """A development server: an empty page, and a proxy before the API."""

    protocol_version = "HTTP/1.1"
    api_port = None

    def do_GET(self):
        if self.path.startswith("/api/"):
            return self.forward()
        self.answer(200, [("Content-Type", "text/html; charset=utf-8")], b"<!doctype html><title>page</title>")

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        upstream = http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=PATIENCE_S)
        upstream.request(self.command, self.path, body, dict(self.headers.items()))
        answer = upstream.getresponse()
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in ("content-length", "date")]
        self.answer(answer.status, headers, answer.read())

    do_POST = do_PATCH = do_OPTIONS = forward

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class App(Pages):
    """A development server: the files of an app, those that apps share, and its first page at every other path."""

    name = None
    origin = ""

    def do_GET(self):
        path = os.path.normpath(urllib.parse.urlsplit(self.path).path).lstrip("/")
        files = (os.path.join(HERE, directory, path) for directory in (self.name, "shared"))
        file = next(filter(os.path.isfile, files), os.path.join(HERE, self.name, "index.html"))
        with open(file, encoding="utf-8") as opened:
            body = opened.read().replace("http://localhost:8000", self.origin)
        kind = mimetypes.guess_type(file)[0]
        self.answer(200, [("Content-Type", f"{kind}; charset=utf-8"), ("Cache-Control", "no-store")], body.encode())


def serve_pages(port, api_port=None):
    """Serves pages on 127.0.0.1 until the process ends."""
    return serve(port, type("Handler", (Pages,), {"api_port": api_port}))


def serve_app(name):
    """Serves the app of this name. Returns the port, and the handler, whose `origin` is the server that the app calls."""
    handler = type("Handler", (App,), {"name": name})
    return serve(0, handler), handler


def serve(port, handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
