"""The servers that a browser meets: Countersign with settings of a test, and pages of a frontend."""

import http.client
import http.server
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request

PATIENCE_S = 60
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
    """A serving program with one verified user, ann."""

    def __init__(self, program, directory, settings):
        os.mkdir(directory)
        self.port = free_port()
        self.directory, self.program = directory, program
        text = f'server.bind = "localhost:{self.port}"\nthrottle.enabled = false\npasswords.memory_kib = 8\n' \
            f"passwords.passes = 1\n{settings}"
        with open(os.path.join(directory, "settings.toml"), "w", encoding="utf-8") as file:
            file.write(text)
        with open(os.path.join(directory, "log"), "wb") as log:
            self.process = subprocess.Popen(self.command("serve"), cwd=directory, stderr=log)
        wait_for("the program does not serve", lambda: "  API " in self.log() or self.process.poll() is not None)
        # What the program calls itself is what frontends use.
        self.api = next((line.split()[1] for line in self.log().splitlines() if line.startswith("  API ")), None)
        if self.api != f"http://localhost:{self.port}/api/v1/accounts/":
            raise SystemExit(f"it should name itself localhost:\n{self.log()}")
        body = f"username=ann&email=ann@mail.example&password={PASSWORD}&password_confirm={PASSWORD}".encode()
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/accounts/register/", body, timeout=PATIENCE_S)
        subprocess.run(self.command("users", "verify", "ann"), cwd=directory, check=True, stdout=subprocess.DEVNULL)

    def command(self, *arguments):
        return [self.program, "--settings", "settings.toml", *arguments]

    def log(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8") as file:
            return file.read()

    def tells(self, *words):
        """Waits for a line of the log that has all of these words."""
        wait_for(f"the log does not tell {words}", lambda: any(all(word in line for word in words)
                                                               for line in self.log().splitlines()), self.log)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_S)


def wait_for(sentence, is_so, more=lambda: ""):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit(f"{sentence}\n{more()}")
        time.sleep(0.02)


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


def serve_pages(port, api_port=None):
    """Serves pages on 127.0.0.1 until the process ends."""
    handler = type("Handler", (Pages,), {"api_port": api_port})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
