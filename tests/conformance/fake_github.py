"""A server that answers as GitHub does, for the logins by identity providers that the recordings have.

The originals were recorded with a provider that needs no network. The tokens and codes are its own:
`ok:UID:ADDRESS:VERIFIED` is an access token and `code:UID:ADDRESS[:VERIFIED]` a code, where VERIFIED is 0 or 1. All
others are refused. The person is `socUID`, Soc Ial.
"""

import http.server
import json
import threading
import urllib.parse

CLIENT_ID = "fake-client"
CLIENT_SECRET = "the secret of fake-client"


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def person(self):
        """The parts of the access token, or None."""
        return self.parts(self.headers.get("Authorization", "").removeprefix("Bearer "))

    @staticmethod
    def parts(token):
        kind, *parts = token.split(":")
        return parts if kind == "ok" and len(parts) == 3 else None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/login/oauth/access_token":
            sent = dict(urllib.parse.parse_qsl(body))
            kind, *parts = sent.get("code", "").split(":")
            if sent.get("client_secret") != CLIENT_SECRET:
                return self.answer(200, {"error": "incorrect_client_credentials"})
            if kind != "code" or len(parts) not in (2, 3):
                return self.answer(200, {"error": "bad_verification_code"})
            token = ":".join(["ok", *parts, "1"][:4])
            return self.answer(200, {"access_token": token, "token_type": "bearer", "scope": "profile"})
        if self.path == f"/api/v3/applications/{CLIENT_ID}/token":
            if not self.parts(json.loads(body)["access_token"]):
                return self.answer(404, {"message": "Not Found"})
            return self.answer(200, {"app": {"client_id": CLIENT_ID}})
        return self.answer(404, {"message": "Not Found"})

    def do_GET(self):
        person = self.person()
        if not person:
            return self.answer(401, {"message": "Bad credentials"})
        uid, address, verified = person
        if self.path == "/api/v3/user":
            return self.answer(200, {"id": int(uid), "login": f"soc{uid}", "name": "Soc Ial"})
        if self.path == "/api/v3/user/emails":
            return self.answer(200, [{"email": address, "primary": True, "verified": verified == "1"}])
        return self.answer(404, {"message": "Not Found"})


class FakeGitHub:
    """The server, on a port of its own."""

    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def setting(self):
        """The value of the setting `providers`."""
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return (f'[{{ name = "fake", kind = "github", client_id = "{CLIENT_ID}", client_secret = "{CLIENT_SECRET}", '
                f'scopes = ["profile"], redirect_uris = ["http://frontend.example/callback"], web_url = "{url}" }}]')

    def close(self):
        self.server.shutdown()
        self.server.server_close()
