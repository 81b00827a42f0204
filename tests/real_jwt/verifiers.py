"""Services that verify access tokens by the published keys, each with a library of its own."""

import json
import os
import subprocess

import jwt

ISSUER = "https://accounts.example"
AUDIENCE = "shop.example"


class Python:
    """PyJWT, which keeps the keys for an hour, and after the cooldown fetches them anew for a key that it does not know."""

    name = "PyJWT"

    def __init__(self, url, cooldown_s):
        self.keys = jwt.PyJWKClient(url, lifespan=3_600, cooldown_duration=cooldown_s)
        self.keys.get_signing_keys()

    def user_of(self, token):
        """Returns the user of an access token, or None if it is refused."""
        try:
            key = self.keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(token, key, algorithms=["EdDSA"], issuer=ISSUER, audience=AUDIENCE)
        except jwt.PyJWTError:
            return None
        return claims["user_id"] if claims["token_type"] == "access" else None

    def stop(self):
        pass


class Node:
    """jose, in a process of its own, which answers one line of JSON for each token."""

    name = "jose"

    def __init__(self, url, cooldown_s, modules):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "verify.mjs")
        with open(script, encoding="utf-8") as file:
            source = file.read()
        # Modules are found by the path of the script: it stands beside them.
        copy = os.path.join(os.path.dirname(modules), "verify.mjs")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(source)
        # Node 18 has Web Crypto behind a flag.
        command = ["node", "--experimental-global-webcrypto", copy, url, ISSUER, AUDIENCE, str(1000 * cooldown_s)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.user_of("a.token.first")

    def user_of(self, token):
        """Returns the user of an access token, or None if it is refused."""
        self.process.stdin.write(token + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)
