"""Users of pages that log in by JSON Web Tokens in cookies, and what pages of other sites attempt with these cookies.

The pages are empty. They call the API as frontends do, with the browser's cookies and without a header of their own.
"""

from expectations import expect, wait_for
from servers import PASSWORD, DjRestAuth, free_port, serve_pages

# Calls the API with the browser's cookies. After a 401 it refreshes the tokens, and sends the request again.
CALL = """
const [api, method, path, body] = a;
const send = (method, path, body) => fetch(api + path, {
  method, credentials: "include",
  headers: body ? {"Content-Type": "application/json"} : {},
  body: body ? JSON.stringify(body) : undefined,
});
try {
  let answer = await send(method, path, body), refreshed = false;
  if (answer.status === 401 && method !== "POST") {
    refreshed = (await send("POST", "token/refresh/", {})).ok;
    answer = await send(method, path, body);
  }
  return {status: answer.status, body: await answer.json(), refreshed};
} catch (error) {
  return {status: 0, body: String(error), refreshed: false};
}
"""

# Submits a form of this page to the API, in the frame that an attacker would hide.
SUBMIT = """
const [url, encoding, fields] = a;
const frame = document.createElement("iframe");
frame.name = "hidden";
const form = document.createElement("form");
Object.assign(form, {method: "post", action: url, enctype: encoding, target: "hidden"});
for (const [name, value] of Object.entries(fields)) {
  form.append(Object.assign(document.createElement("input"), {name, value}));
}
document.body.append(frame, form);
const answered = new Promise(resolve => frame.addEventListener("load", resolve));
form.submit();
await answered;
frame.remove();
form.remove();
"""

# Sends a request that needs no preflight, whose answer the page may not read.
SEND_UNREAD = """
const [url, type, body] = a;
await fetch(url, {method: "POST", mode: "no-cors", credentials: "include", headers: {"Content-Type": type}, body});
"""

ENCODINGS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
ACCESS, REFRESH = "access-token", "refresh-token"
NEW_PASSWORD = "Zeta-9-lantern-Moss"


class Page:
    """A page of this origin, open in the browser, and the API that it calls."""

    def __init__(self, browser, origin, api):
        self.browser, self.origin, self.api = browser, origin, api

    def opens(self):
        self.browser.open(f"{self.origin}/")

    def call(self, method, path, body=None):
        return self.browser.run(CALL, self.api, method, path, body)

    def logs_in(self, name, password=PASSWORD):
        answer = self.call("POST", "login/", {"username": name, "password": password})
        expect(f"login of {name}", answer["status"], 200)
        return answer["body"]

    def cookies(self):
        """The cookies of all sites by their names."""
        return {cookie["name"]: cookie for cookie in self.browser.devtools("Storage.getCookies")["cookies"]}

    def shows(self, name):
        answer = self.call("GET", "user/")
        expect("the logged-in user", (answer["status"], answer["body"].get("username")), (200, name))
        return answer

    def is_logged_out(self):
        expect("user/", self.call("GET", "user/")["status"], 401)
        expect("token/refresh/", self.call("POST", "token/refresh/", {})["status"], 401)


def check(browser, program, work):
    port = serve_pages(free_port())
    allowed, foreign = f"http://allowed.example:{port}", f"http://refused.example:{port}"
    across = DjRestAuth(program, f"{work}/across", allowed, secure=True, same_site="None")
    beside = DjRestAuth(program, f"{work}/beside", allowed, secure=False, same_site="Lax")
    try:
        page = Page(browser, allowed, across.api)
        stays_logged_in(page)
        refused_origin(Page(browser, foreign, across.api))
        third_site(page, foreign, across)
        neighbour = f"http://neighbour.allowed.example:{port}"
        api = f"http://api.allowed.example:{beside.port}{beside.base_path}"
        third_site(Page(browser, allowed, api), neighbour, beside)
    finally:
        across.stop()
        beside.stop()
    print("pages log in by JSON Web Tokens in cookies; other sites and neighbours can do nothing with these")


def stays_logged_in(page):
    """From login to logout, beyond the end of the access token."""
    page.browser.devtools("Storage.clearCookies")
    page.opens()
    body = page.logs_in("ann")
    expect("no script reads the refresh token", body["refresh"], "")
    cookies = page.cookies()
    for name, path in ((ACCESS, "/"), (REFRESH, "/dj-rest-auth/")):
        attributes = {key: cookies[name].get(key) for key in ("httpOnly", "secure", "sameSite", "path")}
        expect(name, attributes, {"httpOnly": True, "secure": True, "sameSite": "None", "path": path})
    expect("cookies that scripts read", page.browser.run("return document.cookie"), "")
    expect("no refresh is needed", page.shows("ann")["refreshed"], False)
    expect("a change", page.call("PATCH", "user/", {"first_name": "Ann"})["body"].get("first_name"), "Ann")

    # The browser drops the cookie when its token ends.
    wait_for("the access token does not end", lambda: ACCESS not in page.cookies())
    expect("the user notices no refresh", page.shows("ann")["refreshed"], True)
    renewed = page.cookies()
    expect("the refresh token is a new one", renewed[REFRESH]["value"] == cookies[REFRESH]["value"], False)

    expect("logout", page.call("POST", "logout/", {})["status"], 200)
    expect("cookies after the logout", {ACCESS, REFRESH} & set(page.cookies()), set())
    page.is_logged_out()
    # Somebody else kept the cookies.
    for name in (ACCESS, REFRESH):
        attributes = ("name", "value", "domain", "path", "secure", "httpOnly", "sameSite")
        kept = {key: renewed[name][key] for key in attributes}
        page.browser.devtools("Storage.setCookies", cookies=[kept])
    page.is_logged_out()
    page.browser.devtools("Storage.clearCookies")


def refused_origin(page):
    page.browser.devtools("Storage.clearCookies")
    page.opens()
    answer = page.call("POST", "login/", {"username": "ann", "password": PASSWORD})
    expect("a login from an origin that is not allowed", (answer["status"], page.cookies()), (0, {}))


def third_site(page, attacker, server):
    """Tries every way in which a page of `attacker` can send requests, while the user is logged in at `page`."""
    page.browser.devtools("Storage.clearCookies")
    page.opens()
    page.logs_in("ben")
    refresh = page.cookies()[REFRESH]["value"]
    change = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD, "old_password": PASSWORD}
    attempts = [
        ("password/change/", change),
        ("logout/", {"x": "y"}),
        ("token/refresh/", {"x": "y"}),
        ("login/", {"username": "ann", "password": PASSWORD}),
        ("registration/", {"username": "eve", "email": "eve@mail.example",
                           "password1": PASSWORD, "password2": PASSWORD}),
    ]
    page.browser.open(f"{attacker}/")
    for path, fields in attempts:
        before = server.count("csrf_failed")
        for encoding in ENCODINGS:
            page.browser.run(SUBMIT, page.api + path, encoding, fields)
            page.browser.run(SEND_UNREAD, page.api + path, encoding, "&".join(f"{k}={v}" for k, v in fields.items()))
        wait_for(f"FAILED: {path} was not refused to the other site", lambda: server.count("csrf_failed") >= before + 6,
                 server.log)
        expect(f"the refresh token after {path}", page.cookies()[REFRESH]["value"], refresh)
    # These need a preflight, or have an answer that the page may not read.
    for method, path, body in (("PATCH", "user/", {"first_name": "Eve"}), ("PUT", "user/", {"username": "eve"}),
                               ("POST", "logout/", {}), ("GET", "user/", None)):
        expect(f"{method} of another site", page.call(method, path, body)["status"], 0)
    page.browser.console()

    page.opens()
    page.call("POST", "token/refresh/", {})
    expect("the user's name", page.shows("ben")["body"]["first_name"], "")
    page.logs_in("ben")
    expect("nobody registered", page.call("POST", "login/", {"username": "eve", "password": PASSWORD})["status"], 400)
    expect("logout", page.call("POST", "logout/", {})["status"], 200)
    page.browser.devtools("Storage.clearCookies")
