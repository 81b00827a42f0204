"""Logins that are answered with JSON Web Tokens, at each contract that can."""

import urllib.parse

from logins import (ACCOUNTS, DJ_REST_AUTH, DJANGO_REST_AUTH, DJOSER, OWN, finish, is_refused, profile, proof_of, start)
from parties import PAGE, Person, expect

SETTINGS = """
contracts.accounts.login = ["jwt"]
contracts.djoser.jwt = true
contracts.dj_rest_auth.use_jwt = true
contracts.dj_rest_auth.jwt_auth_httponly = false
contracts.django_rest_auth.enabled = true
contracts.django_rest_auth.use_jwt = true
"""


def of(answer, status=200):
    """Returns the tokens of an answer."""
    expect(f"a login: {answer.text}", answer.status_code, status)
    return answer.json()


def renewed(person, path, refresh):
    """Returns the access token that a refresh token brings."""
    answer = person.call("POST", path, {"refresh": refresh})
    expect(f"{path}: {answer.text}", answer.status_code, 200)
    return answer.json()["access"]


def accounts(server):
    pia = Person("pia", server, scheme="Bearer")
    pair = of(finish(pia, pia.returns_from(start(pia))))
    expect("what the answer has", sorted(pair), ["access", "detail", "refresh"])
    user = profile(pia, pair["access"])
    expect("who logged in", (user["username"], user["email"]), ("pia", "pia@mail.example"))
    access = renewed(pia, f"{ACCOUNTS}refresh-token/", pair["refresh"])
    second = Person("pia-too", server, scheme="Bearer")
    connected = finish(second, second.returns_from(start(second, token=access)), access)
    expect(f"a second account: {connected.text}", connected.json(), {"detail": "Provider account connected"})
    listed = pia.call("GET", OWN, token=access).json()
    expect("what is connected", [account["subject"] for account in listed], ["pia", "pia-too"])
    for account, wanted in zip(listed, (200, 400)):
        gone = pia.call("DELETE", f"{OWN}{account['id']}/", token=access)
        expect(f"one after the other is disconnected: {gone.text}", gone.status_code, wanted)
    pair = of(finish(second, second.returns_from(start(second))))
    expect("the user of the second", profile(second, pair["access"])["id"], user["id"])
    ended = pia.call("POST", f"{ACCOUNTS}logout/", {"revoke_token": True}, token=pair["access"])
    expect(f"logout/: {ended.text}", ended.status_code, 200)
    refused = pia.call("GET", f"{ACCOUNTS}profile/", token=pair["access"])
    expect("the access token after the logout", refused.status_code, 401)


def djoser(server):
    quin = Person("quin", server, scheme="Bearer")
    query = urllib.parse.urlencode({"redirect_uri": PAGE})
    begun = quin.call("GET", f"{DJOSER}o/house/?{query}")
    returned = quin.returns_from(begun.json()["authorization_url"])
    query = urllib.parse.urlencode({name: returned[name] for name in ("code", "state")})
    pair = of(quin.call("POST", f"{DJOSER}o/house/?{query}"), 201)
    expect("what the answer has", sorted(pair), ["access", "refresh", "user"])
    expect("the user in it", pair["user"], "quin")
    for access in (pair["access"], renewed(quin, f"{DJOSER}jwt/refresh/", pair["refresh"])):
        me = quin.call("GET", f"{DJOSER}users/me/", token=access)
        expect(f"users/me/: {me.text}", (me.status_code, me.json().get("username")), (200, "quin"))


def dj_rest_auth(server, provider):
    rob = Person("rob", server, scheme="Bearer")
    pair = of(rob.call("POST", f"{DJ_REST_AUTH}house/", proof_of(rob, provider)))
    expect("the user in the answer", pair["user"]["username"], "rob")
    access = renewed(rob, f"{DJ_REST_AUTH}token/refresh/", pair["refresh"])
    again = of(rob.call("POST", f"{DJ_REST_AUTH}house/connect/", proof_of(rob, provider), access))
    expect("a connection begins a session too", sorted(again), sorted(pair))
    for token in (pair["access"], access, again["access"]):
        user = rob.call("GET", f"{DJ_REST_AUTH}user/", token=token)
        expect(f"user/: {user.text}", (user.status_code, user.json().get("username")), (200, "rob"))
    [only] = rob.call("GET", f"{DJ_REST_AUTH}socialaccounts/", token=access).json()
    path = f"{DJ_REST_AUTH}socialaccounts/{only['id']}/disconnect/"
    is_refused("the last way in", rob.call("POST", path, token=access), "last_way_in")


def django_rest_auth(server, provider):
    sue = Person("sue", server, scheme="JWT")
    single = of(sue.call("POST", f"{DJANGO_REST_AUTH}house/", proof_of(sue, provider)))
    expect("what the answer has", (sorted(single), single["user"]["username"]), (["token", "user"], "sue"))
    again = of(sue.call("POST", f"{DJANGO_REST_AUTH}house/connect/", proof_of(sue, provider), single["token"]))
    for token in (single["token"], again["token"]):
        user = sue.call("GET", f"{DJANGO_REST_AUTH}user/", token=token)
        expect(f"user/: {user.text}", (user.status_code, user.json().get("username")), (200, "sue"))
    listed = sue.call("GET", f"{DJANGO_REST_AUTH}socialaccounts/", token=again["token"]).json()
    expect("socialaccounts/", [account["uid"] for account in listed], ["sue"])
