#!/usr/bin/env python3
"""Mints and checks Countersign's links with nothing but Python's standard library.

A second reading of docs/links.md, which shares no code with the server; take from it what you need.

    python3 docs/link_vectors.py check    checks docs/link-vectors.json
    python3 docs/link_vectors.py write    makes it anew
"""

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


def is_well_formed(purpose, user_id, timestamp, signature, email=None):
    """Whether the parts of a link have the size and syntax of one."""
    texts = [user_id] + ([email] if PURPOSES[purpose][0] else [])
    return (
        1 <= len(user_id.encode()) <= 64
        and (email is None or 1 <= len(email) <= 254)
        and not any(unicodedata.category(character) == "Cc" for text in texts for character in text)
        and re.fullmatch(r"0|-?[1-9][0-9]{0,18}", timestamp, re.ASCII) is not None
        and int(timestamp) in I64
        and re.fullmatch(r"[0-9a-f]{64}", signature) is not None
    )


def outcome(secrets, purpose, now, valid_for, signature, link_secret=None, **parts):
    """What the server says to a link that came back."""
    if not is_well_formed(purpose, signature=signature, **parts):
        return "malformed"
    signatures = [sign(secret, purpose, link_secret=link_secret, **parts) for secret in secrets]
    if not any([hmac.compare_digest(signature, ours) for ours in signatures]):
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
    well_formed = is_well_formed(purpose, signature=made["signature"], **parts)
    made["input"] = canonical_input(purpose, **fields).hex() if well_formed else None
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

    for purpose in ("reset-password", "verify-email"):
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


def check(made):
    """The faults of a list of vectors, as sentences."""
    for one in made:
        asked = {key: value for key, value in one.items() if key not in ("name", "input", "outcome")}
        found = outcome(**asked)
        if found != one["outcome"]:
            yield f"{one['name']}: is {found}, should be {one['outcome']}"
        fields = {key: one[key] for key in ("user_id", "timestamp", "email", "link_secret") if key in one}
        if one["input"] is not None and one["input"] != canonical_input(one["purpose"], **fields).hex():
            yield f"{one['name']}: has another input"


def main():
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "write":
        made = list(vectors())
        FILE.write_text(json.dumps({"version": 1, "vectors": made}, indent=1) + "\n")
    elif command == "check":
        made = json.loads(FILE.read_text())["vectors"]
    else:
        sys.exit(__doc__.strip())
    faults = list(check(made))
    print(*faults, f"{len(made)} vectors, {len(faults)} faults", sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
