"""A user of an app, whose every step is recorded as the lines of what the page then shows.

The walks are written once and run against each server. Only the title of the page after a step is expected here: the
recordings of the two servers are compared with each other.
"""

import json
import re
import urllib.parse

from expectations import expect, wait_for

# The addresses and passwords of the users of all walks.
ANN, CARA, NEW_ADDRESS = "ann@mail.example", "cara@mail.example", "ann@new.example"
FIRST, SECOND, THIRD = "Kettle-Harbor-42", "Harbor-Lantern-43", "Lantern-Orchard-44"

# Counts the calls of the page that have not been answered and read, and keeps what was sent and answered. It runs before
# the scripts of every page.
WATCH = """
let pending = 0;
const counted = (method) => async function (...given) {
  pending += 1;
  try {
    return await method.apply(this, given);
  } finally {
    // The page's own code goes on first, and may begin another call.
    setTimeout(() => { pending -= 1; });
  }
};
const real = window.fetch;
const calls = [];
window.fetch = counted(async (url, options = {}) => {
  const answer = await real(url, options);
  calls.push([options.method ?? "GET", url, options.body ?? null, answer.status, await answer.clone().text()]);
  return answer;
});
for (const name of ["text", "json"]) Response.prototype[name] = counted(Response.prototype[name]);
window.isAtRest = () => document.readyState === "complete" && pending === 0;
window.takeCalls = () => calls.splice(0);
"""

SCREEN = """
const main = document.querySelector("main");
const form = (element) => element.closest("form").id.replace("-form", "");
const texts = [];
const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
  if (text && element.checkVisibility() && !element.closest(".error")) texts.push(text);
}
return {
  address: location.pathname + location.search,
  title: document.title,
  heading: [...document.querySelectorAll("h1")].map((one) => one.innerText),
  texts,
  errors: [...main.querySelectorAll(".error")].map((error) => [form(error), error.dataset.field, error.innerText]),
  fields: [...main.querySelectorAll("input:not([type=password])")].map((field) => [form(field), field.name, field.value]),
  calls: takeCalls(),
};
"""


class Step:
    """What the page shows after a step, as lines, and the calls that led to it."""

    def __init__(self, name, lines, calls):
        self.name, self.lines, self.calls = name, lines, calls


class Walk:
    """A user with a browser and an app at this origin."""

    def __init__(self, browser, frontend):
        self.browser, self.frontend = browser, frontend
        self.api = self.mailbox = None
        self.steps = []

    def meets(self, api, mailbox):
        """From now on the app calls this API, whose server sends mails to this mailbox."""
        self.api, self.mailbox = api, mailbox

    def opens(self, name, page, title):
        """Opens a page of the app, or a link of a mail, as a new document."""
        self.browser.open(page if page.startswith(self.frontend) else self.frontend + page)
        self.arrives(name, title)

    def follows(self, name, path, title):
        """Clicks on a link of the page."""
        self.browser.click(f'a[href="{path}"]')
        self.arrives(name, title)

    def submits(self, name, form, title, **fields):
        for field, text in fields.items():
            self.browser.type(f"#{form}-form [name={field}]", text)
        self.clicks(name, f"#{form}-form button", title)

    def clicks(self, name, css, title):
        self.browser.click(css)
        self.arrives(name, title)

    def arrives(self, name, title):
        """Waits until the page is at rest, and records what it shows. `title` has two titles where the servers differ."""
        wait_for(f"FAILED: {name}: the page does not come to rest",
                 lambda: self.browser.run("return window.isAtRest?.() ?? false"), lambda: self.browser.text("body"))
        seen = self.browser.run(SCREEN)
        lines = [f"address {without_values(seen['address'])}", f"title {seen['title']}"]
        lines += [f"text {text}" for text in seen["texts"]]
        lines += [f"error at {form}.{field}: {text}" for form, field, text in seen["errors"]]
        lines += [f"{form}.{field} holds {value!r}" for form, field, value in seen["fields"]]
        for method, url, _, status, answer in seen["calls"]:
            lines.append(f"call {method} {url.removeprefix(self.api)} {status}")
            # Errors stand on the page.
            lines += [f"answer {member}" for member in members(answer)] if status < 400 else []
        if any(name == step.name for step in self.steps):
            raise SystemExit(f"there are two steps {name!r}")
        self.steps.append(Step(name, lines, seen["calls"]))
        if seen["heading"] not in ([one] for one in ([title] if isinstance(title, str) else title)):
            raise SystemExit("\n".join([f"FAILED: {name}: the page is {seen['heading']}, not {title!r}", *lines,
                                        *tell(seen["calls"]), *self.browser.console()]))

    def link(self, address):
        """Waits for a mail to this address with a link to the app, and returns the link. Each mail is read once."""
        def look():
            return [link for text in self.mailbox.take(address)
                    for link in re.findall(rf"{re.escape(self.frontend)}/[^\s<>\"]+", text)]

        links = wait_for(f"FAILED: there is no link in a mail to {address}", look)
        expect(f"links in the mails to {address}", len(links), 1)
        return links[0]


def without_values(address):
    """The address of a page without the values of a link, which two servers never have in common. The paths of the apps
    are lower-case words.
    """
    path, _, query = address.partition("?")
    parts = "/".join(part if re.fullmatch("[a-z-]*", part) else "<…>" for part in path.split("/"))
    names = [f"{name}=<…>" for name, _ in urllib.parse.parse_qsl(query)]
    return f"{parts}?{'&'.join(names)}" if names else parts


def members(answer):
    """The members of an answer with the types of their values."""
    value = json.loads(answer) if answer else None
    if isinstance(value, dict):
        return sorted(f"{name}: {type_of(member)}" for name, member in value.items())
    return [type_of(value)]


def type_of(value):
    """The name of a type. The ids of new users are UUIDs here and numbers at Django."""
    is_id = isinstance(value, int) or (isinstance(value, str) and re.fullmatch("[0-9a-f-]{36}", value))
    return "id" if is_id and not isinstance(value, bool) else type(value).__name__


def spoiled(link):
    """The link with another last letter."""
    end = len(link.rstrip("/"))
    return f"{link[:end - 1]}{'0' if link[end - 1] != '0' else '1'}{link[end:]}"


def tell(calls):
    """The calls of a step as lines."""
    return [f"{method} {url} {body or ''}\n    {status} {answer}" for method, url, body, status, answer in calls]
