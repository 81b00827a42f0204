#!/usr/bin/env python3
"""Mints and checks Countersign's links with nothing but Python's standard library.

A second reading of docs/links.md, which shares no code with the server; take from it what you need.

    python3 docs/link_vectors.py check    checks docs/link-vectors.json
    python3 docs/link_vectors.py write    makes it anew
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import sys
import unicodedata

FILE = pathlib.Path(__file__).with_name("link-vectors.json")
CLOCK_SKEW = 60
I64 = range(-(2**63), 2**63)
# purpose: (binds the address mailed, binds the user's link secret)
PURPOSES = {
    "verify-registration": (False, False),
    "reset-password": (False, True),
    "verify-email": (True, True),
    "reset-username": (False, True),
}


def canonical_input(purpose, user_id, timestamp, email=None, link_secret=None):
    """The bytes that are signed."""
    binds_address, binds_secret = PURPOSES[purpose]
    fields = ["countersign-link", "1", purpose, user_id, timestamp]
    fields += [email] if binds_address else []
    fields += [link_secret] if binds_secret else []
    encoded = [field.encode() for field in fields]
    return b"".join(len(field).to_bytes(8, "big") + field for field in encoded)


def sign(secret, purpose, **fields):
    """The signature of a link: 64 lower-case hex digits."""
    label = b"countersign/v1/link/" + purpose.encode()
    key = hmac.digest(secret.encode(), label, hashlib.sha256)
    return hmac.digest(key, canonical_input(purpose, **fields), hashlib.sha256).hex()


def encode(data):
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    """The bytes of what `encode` may have written; None for any other spelling of them."""
    if re.fullmatch(r"[A-Za-z0-9_-]*", text) is None or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if encode(data) == text else None


def make_uid(user_id, email=None):
    """User id, and the address mailed where the purpose has one, as one text."""
    return encode((user_id if email is None else f"{user_id}\n{email}").encode())


def make_token(timestamp, signature):
    """The time and the first half of the signature."""
    return f"{timestamp}-{signature[:32]}"


def make_key(uid, timestamp, signature):
    """Everything in one text."""
    return f"{uid}:{timestamp}:{encode(bytes.fromhex(signature))}"


def read_uid(purpose, uid):
    """The parts that a uid holds; None if it is no uid of that purpose."""
    try:
        text = (decode(uid) or b"").decode()
    except UnicodeDecodeError:
        return None
    user_id, mark, email = text.partition("\n")
    if (mark == "\n") != PURPOSES[purpose][0]:
        return None
    return {"user_id": user_id} | ({"email": email} if mark else {})


def read_claim(purpose, uid=None, token=None, key=None, **parts):
    """What came back, in whichever spelling: its parts, and the hex digits of its MAC; None if it is malformed."""
    if key is not None:
        if (found := re.fullmatch(r"([^:]*):([^:]*):([A-Za-z0-9_-]{43})", key)) is None:
            return None
        uid, timestamp, mac = found.groups()
        mac = (decode(mac) or b"").hex()
    elif token is not None:
        timestamp, hyphen, mac = token.rpartition("-")
    else:
        mac = parts.pop("signature")
    if uid is not None:
        if (holds := read_uid(purpose, uid)) is None:
            return None
        parts = holds | {"timestamp": timestamp}
    digits = 32 if token is not None else 64
    if re.fullmatch(r"[0-9a-f]{%d}" % digits, mac) is None or not are_well_formed(purpose, **parts):
        return None
    return parts, mac


def are_well_formed(purpose, user_id, timestamp, email=None):
    """Whether the parts of a link have the size and syntax of one."""
    texts = [user_id] + ([email] if PURPOSES[purpose][0] else [])
    return (
        1 <= len(user_id.encode()) <= 64
        and (email is None or 1 <= len(email) <= 254)
        and not any(unicodedata.category(character) == "Cc" for text in texts for character in text)
        and re.fullmatch(r"0|-?[1-9][0-9]{0,18}", timestamp, re.ASCII) is not None
        and int(timestamp) in I64
    )


def outcome(secrets, purpose, now, valid_for, link_secret=None, **came_back):
    """What the server says to a link that came back."""
    if (claim := read_claim(purpose, **came_back)) is None:
        return "malformed"
    parts, mac = claim
    signatures = [sign(secret, purpose, link_secret=link_secret, **parts) for secret in secrets]
    if not any([hmac.compare_digest(mac, ours[:len(mac)]) for ours in signatures]):
        return "forged"
    age = int(now) - int(parts["timestamp"])
    return "from the future" if age < -CLOCK_SKEW else "expired" if age > int(valid_for) else "valid"


# Everything below makes docs/link-vectors.json.

SECRET, OLDER, OLDEST = "secret-number-one-for-the-vectors", "secret-number-two-for-the-vectors", "drei" * 8
LINK_SECRET, REPLACED = "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"
USER = "018bcfe5-6800-7000-8000-00000000002a"
MAILED = 1_700_000_000
DAY = 86_400
LAST, FIRST = I64[-1], I64[0]


def vector(
    name, purpose="verify-registration", expect="valid", signed=None, signed_by=SECRET, signed_for=None,
    **changes,
):
    """One vector: what `signed` says (else the same as came back) was signed; what `changes` says came back."""
    binds_address, binds_secret = PURPOSES[purpose]
    made = {"name": name, "secrets": [SECRET], "purpose": purpose, "user_id": USER}
    made |= {"email": "zoe@example.org"} if binds_address else {}
    made |= {"timestamp": str(MAILED)} | ({"link_secret": LINK_SECRET} if binds_secret else {})
    made |= {"now": str(MAILED + 3_600), "valid_for": str(DAY)} | changes
    fields = {key: made[key] for key in ("user_id", "timestamp", "email", "link_secret") if key in made}
    signature = sign(signed_by, signed_for or purpose, **(fields | (signed or {})))
    edit = made.pop("edit", lambda untouched: untouched)
    made["signature"] = edit(signature)
    parts = {key: made[key] for key in ("user_id", "timestamp", "email") if key in made}
    claim = read_claim(purpose, signature=made["signature"], **parts)
    made["input"] = canonical_input(purpose, **fields).hex() if claim else None
    made["outcome"] = expect
    return made


def flipped(byte):
    """Flips the lowest bit of one byte of the signature."""
    return lambda signature: (int(signature, 16) ^ 1 << 8 * (31 - byte)).to_bytes(32, "big").hex()


def vectors():
    mails, resets = {"purpose": "verify-email"}, {"purpose": "reset-password"}
    yield vector("a registration link")
    yield vector("a password link", **resets)
    yield vector("an e-mail link", **mails)
    yield vector("a username link", "reset-username")
    for purpose in PURPOSES:
        yield vector(f"{purpose}: exactly as old as allowed", purpose, now=str(MAILED + DAY))
        yield vector(f"{purpose}: a second older than allowed", purpose, "expired", now=str(MAILED + DAY + 1))
        yield vector(f"{purpose}: a clock 60 s ahead", purpose, now=str(MAILED - 60))
        yield vector(f"{purpose}: a clock 61 s ahead", purpose, "from the future", now=str(MAILED - 61))
        for other in sorted(PURPOSES.keys() - {purpose}):
            both = {"email": "zoe@example.org", "link_secret": LINK_SECRET}
            yield vector(f"{purpose}: signed for {other}", purpose, "forged", signed_for=other, signed=both)

    yield vector("valid for no time, in the same second", now=str(MAILED), valid_for="0")
    yield vector("valid for no time, a second later", expect="expired", now=str(MAILED + 1), valid_for="0")
    yield vector("signed in 1970", timestamp="0", now="0")
    yield vector("signed before 1970", timestamp="-1", now="5")
    yield vector("long expired before 1970", expect="expired", timestamp="-100000", now="0")
    yield vector("the last second there is", timestamp=str(LAST), now=str(LAST))
    yield vector("the first second there is", timestamp=str(FIRST), now=str(FIRST), valid_for="0")
    yield vector(
        "from the last second to the first", expect="from the future", timestamp=str(LAST),
        now=str(FIRST),
    )
    yield vector(
        "all of time, expired by a second", expect="expired", timestamp=str(FIRST), now=str(LAST),
        valid_for=str(2**64 - 2),
    )
    yield vector("all of time, just valid", timestamp=str(FIRST), now=str(LAST), valid_for=str(2**64 - 1))
    yield vector("60 s before the end of time", timestamp=str(LAST), now=str(LAST - 60))
    yield vector(
        "61 s before the end of time", expect="from the future", timestamp=str(LAST), now=str(LAST - 61),
    )
    yield vector("forged and expired is forged", expect="forged", edit=flipped(0), now=str(MAILED + 2 * DAY))
    yield vector(
        "forged and from the future is forged", expect="forged", edit=flipped(0), now=str(MAILED - DAY),
    )

    for byte in (0, 1, 3, 4, 7, 8, 15, 16, 24, 31):
        yield vector(f"one bit flipped in byte {byte} of the signature", expect="forged", edit=flipped(byte))
    yield vector("a signature of zeros", expect="forged", edit=lambda _: "0" * 64)
    yield vector("a signature in upper-case hex", expect="malformed", edit=str.upper)
    yield vector("one upper-case digit", expect="malformed", edit=lambda s: "A" + s[1:])
    yield vector("a signature a digit short", expect="malformed", edit=lambda s: s[:-1])
    yield vector("a signature a digit long", expect="malformed", edit=lambda s: s + "0")
    yield vector("a signature a byte short", expect="malformed", edit=lambda s: s[:-2])
    yield vector("a signature a byte long", expect="malformed", edit=lambda s: s + "00")
    yield vector("no signature", expect="malformed", edit=lambda _: "")
    yield vector("a signature with a letter beyond f", expect="malformed", edit=lambda s: "g" + s[1:])
    yield vector("a signature with a line end", expect="malformed", edit=lambda s: s + "\n")
    yield vector("a signature prefixed as hex", expect="malformed", edit=lambda s: "0x" + s[2:])
    yield vector("a signature of full-width digits", expect="malformed", edit=lambda _: "\uff10" * 64)

    for text, why in (
        ("01700000000", "a leading zero"), ("-01", "a leading zero after the sign"), ("00", "two zeros"),
        ("-0", "a negative zero"), ("+1700000000", "a plus sign"), (" 1700000000", "a leading blank"),
        ("1700000000 ", "a trailing blank"), ("1700000000\n", "a line end"), ("", "nothing"),
        ("-", "a sign alone"),
        ("1700000000.0", "a fraction"), ("17e8", "an exponent"), ("0x6553f100", "hex digits"),
        ("1_700_000_000", "separators"),
        ("\u0661\u0667", "Arabic-Indic digits"), (str(LAST + 1), "one more than 64 bits hold"),
        (str(FIRST - 1), "one less than 64 bits hold"), ("9" * 400, "very many digits"),
    ):
        yield vector(f"timestamp: {why}", expect="malformed", timestamp=text)

    yield vector("user id: an integer of another system", user_id="42")
    yield vector("user id: 64 bytes", user_id="u" * 64)
    yield vector("user id: 64 bytes in 32 characters", user_id="\u00fc" * 32)
    yield vector("user id: 65 bytes", expect="malformed", user_id="u" * 65)
    yield vector("user id: 66 bytes in 33 characters", expect="malformed", user_id="\u00fc" * 33)
    yield vector("user id: empty", expect="malformed", user_id="")
    yield vector("user id: a NUL in it", expect="malformed", user_id="a\0b")
    yield vector("user id: another user's", expect="forged", signed={"user_id": USER[:-1] + "b"})
    yield vector("user id: other letter case", expect="forged", signed={"user_id": USER.upper()})
    yield vector(
        "a digit moved from timestamp to user id", expect="forged", user_id="421", timestamp="700000000",
        signed={"user_id": "42", "timestamp": "1700000000"},
    )
    yield vector("a timestamp a second younger", expect="forged", signed={"timestamp": str(MAILED - 1)})

    for address in (
        "zo\u00eb@b\u00fccher.example", "\u7528\u6237@\u4f8b\u5b50.\u6d4b\u8bd5",
        "\u0645\u062b\u0627\u0644@\u0645\u062b\u0627\u0644.example",
        "zoe\u0308@example.org", "\U0001f98a@example.org", "zoe+tag@example.org", "\"zo e\"@example.org",
        "Zoe.O'Hara@Example.ORG", "a" * 64 + "@" + "b" * 185 + ".org", "\u00e9" * 250 + "@b.c",
    ):
        shown = address if len(address) < 40 else f"{len(address)} characters, {len(address.encode())} bytes"
        yield vector(f"address: {shown}", **mails, email=address)
    yield vector("address: 255 characters", expect="malformed", **mails, email="a" * 251 + "@b.c")
    yield vector("address: empty", expect="malformed", **mails, email="")
    yield vector(
        "address: a line end in it", expect="malformed", **mails,
        email="zoe@example.org\r\nBcc: eve@example.org",
    )
    yield vector(
        "address: another", expect="forged", **mails, email="eve@example.org",
        signed={"email": "zoe@example.org"},
    )
    yield vector(
        "address: other letter case", expect="forged", **mails, email="Zoe@example.org",
        signed={"email": "zoe@example.org"},
    )
    yield vector(
        "address: composed where it was decomposed", expect="forged", **mails,
        email="zo\u00eb@example.org", signed={"email": "zoe\u0308@example.org"},
    )
    yield vector(
        "address: a blank where a plus was", expect="forged", **mails, email="zoe tag@example.org",
        signed={"email": "zoe+tag@example.org"},
    )
    yield vector(
        "a digit moved from address to timestamp", expect="forged", **mails, timestamp="17000000001",
        email="@b.c", signed={"timestamp": "1700000000", "email": "1@b.c"},
    )

    for purpose in ("reset-password", "verify-email", "reset-username"):
        yield vector(
            f"{purpose}: link secret replaced since", purpose, "forged", link_secret=REPLACED,
            signed={"link_secret": LINK_SECRET},
        )
        yield vector(
            f"{purpose}: link secret signed in upper case", purpose, "forged",
            signed={"link_secret": LINK_SECRET.upper()},
        )
        yield vector(f"{purpose}: link secret of zeros", purpose, link_secret="0" * 32)

    rotated = [SECRET, OLDER, OLDEST]
    for purpose in PURPOSES:
        yield vector(
            f"{purpose}: signed by the second of three secrets", purpose, secrets=rotated,
            signed_by=OLDER,
        )
    yield vector("signed by the first of three secrets", secrets=rotated)
    yield vector("signed by the last of three secrets", secrets=rotated, signed_by=OLDEST)
    yield vector(
        "signed by an older secret, expired", expect="expired", secrets=rotated, signed_by=OLDER,
        now=str(MAILED + DAY + 1),
    )
    yield vector("signed by a secret that is gone", expect="forged", signed_by=OLDER)
    yield vector("a secret of 32 bytes", secrets=[OLDEST], signed_by=OLDEST)
    for length in (64, 65, 200):
        yield vector(f"a secret of {length} bytes", secrets=["s" * length], signed_by="s" * length)
    yield vector("a secret beyond ASCII", secrets=["g\u00e9h\u00e9im" * 8], signed_by="g\u00e9h\u00e9im" * 8)


def spelled(
    spelling, name, purpose="verify-registration", expect="valid", signed=None, signed_by=SECRET, signed_for=None,
    edit=None, edit_uid=None, edit_mac=None, edit_all=None, **changes,
):
    """One vector of another spelling: as in `vector`, and what the edits make of its texts came back."""
    binds_address, binds_secret = PURPOSES[purpose]
    fields = {"user_id": USER} | ({"email": "zoe@example.org"} if binds_address else {})
    fields |= {"timestamp": str(MAILED)} | ({"link_secret": LINK_SECRET} if binds_secret else {})
    fields |= {part: changes.pop(part) for part in list(changes) if part in ("user_id", "email", "timestamp")}
    signature = sign(signed_by, signed_for or purpose, **(fields | (signed or {})))
    signature = edit(signature) if edit else signature
    uid = make_uid(fields["user_id"], fields.get("email"))
    uid = edit_uid(uid) if edit_uid else uid
    made = {"name": name, "secrets": [SECRET], "purpose": purpose}
    if spelling == "uid_token":
        token = make_token(fields["timestamp"], signature)
        if edit_mac:
            token = f"{fields['timestamp']}-{edit_mac(signature)}"
        made |= {"uid": uid, "token": edit_all(token) if edit_all else token}
    else:
        key = make_key(uid, fields["timestamp"], signature)
        if edit_mac:
            key = f"{uid}:{fields['timestamp']}:{edit_mac(signature)}"
        made |= {"key": edit_all(key) if edit_all else key}
    made |= {"link_secret": LINK_SECRET} if binds_secret else {}
    made |= {"now": str(MAILED + 3_600), "valid_for": str(DAY)} | changes
    claim = read_claim(purpose, **{text: made[text] for text in ("uid", "token", "key") if text in made})
    made["parts"] = claim and claim[0]
    bound = {"link_secret": made["link_secret"]} if binds_secret else {}
    made["input"] = claim and canonical_input(purpose, **claim[0], **bound).hex()
    made["outcome"] = expect
    return made


def last_bits_set(text):
    """The same bytes to a lenient reader of base64, and another text."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(text) % 4
    return text[:-1] + letters[letters.index(text[-1]) + 1]


def spelled_vectors(spelling):
    """What holds for both."""

    def link(name, *arguments, **changes):
        return spelled(spelling, name, *arguments, **changes)

    mails, resets = {"purpose": "verify-email"}, {"purpose": "reset-password"}
    for purpose in PURPOSES:
        yield link(f"{purpose}: just mailed", purpose)
        yield link(f"{purpose}: exactly as old as allowed", purpose, now=str(MAILED + DAY))
        yield link(f"{purpose}: a second older than allowed", purpose, "expired", now=str(MAILED + DAY + 1))
        yield link(f"{purpose}: a clock 60 s ahead", purpose, now=str(MAILED - 60))
        yield link(f"{purpose}: a clock 61 s ahead", purpose, "from the future", now=str(MAILED - 61))
        yield link(f"{purpose}: signed by the second of two secrets", purpose, secrets=[SECRET, OLDER], signed_by=OLDER)
        yield link(f"{purpose}: signed by a secret that is gone", purpose, "forged", signed_by=OLDER)
        for other in sorted(PURPOSES.keys() - {purpose}):
            both = {"email": "zoe@example.org", "link_secret": LINK_SECRET}
            yield link(f"{purpose}: signed for {other}", purpose, "forged", signed_for=other, signed=both)
    for purpose in ("reset-password", "verify-email", "reset-username"):
        yield link(
            f"{purpose}: link secret replaced since", purpose, "forged", link_secret=REPLACED,
            signed={"link_secret": LINK_SECRET},
        )
    yield link("signed in 1970", timestamp="0", now="0")
    yield link("signed before 1970", timestamp="-1", now="5")
    yield link("the last second there is", timestamp=str(LAST), now=str(LAST))
    yield link("the first second there is", timestamp=str(FIRST), now=str(FIRST), valid_for="0")
    for byte in (0, 7, 8, 15):
        yield link(f"one bit flipped in byte {byte} of the MAC", expect="forged", edit=flipped(byte))
    yield link("a MAC of zeros", expect="forged", edit=lambda _: "0" * 64)
    yield link("forged and expired is forged", expect="forged", edit=flipped(0), now=str(MAILED + 2 * DAY))

    yield link("user id: an integer of another system", user_id="42")
    yield link("user id: 64 bytes in 32 characters", user_id="\u00fc" * 32)
    yield link("user id: 65 bytes", expect="malformed", user_id="u" * 65)
    yield link("user id: empty", expect="malformed", user_id="")
    yield link("user id: a NUL in it", expect="malformed", user_id="a\0b")
    yield link("user id: another user's", expect="forged", signed={"user_id": USER[:-1] + "b"})
    yield link("user id: not encoded", expect="malformed", user_id="4?", edit_uid=lambda _: "4?")
    for address in (
        "zo\u00eb@b\u00fccher.example", "zoe+tag@example.org", "\"zo e\"@example.org", "a/b%2F&c=d#e?f@example.org",
        "Zoe.O'Hara@Example.ORG", "{key}{uid}@example.org", "\U0001f98a" * 250 + "@b.c",
    ):
        shown = address if len(address) < 40 else f"{len(address)} characters, {len(address.encode())} bytes"
        yield link(f"address: {shown}", **mails, email=address)
    yield link("address: 255 characters", expect="malformed", **mails, email="a" * 251 + "@b.c")
    yield link("address: empty", expect="malformed", **mails, email="")
    yield link("address: a second line feed", expect="malformed", **mails, email="zoe@example.org\n")
    yield link("address: a carriage return before the line feed", expect="malformed", **mails, user_id="42\r")
    yield link("address: another", expect="forged", **mails, email="eve@example.org", signed={"email": "zoe@example.org"})
    yield link(
        "address: missing where the purpose has one", expect="malformed", **mails, edit_uid=lambda _: make_uid(USER),
    )
    for purpose in ("verify-registration", "reset-password", "reset-username"):
        yield link(
            f"{purpose}: an address where the purpose has none", purpose, "malformed",
            edit_uid=lambda _: make_uid(USER, "zoe@example.org"),
        )
        yield link(f"{purpose}: a line feed and no address", purpose, "malformed", edit_uid=lambda _: make_uid(USER, ""))
    yield link(
        "a letter moved from user id to address", expect="forged", **mails, user_id="4", email="2zoe@example.org",
        signed={"user_id": "42", "email": "zoe@example.org"},
    )

    # Texts of 2 and of 36 bytes: without and with bits to spare.
    for user_id in ("42", USER):
        yield link(f"uid: padded, {len(user_id)} bytes", expect="malformed", user_id=user_id, edit_uid=lambda uid: uid + "=")
    yield link("uid: bits set beyond the last byte", expect="malformed", user_id="42", edit_uid=last_bits_set)
    for user_id, plain in (("???", "Pz8/"), (">>>", "Pj4+")):
        yield link(f"uid: {plain[:3]} and a letter of base64url", user_id=user_id)
        yield link(f"uid: {plain}, of plain base64", expect="malformed", user_id=user_id, edit_uid=lambda _: plain)
    yield link("uid: no UTF-8", expect="malformed", edit_uid=lambda _: "_w")
    yield link("uid: a letter alone", expect="malformed", edit_uid=lambda _: "Y")
    yield link("uid: a line end behind it", expect="malformed", edit_uid=lambda uid: uid + "\n")
    yield link("uid: a blank before it", expect="malformed", edit_uid=lambda uid: " " + uid)
    yield link("uid: percent-encoded", expect="malformed", user_id="42", edit_uid=lambda _: "%4EDI")

    for text, why in (
        ("01700000000", "a leading zero"), ("+1700000000", "a plus sign"), (" 1700000000", "a leading blank"),
        ("1700000000 ", "a trailing blank"), ("", "nothing"), ("-", "a sign alone"), ("-0", "a negative zero"),
        ("1700000000.0", "a fraction"), ("\u0661\u0667", "Arabic-Indic digits"),
        (str(LAST + 1), "one more than 64 bits hold"),
    ):
        yield link(f"timestamp: {why}", expect="malformed", timestamp=text)


def uid_token_vectors():
    yield from spelled_vectors("uid_token")

    def malformed(name, **edits):
        return spelled("uid_token", name, expect="malformed", **edits)

    yield spelled("uid_token", "one bit flipped in the half of the MAC that is not carried", edit=flipped(16))
    yield malformed("token: upper-case hex", edit_mac=lambda mac: mac[:32].upper())
    yield malformed("token: the whole MAC", edit_mac=lambda mac: mac)
    yield malformed("token: a digit short", edit_mac=lambda mac: mac[:31])
    yield malformed("token: a digit long", edit_mac=lambda mac: mac[:33])
    yield malformed("token: half the MAC in base64url", edit_mac=lambda mac: encode(bytes.fromhex(mac[:32])))
    yield malformed("token: the whole MAC in base64url", edit_mac=lambda mac: encode(bytes.fromhex(mac)))
    yield malformed("token: no MAC", edit_mac=lambda _: "")
    yield malformed("token: no time", edit_all=lambda token: token.split("-")[1])
    yield malformed("token: a colon in the place of the hyphen", edit_all=lambda token: token.replace("-", ":"))
    yield malformed("token: two hyphens", edit_all=lambda token: token.replace("-", "--"))
    yield malformed("token: a line end behind it", edit_all=lambda token: token + "\n")
    yield malformed("token: a key", edit_all=lambda token: f"{make_uid(USER)}:{token.replace('-', ':')}")
    yield malformed("token: a signature", edit_all=lambda _: "0" * 64)
    yield malformed("token: empty", edit_all=lambda _: "")


def key_vectors():
    yield from spelled_vectors("key")

    def malformed(name, **edits):
        return spelled("key", name, expect="malformed", **edits)

    for byte in (16, 31):
        yield spelled("key", f"one bit flipped in byte {byte} of the MAC", expect="forged", edit=flipped(byte))
    yield malformed("key: the MAC padded", edit_all=lambda key: key + "=")
    yield malformed("key: bits set beyond the last byte of the MAC", edit_all=last_bits_set_of_mac)
    yield malformed("key: plain base64", edit_all=in_plain_base64)
    yield malformed("key: the MAC in hex", edit_mac=lambda mac: mac)
    yield malformed("key: half the MAC", edit_mac=lambda mac: encode(bytes.fromhex(mac[:32])))
    yield malformed("key: half the MAC in hex", edit_mac=lambda mac: mac[:32])
    yield malformed("key: a byte less of the MAC", edit_mac=lambda mac: encode(bytes.fromhex(mac[:62])))
    yield malformed("key: a byte more than the MAC", edit_mac=lambda mac: encode(bytes.fromhex(mac + "00")))
    yield malformed("key: no MAC", edit_mac=lambda _: "")
    yield malformed("key: two parts", edit_all=lambda key: key.replace(":", "", 1))
    yield malformed("key: four parts", edit_all=lambda key: key.replace(":", "::", 1))
    yield malformed("key: a fourth part behind", edit_all=lambda key: key + ":")
    yield malformed("key: colons percent-encoded", edit_all=lambda key: key.replace(":", "%3A"))
    yield malformed("key: a line end behind it", edit_all=lambda key: key + "\n")
    yield malformed("key: hyphens in the place of colons", edit_all=lambda key: key.replace(":", "-"))
    yield malformed("key: a signature", edit_all=lambda _: "0" * 64)
    yield malformed("key: empty", edit_all=lambda _: "")


def in_plain_base64(key):
    uid, timestamp, mac = key.split(":")
    assert set(mac) & set("-_")
    return f"{uid}:{timestamp}:{mac.replace('-', '+').replace('_', '/')}"


def last_bits_set_of_mac(key):
    uid, timestamp, mac = key.split(":")
    return f"{uid}:{timestamp}:{last_bits_set(mac)}"


def check(made):
    """The faults of a list of vectors, as sentences."""
    for one in made:
        asked = {key: value for key, value in one.items() if key not in ("name", "parts", "input", "outcome")}
        found = outcome(**asked)
        if found != one["outcome"]:
            yield f"{one['name']}: is {found}, should be {one['outcome']}"
        fields = {key: one[key] for key in ("user_id", "timestamp", "email", "link_secret") if key in one}
        fields |= one.get("parts") or {}
        if one["input"] is not None and one["input"] != canonical_input(one["purpose"], **fields).hex():
            yield f"{one['name']}: has another input"


def main():
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "write":
        made = {"version": 1, "vectors": list(vectors())}
        made |= {"uid_token_vectors": list(uid_token_vectors()), "key_vectors": list(key_vectors())}
        FILE.write_text(json.dumps(made, indent=1) + "\n")
    elif command == "check":
        made = json.loads(FILE.read_text())
    else:
        sys.exit(__doc__.strip())
    lists = [made[name] for name in ("vectors", "uid_token_vectors", "key_vectors")]
    faults = [fault for vectors_of_one_kind in lists for fault in check(vectors_of_one_kind)]
    print(*faults, f"{sum(map(len, lists))} vectors, {len(faults)} faults", sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
