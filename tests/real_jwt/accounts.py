"""Countersign with djoser's contract and JSON Web Tokens, and requests to it."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

PASSWORD = "Kettle-Harbor-42"
PATIENCE_S = 60

SETTINGS = """
throttle.enabled = false
passwords.memory_kib = 8
passwords.passes = 1
registration.verification = false
change_email.verification = false
contracts.djoser.enabled = true
contracts.djoser.jwt = true
"""


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"FAILED: {what}: {found}, not {wanted}")


def answer(request):
    """Returns the status, and the body as JSON."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def post(url, body):
    headers = {"Content-Type": "application/json"}
    return answer(urllib.request.Request(url, json.dumps(body).encode(), headers))


def get(url, token):
    return answer(urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"}))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Accounts:
    """The program, on one port through all its restarts."""

    def __init__(self, program, directory, settings, files=None):
        os.mkdir(directory)
        self.program, self.directory, self.process = program, directory, None
        self.origin = f"http://127.0.0.1:{free_port()}"
        self.keys_url = f"{self.origin}/.well-known/jwks.json"
        bind = f'server.bind = "{self.origin.removeprefix("http://")}"\n'
        self.write({"settings.toml": bind + SETTINGS + settings, **(files or {})})

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def write(self, files):
        for name, text in files.items():
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
                file.write(text)

    def start(self):
        with open(os.path.join(self.directory, "log"), "wb") as log:
            command = [self.program, "--settings", "settings.toml", "serve"]
            self.process = subprocess.Popen(command, cwd=self.directory, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(os.path.join(self.directory, "log"), encoding="utf-8") as log:
                    raise SystemExit(f"the program does not serve\n{log.read()}")
            time.sleep(0.05)

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=PATIENCE_S) as response:
                return response.status == 200
        except OSError:
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def restart(self, files):
        self.stop()
        self.write(files)
        self.start()

    def url(self, path):
        return f"{self.origin}/auth/{path}"

    def register(self, username):
        """Registers a user, and returns the id."""
        body = {"username": username, "email": f"{username}@mail.example", "password": PASSWORD}
        status, user = post(self.url("users/"), body)
        expect(f"a registration: {user}", status, 201)
        return user["id"]

    def pair(self, username):
        status, pair = post(self.url("jwt/create/"), {"username": username, "password": PASSWORD})
        expect(f"a login: {pair}", status, 200)
        return pair
