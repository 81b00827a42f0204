"""Users who log in with an identity provider: from the button of a page to the provider's pages, and back.

The provider is the npm package oidc-provider, as in tests/real_provider. Frontend, API and provider are three origins.
"""

import os
import sys

from expectations import expect, wait_for
from servers import HERE, Countersign, Pages, free_port, serve

sys.path.insert(0, os.path.join(HERE, "..", "real_provider"))

from parties import SECRET, Provider  # noqa: E402

# One button for each contract. The page that the provider sends people back to finishes the login, and shows who it is.
PAGE = """<!doctype html>
<title>page</title>
<button>accounts</button> <button>djoser</button> <button>dj-rest-auth</button>
<p id="shown"></p>
<script>
const [api, issuer] = ["API", "ISSUER"];
const back = location.origin + "/logged-in";
const call = async (method, path, body, token) => {
  const headers = {...(body && {"Content-Type": "application/json"}), ...(token && {Authorization: `Token ${token}`})};
  const answer = await fetch(api + path, {method, headers, credentials: "include", body: body && JSON.stringify(body)});
  return {status: answer.status, ...await answer.json()};
};
const base64url = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=/g, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const begin = {
  accounts: async () =>
    (await call("POST", "/api/v1/accounts/providers/house/start/", {redirect_uri: back})).authorization_url,
  djoser: async () =>
    (await call("GET", "/auth/o/house/?redirect_uri=" + encodeURIComponent(back))).authorization_url,
  // Here the page makes state and verifier itself.
  "dj-rest-auth": async () => {
    const [state, verifier] = [random(), random()];
    sessionStorage.setItem("state", state);
    sessionStorage.setItem("verifier", verifier);
    const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
    return issuer + "/auth?" + new URLSearchParams({
      response_type: "code", client_id: "countersign", redirect_uri: back, scope: "openid email profile", state,
      code_challenge: challenge, code_challenge_method: "S256",
    });
  },
};
const finish = {
  accounts: (code, state) => call("POST", "/api/v1/accounts/providers/house/finish/", {code, state}),
  djoser: (code, state) => call("POST", "/auth/o/house/?" + new URLSearchParams({code, state})),
  "dj-rest-auth": (code, state) => state === sessionStorage.getItem("state")
    ? call("POST", "/dj-rest-auth/house/", {code, code_verifier: sessionStorage.getItem("verifier")})
    : {detail: "this page did not begin the login"},
};

for (const button of document.querySelectorAll("button")) {
  button.onclick = async () => {
    sessionStorage.setItem("contract", button.innerText);
    location.href = await begin[button.innerText]();
  };
}
const sent = new URLSearchParams(location.search);
if (sent.has("state")) (async () => {
  const shown = document.querySelector("#shown");
  if (sent.has("error")) return shown.innerText = sent.get("error");
  const answer = await finish[sessionStorage.getItem("contract")](sent.get("code"), sent.get("state"));
  const token = answer.token ?? answer.auth_token ?? answer.key;
  const user = token ? await call("GET", "/api/v1/accounts/profile/", null, token) : answer;
  shown.innerText = token ? `${user.username} ${user.email}` : JSON.stringify(answer);
})();
</script>
"""


class LoginPages(Pages):
    """The frontend: the same page at every path."""

    page = ""

    def do_GET(self):
        self.answer(200, [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")],
                    self.page.encode())


class ThreeContracts(Countersign):
    """Serves three contracts for logins by this provider from this page."""

    base_path = "/api/v1/accounts/"

    def __init__(self, program, directory, issuer, page):
        super().__init__(program, directory, f"""
login.token = true
contracts.djoser.enabled = true
contracts.dj_rest_auth.enabled = true

[[providers]]
name = "house"
kind = "openid"
issuer = "{issuer}"
client_id = "countersign"
client_secret = "{SECRET}"
redirect_uris = ["{page}"]
""")


def check(browser, program, work, modules):
    # The provider's pages want a font from elsewhere.
    browser.devtools("Network.enable")
    browser.devtools("Network.setBlockedURLs", urls=["*fonts.googleapis.com*"])
    handler = type("Handler", (LoginPages,), {})
    frontend = f"http://localhost:{serve(free_port(), handler)}"
    page = f"{frontend}/logged-in"
    clients = {"countersign": {"secret": SECRET, "redirect_uris": [page]}}
    with Provider(os.path.join(work, "provider"), modules, clients) as provider:
        server = ThreeContracts(program, os.path.join(work, "providers"), provider.origin, page)
        handler.page = PAGE.replace("API", server.origin, 1).replace("ISSUER", provider.origin, 1)
        try:
            for contract in ("accounts", "djoser", "dj-rest-auth"):
                logs_in(browser, server, provider, frontend, contract)
                logs_in(browser, server, provider, frontend, contract)
            refuses(browser, provider, frontend)
        finally:
            server.stop()
    print("people log in with a provider of OpenID Connect, with its login and consent, through three contracts")


def is_at(browser, origin):
    """Waits for a page of this origin. No script runs meanwhile: it would end with the page before."""
    wait_for(f"the browser does not get to {origin}", lambda: browser.do("GET", "/url").startswith(f"{origin}/"))


def to_the_login(browser, provider, frontend, contract):
    browser.devtools("Storage.clearCookies")
    browser.open(f"{frontend}/")
    browser.click_on_text("button", contract)
    is_at(browser, provider.origin)
    browser.type("input[name=login]", contract)
    browser.type("input[name=password]", "any")
    browser.click("button[type=submit]")
    browser.element("input[name=prompt][value=consent]")


def logs_in(browser, server, provider, frontend, contract):
    to_the_login(browser, provider, frontend, contract)
    browser.click("button[type=submit]")
    is_at(browser, frontend)
    wait_for(f"FAILED: nobody is logged in through {contract}", lambda: any(browser.text("#shown")),
             lambda: f"{browser.text('body')}\n{browser.console()}\n{server.log()}")
    expect(f"who logged in through {contract}", browser.text("#shown"), [f"{contract} {contract}@mail.example"])
    ours = (frontend, server.origin)
    expect("the console", [line for line in browser.console() if line.startswith(ours) and "favicon" not in line], [])


def refuses(browser, provider, frontend):
    """Somebody refuses at the provider's page."""
    to_the_login(browser, provider, frontend, "accounts")
    browser.click("a[href*=abort]")
    is_at(browser, frontend)
    wait_for("FAILED: the page is not told of the refusal", lambda: any(browser.text("#shown")))
    expect("what the page is told", browser.text("#shown"), ["access_denied"])
