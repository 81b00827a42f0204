"""The examples for Python and Node of docs/tokens.md, as they stand there but for the address of the keys."""

import os
import re
import subprocess

import jwt

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "tokens.md")
KEYS_URL = "https://accounts.example.org/.well-known/jwks.json"
ISSUER = "https://accounts.example.org"
AUDIENCE = "example.org"

ASK_EACH = """
for (const token of process.argv.slice(2)) {
  console.log(await userOf(token).catch((error) => "refused: " + error.message));
}
"""


def example(language, keys_url):
    """Returns the first example in the language, with this address of the keys."""
    with open(PAGE, encoding="utf-8") as page:
        found = re.search(rf"```{language}\n(.*?)```", page.read(), re.DOTALL)[1]
    if KEYS_URL not in found:
        raise SystemExit(f"FAILED: the example for {language} does not name {KEYS_URL}")
    return found.replace(KEYS_URL, keys_url)


def python(keys_url, tokens):
    """Returns the user of each token, or None where the example refuses it."""
    scope = {}
    exec(example("python", keys_url), scope)
    users = []
    for token in tokens:
        try:
            users.append(scope["user_of"](token))
        except jwt.PyJWTError:
            users.append(None)
    return users


def node(keys_url, tokens, modules):
    """Returns the user of each token, or None where the example refuses it."""
    # Modules are found by the path of the script: it stands beside them.
    script = os.path.join(os.path.dirname(modules), "example.mjs")
    with open(script, "w", encoding="utf-8") as file:
        file.write(example("js", keys_url) + ASK_EACH)
    # Node 18 has Web Crypto behind a flag.
    command = ["node", "--experimental-global-webcrypto", script, *tokens]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [None if line.startswith("refused: ") else line for line in lines]
