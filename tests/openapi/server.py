"""The program with every contract, and requests to it."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

PASSWORD = "Kettle-Harbor-42"
PATIENCE_S = 60

# Cheap hashes and no limits, so that many requests take little time. New users may log in at once.
COMMON = """
throttle.enabled = false
passwords.memory_kib = 8
passwords.passes = 1
log.level = "warn"
login.require_verified = false
login.cookie = true
contracts.accounts.enabled = true
contracts.profiles.enabled = true
contracts.tutorial.enabled = true
contracts.djoser.enabled = true
contracts.djoser.jwt = true
contracts.djoser.username_reset_confirm_url = "https://app.example/username/{uid}/{token}"
contracts.djoser.profile_fields = true
contracts.dj_rest_auth.enabled = true
contracts.django_rest_auth.enabled = true

[[profile_fields]]
name = "born_on"
type = "date"
shown = "logged-in"

[[profile_fields]]
name = "size"
type = "integer"
min = 1
max = 300

[[profile_fields]]
name = "newsletter"
type = "boolean"
default = false

[[profile_fields]]
name = "colour"
type = "choice"
choices = ["red", "green"]
"""

JWT = """
contracts.accounts.login = ["jwt"]
contracts.dj_rest_auth.use_jwt = true
contracts.dj_rest_auth.session_login = false
contracts.dj_rest_auth.jwt_auth_cookie = "access-token"
contracts.dj_rest_auth.jwt_auth_refresh_cookie = "refresh-token"
contracts.django_rest_auth.use_jwt = true
contracts.django_rest_auth.session_login = false
jwt.rotate_refresh_tokens = true
"""

EDITIONS = {"with tokens": COMMON, "with JSON Web Tokens": JWT + COMMON}


def get(url):
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as response:
        return response.read()


def post(url, body):
    """Returns the status, and the body as JSON."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The program, serving."""

    def __init__(self, program, directory, settings):
        self.program, self.directory, self.process = program, directory, None
        self.origin = f"http://127.0.0.1:{free_port()}"
        with open(os.path.join(directory, "settings.toml"), "w", encoding="utf-8") as file:
            file.write(f'server.bind = "{self.origin.removeprefix("http://")}"\n{settings}')

    def __enter__(self):
        command = [self.program, "--settings", "settings.toml", "serve"]
        with open(os.path.join(self.directory, "log"), "wb") as log:
            self.process = subprocess.Popen(command, cwd=self.directory, stderr=log)
        for _ in range(PATIENCE_S * 10):
            try:
                get(f"{self.origin}/healthz")
                return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit("FAILED: the program does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        with open(os.path.join(self.directory, "log"), encoding="utf-8") as log:
            print("".join(line for line in log if "ERROR" in line), end="")
