#!/usr/bin/env python3
"""Data-driven contract runner for the dj-rest-auth / djoser / tutorial / django-rest-auth contracts.

  python conform_djx.py --system dj-rest-auth --profile token --base http://127.0.0.1:8120 \
         --maildir var/mailbox [--record t.json | --against t.json] [--hook "python hook.py ..."]

Needs Python 3.9+ and requests. The cases are data: cases_djra.py, cases_djoser.py, cases_tutorial.py
(--dump-cases prints them as JSON). Without --record/--against the normalised transcript goes to stdout.
Exit status: 0 all equal (waived cases aside), 1 differences, 2 could not run.

Two servers may differ in what a client never looks into, so these count as equal: the shape of ids, links, tokens and
keys; a `sid` claim in a JWT; the cookie `messages` of Django's pages. --exact-ids compares the type of ids as well.
"""
import argparse
import base64
import binascii
import copy
import fnmatch
import hashlib
import hmac
import http.cookies
import json
import os
import re
import secrets
import shlex
import string
import struct
import subprocess
import sys
import time
from email import message_from_bytes, policy
from urllib.parse import parse_qs, urlsplit

import requests

HERE = os.path.dirname(os.path.abspath(__file__))
SYSTEMS = {"dj-rest-auth": "cases_djra", "django-rest-auth": "cases_djra",
           "djoser": "cases_djoser", "tutorial": "cases_tutorial"}


# ---------------------------------------------------------------- mails
class Maildir:
    """Reads *.eml (one RFC 5322 message) and Django file-backend *.log (messages, each followed by a rule of 79 dashes)."""

    RULE = re.compile(rb"^-{79}\r?\n?", re.M)

    def __init__(self, path):
        self.path = path
        self.sizes = {}
        self.growing = {}
        self.skip_all()

    def _files(self):
        found = []
        for root, _, names in os.walk(self.path):
            for n in names:
                if n.endswith((".eml", ".log")) or os.path.basename(root) in ("new", "cur"):
                    p = os.path.join(root, n)
                    try:
                        st = os.stat(p)
                    except FileNotFoundError:
                        continue
                    found.append((st.st_mtime_ns, p, st.st_size))
        return sorted(found)

    def skip_all(self):
        for _, p, size in self._files():
            self.sizes[p] = size

    def _read_new(self):
        out = []
        for _, p, size in self._files():
            seen = self.sizes.get(p, 0)
            if size <= seen:
                continue
            if not p.endswith(".log") and self.growing.get(p) != size:
                self.growing[p] = size            # read a message file only when it has stopped growing
                continue
            with open(p, "rb") as f:
                f.seek(seen if p.endswith(".log") else 0)
                raw = f.read()
            if p.endswith(".log"):
                end = [m.end() for m in self.RULE.finditer(raw)]
                if not end:
                    continue                      # still being written
                raw = raw[:end[-1]]
                self.sizes[p] = seen + len(raw)
                chunks = [c for c in self.RULE.split(raw) if c.strip()]
            else:
                self.sizes[p] = size
                chunks = [raw]
            out += [parse_mail(c) for c in chunks]
        return out

    def wait(self, want, timeout, settle):
        got, t0 = [], time.monotonic()
        while True:
            got += self._read_new()
            if want is not None and len(got) >= want:
                break
            if time.monotonic() - t0 > (timeout if want else settle):
                break
            time.sleep(0.03)
        return got


def parse_mail(raw):
    m = message_from_bytes(raw.lstrip(), policy=policy.default)
    text = m.get_body(("plain",))
    html = m.get_body(("html",))
    body = text.get_content() if text else (html.get_content() if html else "")
    body = body.replace("\r\n", "\n").strip()
    return {"to": str(m["To"] or ""), "from": str(m["From"] or ""), "subject": str(m["Subject"] or ""),
            "text": body, "html": html is not None,
            "links": re.findall(r"https?://[^\s\"'<>]+", body)}


# ---------------------------------------------------------------- helpers
def jwt_parts(s):
    try:
        h, p, _ = s.split(".")
        dec = [json.loads(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))) for x in (h, p)]
        return dec if all(isinstance(d, dict) for d in dec) else None
    except (ValueError, binascii.Error):
        return None


def describe_jwt(s):
    parts = jwt_parts(s)
    if not parts:
        return "<jwt?>"
    head, claims = parts
    show = []
    for k in sorted(claims):
        v = claims[k]
        if k == "sid":           # which login a token belongs to, where a server says so
            continue
        if k in ("exp", "iat", "orig_iat", "jti"):
            show.append(k)
        elif k in ("user_id", "id", "pk", "sub"):
            show.append("%s:%s" % (k, type(v).__name__))
        elif k in ("username", "email"):
            show.append("%s:%s" % (k, type(v).__name__))
        else:
            show.append("%s=%s" % (k, json.dumps(v)))
    ttl = claims["exp"] - claims["iat"] if "exp" in claims and "iat" in claims else None
    if ttl is not None:      # iat and exp may be taken on either side of a full second
        ttl = round(ttl, -1) if ttl >= 60 else "short"
    return "<jwt %s %s; ttl=%s>" % (head.get("alg"), " ".join(show), ttl)


def totp(secret, offset=0, digits=6, period=30):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    n = int(time.time() // period) + offset
    mac = hmac.new(key, struct.pack(">Q", n), hashlib.sha1).digest()
    o = mac[-1] & 15
    return str((struct.unpack(">I", mac[o:o + 4])[0] & 0x7FFFFFFF) % 10 ** digits).zfill(digits)


def dig(obj, path):
    for k in path.split("."):
        obj = obj[int(k)] if isinstance(obj, list) else obj[k]
    return obj


# ---------------------------------------------------------------- the runner
class Runner:
    def __init__(self, a, mod, profile, flags):
        self.a, self.mod, self.profile, self.flags = a, mod, profile, flags
        self.base = a.base.rstrip("/")
        self.prefix = a.prefix if a.prefix is not None else mod.PREFIX[a.system]
        self.maildir = Maildir(a.maildir)
        self.login_field = mod.login_field(flags)     # "@login" as a JSON key stands for it
        self.run_id = "".join(secrets.choice(string.ascii_lowercase) for _ in range(7))
        self.seq = 0

    # variables -------------------------------------------------------------
    def new_user(self, name):
        self.seq += 1
        u = "u%s%03d%s" % (self.run_id, self.seq, name.lower())
        self.vars.update({name + ".username": u, name + ".email": u + "@mail.example",
                          name + ".password": "Qx7-violet-Harbor"})
        self.vars[name + ".login"] = self.vars["%s.%s" % (name, self.login_field)]

    def sub(self, x):
        if isinstance(x, str):
            whole = re.fullmatch(r"\$\{([^}]+)\}", x)
            if whole:
                return self.lookup(whole.group(1))
            return re.sub(r"\$\{([^}]+)\}", lambda m: str(self.lookup(m.group(1))), x)
        if isinstance(x, dict):
            return {self.sub(k).replace("@login", self.login_field): self.sub(v) for k, v in x.items()}
        if isinstance(x, (list, tuple)):
            return [self.sub(v) for v in x]
        return x

    def lookup(self, key):
        m = re.fullmatch(r"totp:([\w.]+)([+-]\d+)?", key)
        if m:
            return totp(self.vars[m.group(1)], int(m.group(2) or 0))
        m = re.fullmatch(r"query:(\w+)\.(\w+)", key)
        if m:
            return parse_qs(urlsplit(self.vars[m.group(1)]).query)[m.group(2)][0]
        m = re.fullmatch(r"(upper|spaces|title|tamper):([\w.]+)", key)
        if m:
            v = self.vars[m.group(2)]
            if m.group(1) == "tamper":
                return v[:-2] + ("a" if v[-2] != "a" else "b") + v[-1]
            return {"upper": v.upper(), "spaces": "  %s  " % v, "title": v.title()}[m.group(1)]
        if key not in self.vars:
            raise KeyError("variable %s is not set" % key)
        return self.vars[key]

    # normalising -------------------------------------------------------------
    # values that may or may not repeat from second to second: only ever shown by their pattern
    ONE_TIME = {"uid", "id", "token", "verify_key", "url", "state", "code", "codes0", "codes1", "secret",
                "at", "activation", "e", "run"}

    def norm_str(self, s, extra=()):
        s = s.replace(self.base, "<base>").replace(urlsplit(self.base).netloc, "<host>")
        s = re.sub(r"\b[0-9a-z]{6,7}-(?:[0-9a-f]{32}){1,2}\b", "<reset-token>", s)
        s = re.sub(r"/(activate|confirm)/[\w-]+/(?:<reset-token>|[\w:.-]{20,})", r"/\1/<uid>/<reset-token>", s)
        s = re.sub(r"/account-confirm-email/[\w:.-]{20,}", "/account-confirm-email/<signed-key>", s)
        known = sorted(((v, k) for k, v in self.vars.items() if isinstance(v, str) and len(v) >= 4
                        and k.split(".")[-1] not in self.ONE_TIME and not k.endswith(".login")
                        and not jwt_parts(v)), key=lambda p: -len(p[0]))
        for v, k in known:
            if k in extra:
                continue
            if v in s:
                s = s.replace(v, "<%s>" % k)
            for alt, tag in ((v.upper(), "upper:"), (v.title(), "title:")):
                if alt != v and k.endswith(("username", "email")) and alt in s:
                    s = s.replace(alt, "<%s%s>" % (tag, k))
        s = re.sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", lambda m: describe_jwt(m.group(0)), s)
        s = re.sub(r"\b[\w-]+:[A-Za-z0-9]{6}:[\w-]{43}(?![\w-])", "<signed-key>", s)
        s = re.sub(r"(<\w+\.username>)\d+", r"\1<n>", s)     # generated names: local part + free digits
        s = re.sub(r"/[\w-]+/<reset-token>", "/<uid>/<reset-token>", s)
        s = re.sub(r"\b(?:[0-9a-f]{40}|[0-9a-f]{64})\b", "<hex40>", s)
        s = re.sub(r"^JSON parse error - .*", "JSON parse error - <detail>", s)
        s = re.sub(r"\b\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?", "<timestamp>", s)
        s = re.sub(r"data:image/svg\+xml;base64,[\w+/=]+", "<svg-data-uri>", s)
        s = re.sub(r"secret=[A-Z2-7]{16,}", "secret=<base32>", s)
        s = re.sub(r"\b[A-Z2-7]{32}\b", "<base32>", s)
        s = re.sub(r"\b[0-9a-f]{4}-[0-9a-f]{4}\b", "<recovery-code>", s)
        s = re.sub(r"(state=)[\w-]{16,}", r"\1<state>", s)
        s = re.sub(r"u%s\d{3}[a-z]" % self.run_id, "<other-user>", s)
        s = re.sub(r"soc\d{6,}", "<soc-name>", s)
        return s

    def norm(self, x, key=None, extra=()):
        if isinstance(x, dict):
            return {self.norm_str(k, extra): self.norm(v, k, extra) for k, v in x.items()}
        if isinstance(x, list):
            return [self.norm(v, key, extra) for v in x]
        if isinstance(x, bool) or x is None:
            return x
        if key in ("id", "pk", "user_id"):
            return "<id:%s>" % type(x).__name__
        if key in ("challenge", "ukey"):
            return "<random>"
        if key in ("activation_token", "ephemeral_token") and isinstance(x, str) and " " not in x:
            return "<signed-key>"
        if isinstance(x, str):
            if key == "uid" and re.fullmatch(r"\d{6,}", x):
                return "<provider-uid>"
            return self.norm_str(x, extra)
        return x

    # one step -------------------------------------------------------------
    def call(self, st, rec=True, want_mail=None):
        a = self.a
        if st.get("sleep"):
            time.sleep(st["sleep"])
        if st.get("hook"):
            cmd = shlex.split(a.hook) + shlex.split(self.sub(st["hook"]))
            r = subprocess.run(cmd, capture_output=True, text=True)
            if r.returncode:
                raise RuntimeError("hook %s: %s" % (cmd, r.stderr[-400:]))
            return {"hook": st["hook"]}
        if st.get("set"):
            self.vars.update(self.sub(st["set"]))
        if "method" not in st:
            return None
        path = self.sub(st["path"])
        url = path if path.startswith("http") else self.base + (
            path if path.startswith("/") else self.prefix + path)
        headers = {"Accept": "application/json"}
        if st.get("auth"):
            headers["Authorization"] = self.sub(st["auth"])
        headers.update(self.sub(st.get("headers", {})))
        kw = {}
        if "json" in st:
            kw["json"] = self.sub(st["json"])
        elif "form" in st:
            kw["data"] = self.sub(st["form"])
        elif "raw" in st:
            headers["Content-Type"] = st["raw"][0]
            kw["data"] = self.sub(st["raw"][1]).encode()
        cookies = {}
        if st.get("jar"):
            cookies = dict(self.jar)
            if st["jar"] == "csrf":      # both proofs of origin that a page of the same origin gives
                headers["Sec-Fetch-Site"] = "same-origin"
                if "csrftoken" in cookies:
                    headers["X-CSRFToken"] = cookies["csrftoken"]
        if cookies:
            headers["Cookie"] = "; ".join("%s=%s" % kv for kv in cookies.items())
        time.sleep(a.mail_drain)
        self.maildir.skip_all()
        r = requests.request(st["method"], url, headers=headers, allow_redirects=False,
                             timeout=a.timeout, **kw)
        if want_mail is None:
            want_mail = st.get("mail")
        mails = self.maildir.wait(want_mail, a.mail_timeout, a.mail_settle)
        set_cookies = {}
        for line in r.raw.headers.getlist("Set-Cookie"):
            c = http.cookies.SimpleCookie()
            c.load(line)
            for name, m in c.items():
                set_cookies[name] = m
                if m["max-age"] == "0" or m["expires"].startswith("Thu, 01 Jan 1970"):
                    self.jar.pop(name, None)
                else:
                    self.jar[name] = m.value
        ctype = (r.headers.get("Content-Type") or "").split(";")[0].strip()
        body = r.text
        if ctype.endswith("json") and body:
            body = r.json()
        fresh = []
        for name, expr in st.get("save", {}).items():
            kind, _, arg = expr.partition(":")
            try:
                if kind == "body":
                    val = dig(body, arg)
                elif kind == "cookie":
                    val = self.jar[arg]
                elif kind == "mail":
                    val = re.search(arg, mails[-1]["text"]).group(1)
                elif kind == "item":         # the one of a list whose field has a value: item:user=${A.username}:id
                    test, _, take = self.sub(arg).rpartition(":")
                    field, _, wanted = test.partition("=")
                    val = next(x[take] for x in body if x[field] == wanted)
                elif kind == "jwt":
                    tok, _, claim = arg.partition(".")
                    val = str(jwt_parts(body[tok])[1][claim])
                else:
                    raise ValueError(expr)
            except (KeyError, IndexError, AttributeError, TypeError, ValueError, StopIteration) as e:
                raise RuntimeError("cannot save %s from %s (%s): HTTP %s %s"
                                   % (name, expr, e.__class__.__name__, r.status_code, str(r.text)[:300]))
            self.vars[name] = val
            fresh.append(name)
        if not rec:
            return {"status": r.status_code, "body": body}
        if st.get("body") == "skip":
            nbody = "<not compared>"
        elif st.get("body") == "keys":
            first = body[0] if isinstance(body, list) and body else body
            nbody = {"type": type(body).__name__,
                     "keys": sorted(first) if isinstance(first, dict) else str(type(first).__name__)}
        elif ctype == "text/html":
            nbody = "<html>"
        else:
            nbody = self.norm(body, extra=fresh)
        h = {}
        for k in ("WWW-Authenticate", "Allow", "Location"):
            if k in r.headers:
                v = r.headers[k]
                if k == "Allow":
                    v = ", ".join(sorted(x.strip() for x in v.split(",")))
                h[k.lower()] = self.norm_str(v, fresh)
        ck = {}
        for name, m in sorted(set_cookies.items()):
            if m["max-age"] == "0" or m["expires"].startswith("Thu, 01 Jan 1970"):
                val = "<deleted>"
            elif name in ("sessionid", "csrftoken", "messages"):
                val = "<%s>" % name
            else:
                val = self.norm_str(m.value, fresh)
            ck[name] = {"value": val, "httponly": bool(m["httponly"]), "secure": bool(m["secure"]),
                        "samesite": m["samesite"], "path": m["path"], "domain": m["domain"]}
        req = {"method": st["method"], "path": st["path"]}
        for k in ("json", "form", "raw", "auth", "headers", "jar"):
            if k in st:
                req[k] = copy.deepcopy(st[k])
        return {"request": req,
                "response": {"status": r.status_code, "content_type": ctype, "headers": h,
                             "cookies": ck, "body": nbody},
                "mails": [{"to": self.norm_str(m["to"], fresh), "from": m["from"],
                           "subject": self.norm_str(m["subject"], fresh), "html": m["html"],
                           "links": [self.norm_str(x, fresh) for x in m["links"]],
                           "text": self.norm_str(m["text"], fresh)} for m in mails]}

    # one case -------------------------------------------------------------
    def usable(self, case):
        f = self.flags
        if any(n not in f for n in case.get("needs", ())) or any(n in f for n in case.get("without", ())):
            return "profile"
        if any("hook" in s for s in case["steps"]) and not self.a.hook:
            return "no --hook"
        return None

    def run(self, case, stored=None):
        self.vars, self.jar = {"run": self.run_id}, {}
        self.seq += 1
        self.vars["n"] = "%06d" % (secrets.randbelow(900000) + 100000)
        for name in case.get("users", ()):
            self.new_user(name)
        for macro in case.get("given", ()):
            name, _, user = macro.partition(" ")
            if user and user + ".username" not in self.vars:
                self.new_user(user)
            for st in self.mod.macro(name, user or None, self.flags, self.a.system):
                got = self.call(st, rec=False)
                if got and "status" in got and got["status"] not in st.get("expect", (200, 201, 204)):
                    raise RuntimeError("setup %s failed: HTTP %s %s" % (macro, got["status"], str(got["body"])[:300]))
            self.jar = dict(self.jar) if case.get("keep_jar") else {}
        out = []
        for i, st in enumerate(case["steps"]):
            want = None
            if stored is not None and i < len(stored):
                want = len(stored[i].get("mails", []))
            got = self.call(st, want_mail=want)
            if got is not None:
                out.append(got)
        return {"title": case["title"], "tags": case.get("tags", []), "steps": out}


# ---------------------------------------------------------------- comparing
def loosen(x):
    if isinstance(x, dict):
        return {k: loosen(v) for k, v in x.items()}
    if isinstance(x, list):
        return [loosen(v) for v in x]
    if isinstance(x, str) and " " in x and not x.startswith("<jwt"):
        return "<text>"
    return x


def replaced(pattern, by, x):
    if isinstance(x, dict):
        return {k: replaced(pattern, by, v) for k, v in x.items()}
    if isinstance(x, list):
        return [replaced(pattern, by, v) for v in x]
    return re.sub(pattern, by, x) if isinstance(x, str) else x


def alike(x, a):
    """What is left of an answer when the differences that the command line allows are taken away."""
    if a.loose_text:
        x = loosen(x)
    if not a.exact_ids:           # an id is opaque: a number here may be a text there
        x = replaced(r"\b((?:user_)?id):(?:int|str)\b", r"\1", x)
    if a.token_per_login:         # the variables that DRF tokens are saved under
        x = replaced(r"<(?:[A-Z]\.key|k)>", "<hex40>", x)
    return x


def diffs(old, new, a):
    """The differences, as (part, text)."""
    parts = a.compare.split(",")
    out = []

    def cmp(where, part, want, got):
        want, got = alike(want, a), alike(got, a)
        if want != got:
            out.append((part, "%s%s\n      want %s\n      got  %s" % (
                where, part, json.dumps(want, ensure_ascii=False, sort_keys=True)[:600],
                json.dumps(got, ensure_ascii=False, sort_keys=True)[:600])))

    if len(old["steps"]) != len(new["steps"]):
        return [(part, "number of steps %d != %d" % (len(old["steps"]), len(new["steps"]))) for part in parts]
    for i, (o, n) in enumerate(zip(old["steps"], new["steps"])):
        if "response" not in o:
            continue
        w = "step %d %s %s: " % (i + 1, o["request"]["method"], o["request"]["path"])
        ro, rn = shown(o["response"]), shown(n["response"])
        for part, key in (("status", "status"), ("body", "body"), ("ctype", "content_type"),
                          ("cookies", "cookies"), ("headers", "headers")):
            if part in parts:
                cmp(w, part, ro[key], rn[key])
        if "mail" in parts:
            keep = ("to", "subject", "html", "links")
            cmp(w, "mail", [{k: m[k] for k in keep} for m in o["mails"]],
                [{k: m[k] for k in keep} for m in n["mails"]])
        if "mailtext" in parts:
            cmp(w, "mailtext", [m["text"] for m in o["mails"]], [m["text"] for m in n["mails"]])
    return out


def shown(response):
    """An answer without what no client of an API looks at: messages for Django's own pages."""
    return dict(response, cookies={k: v for k, v in response["cookies"].items() if k != "messages"})


ALL_PARTS = ["status", "body", "ctype", "cookies", "headers", "mail", "mailtext"]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--system", required=True, choices=sorted(SYSTEMS))
    ap.add_argument("--profile", help="which settings preset the server runs (default: the system's first)")
    ap.add_argument("--base", help="http://host:port")
    ap.add_argument("--maildir")
    ap.add_argument("--prefix", help="where the routes are mounted (default as in the reference project)")
    ap.add_argument("--record", metavar="F")
    ap.add_argument("--against", metavar="F")
    ap.add_argument("--hook", metavar="CMD", help="command that changes state behind the API, run as "
                    "CMD deactivate|make-staff|unusable-password|delete ADDRESS")
    ap.add_argument("--only", help="regular expression over case ids")
    ap.add_argument("--skip-tags", default="", help="comma list, e.g. quirk,legacy")
    ap.add_argument("--compare", default=",".join(ALL_PARTS), help="subset of " + ",".join(ALL_PARTS))
    ap.add_argument("--loose-text", action="store_true", help="any human sentence equals any other")
    ap.add_argument("--mail-timeout", type=float, default=5)
    ap.add_argument("--mail-settle", type=float, default=0.05, help="seconds to wait for unexpected mail")
    ap.add_argument("--mail-drain", type=float, default=0, metavar="S",
                    help="seconds to wait before each request, so that mails sent beside an earlier answer are not "
                         "taken for those of the next (default 0)")
    ap.add_argument("--waive", action="append", default=[], metavar="GLOB",
                    help="cases shown but not scored: deliberate differences")
    ap.add_argument("--exact-ids", action="store_true", help="ids must have the same type too")
    ap.add_argument("--token-per-login", action="store_true",
                    help="each login may give another DRF token, where the original gives the same again")
    ap.add_argument("--timeout", type=float, default=30)
    ap.add_argument("--dump-cases", action="store_true")
    ap.add_argument("--list", action="store_true")
    ap.add_argument("-q", "--quiet", action="store_true")
    a = ap.parse_args()
    sys.path.insert(0, HERE)
    sys.dont_write_bytecode = True
    mod = __import__(SYSTEMS[a.system])
    profiles = mod.PROFILES[a.system]
    profile = a.profile or next(iter(profiles))
    if profile not in profiles:
        ap.error("profiles of %s: %s" % (a.system, ", ".join(profiles)))
    flags = set(profiles[profile]) | {a.system}
    if a.dump_cases:
        json.dump(mod.CASES, sys.stdout, indent=1)
        return 0
    cases = [c for c in mod.CASES if not a.only or re.search(a.only, c["id"])]
    skip_tags = set(filter(None, a.skip_tags.split(",")))
    cases = [c for c in cases if not skip_tags & set(c.get("tags", ()))]
    ids = [c["id"] for c in cases]
    assert len(ids) == len(set(ids)), "duplicate case ids"
    if a.list:
        a.hook = a.hook or "x"
        r = Runner.__new__(Runner)
        r.a, r.flags = a, flags
        for c in cases:
            if not r.usable(c):
                print("%-34s %s %s" % (c["id"], c["title"], c.get("tags", "")))
        return 0
    if not (a.base and a.maildir):
        ap.error("--base and --maildir are needed")
    stored = json.load(open(a.against)) if a.against else None
    runner = Runner(a, mod, profile, flags)
    result, skipped, failed, broken = {}, [], {}, {}
    for c in cases:
        why = runner.usable(c)
        if why:
            skipped.append((c["id"], why))
            continue
        old = stored["cases"].get(c["id"]) if stored else None
        try:
            result[c["id"]] = new = runner.run(c, old["steps"] if old else None)
        except (RuntimeError, KeyError, requests.RequestException) as e:
            broken[c["id"]] = "%s: %s" % (e.__class__.__name__, e)
            if not a.quiet:
                print("BROKEN %s: %s" % (c["id"], broken[c["id"]]))
            continue
        if stored:
            if old is None:
                failed[c["id"]] = [("transcript", "not in the transcript")]
            else:
                d = diffs(old, new, a)
                if d:
                    failed[c["id"]] = d
    missing = []
    if stored and not a.only:
        unhooked = {i for i, why in skipped if why == "no --hook"}
        missing = [i for i in stored["cases"] if i not in result and i not in broken
                   and i in {c["id"] for c in cases} - unhooked]
    doc = {"meta": {"system": a.system, "profile": profile, "flags": sorted(flags),
                    "cases": len(result), "steps": sum(len(c["steps"]) for c in result.values())},
           "cases": result}
    if a.record:
        if broken:
            print("not recorded: %d cases could not run" % len(broken))
            return 2
        with open(a.record, "w") as f:
            json.dump(doc, f, indent=1, ensure_ascii=False, sort_keys=True)
            f.write("\n")
    elif not stored:
        json.dump(doc, sys.stdout, indent=1, ensure_ascii=False, sort_keys=True)
        print()
    def is_waived(cid):
        return any(fnmatch.fnmatch(cid, glob) for glob in a.waive)

    waived = {cid for cid in failed if is_waived(cid)}
    for cid, d in failed.items():
        print("%s %s (%s)" % ("WAIVED" if cid in waived else "DIFF", cid, ",".join(result[cid]["tags"])))
        if not a.quiet:
            for _, x in d[:12]:
                print("   " + x)
    for m in missing:
        print("MISSING %s" % m)
    sys.stderr.write("%s/%s: %d cases, %d steps; %d differ, %d waived, %d could not run, %d missing, %d not for this profile, %d need a hook\n" % (
        a.system, profile, len(result), doc["meta"]["steps"], len(failed) - len(waived), len(waived), len(broken),
        len(missing), sum(w == "profile" for _, w in skipped), sum(w != "profile" for _, w in skipped)))
    if stored:      # a case that could not run, or is missing, agrees in nothing
        wanted = [i for i in list(result) + list(broken) + missing if not is_waived(i)]
        ran = {i: {part for part, _ in failed.get(i, [])} for i in wanted if i in result}
        same = {part: sum(i in ran and part not in ran[i] and "transcript" not in ran[i] for i in wanted)
                for part in a.compare.split(",")}
        sys.stderr.write("   equal, of %d: %s\n" % (len(wanted), ", ".join("%d %s" % (n, p) for p, n in same.items())))
    unexcused = [i for i in missing if not is_waived(i)] or set(failed) - waived
    return 2 if any(not is_waived(i) for i in broken) else (1 if unexcused else 0)


if __name__ == "__main__":
    sys.exit(main())
