"""Users who are logged in connect accounts at the provider, list them and disconnect them."""

from logins import (DJ_REST_AUTH, DJOSER, OWN, PASSWORD, code_for, finish, is_refused, log_in, profile, proof_of,
                    register, start)
from parties import Person, expect

LISTED = f"{DJ_REST_AUTH}socialaccounts/"


def token_of(person):
    """Logs in by password. Returns the token."""
    answer = person.call("POST", f"{DJOSER}token/login/", {"username": person.login, "password": PASSWORD})
    expect(f"the login of {person.login} by password: {answer.text}", answer.status_code, 200)
    return answer.json()["auth_token"]


def connect(person, token):
    """Connects the account that the person's browser is logged in to at the provider."""
    return finish(person, person.returns_from(start(person, token=token)), token)


def is_connected(what, answer):
    expect(f"{what}: {answer.text}", (answer.status_code, answer.json()),
           (200, {"detail": "Provider account connected"}))


def own(person, token):
    answer = person.call("GET", OWN, token=token)
    expect(f"provider-accounts/: {answer.text}", answer.status_code, 200)
    return answer.json()


def first_contract(server):
    jo, kim = Person("jo", server), Person("kim", server)
    for person in (jo, kim):
        register(person, server)
    of_jo, of_kim = token_of(jo), token_of(kim)
    is_refused("a login before jo connects", finish(jo, jo.returns_from(start(jo))), "email_taken")

    begun = jo.returns_from(start(jo, token=of_jo))
    is_refused("a connection that another user finishes", finish(jo, begun, of_kim), "state_invalid")
    expect("a connection that nobody finishes", finish(jo, begun).status_code, 401)
    is_connected("jo's account", finish(jo, begun, of_jo))
    is_refused("the same state again", finish(jo, begun, of_jo), "state_used")
    is_connected("jo's account once more", connect(jo, of_jo))
    is_refused("jo's account for kim", connect(jo, of_kim), "provider_account_taken")
    listed = own(jo, of_jo)
    told = [(account["provider"], account["subject"], account["last_login_at"]) for account in listed]
    expect("what is connected to jo", told, [("house", "jo", None)])
    expect("what is connected to kim", own(kim, of_kim), [])
    expect("the user of a login by it", profile(jo, log_in(jo))["id"], profile(jo, of_jo)["id"])
    expect("the time of this login is listed", own(jo, of_jo)[0]["last_login_at"] is not None, True)

    path = f"{OWN}{listed[0]['id']}/"
    expect("kim disconnects jo's account", kim.call("DELETE", path, token=of_kim).status_code, 404)
    gone = jo.call("DELETE", path, token=of_jo)
    expect(f"jo disconnects it: {gone.text}", gone.status_code, 200)
    expect("what is connected then", own(jo, of_jo), [])
    is_refused("a login by what was disconnected", finish(jo, jo.returns_from(start(jo))), "email_taken")
    is_connected("jo's account for kim, now that nobody has it", connect(jo, of_kim))


def last_way_in(server):
    lea, second = Person("lea", server), Person("lea-too", server)
    token = log_in(lea)
    [only] = own(lea, token)
    is_refused("the last way in", lea.call("DELETE", f"{OWN}{only['id']}/", token=token), "last_way_in")
    is_connected("a second account", connect(second, token))
    gone = lea.call("DELETE", f"{OWN}{only['id']}/", token=token)
    expect(f"the first of two: {gone.text}", gone.status_code, 200)
    expect("the user of the second", profile(second, log_in(second))["id"], profile(lea, token)["id"])
    [other] = own(lea, token)
    is_refused("the last way in again", lea.call("DELETE", f"{OWN}{other['id']}/", token=token), "last_way_in")


def dj_rest_auth(server, provider):
    moe, ned = Person("moe", server), Person("ned", server)
    for person in (moe, ned):
        register(person, server)
    of_moe, of_ned = token_of(moe), token_of(ned)

    def connect_there(person, token, body):
        return person.call("POST", f"{DJ_REST_AUTH}house/connect/", body, token)

    theirs = provider.tokens("another-site", *code_for(moe, provider, "another-site"))
    foreign = connect_there(moe, of_moe, {"access_token": theirs["access_token"]})
    is_refused("an access token of another site", foreign, "provider_refused")
    expect("without a login", connect_there(moe, None, proof_of(moe, provider)).status_code, 401)
    answer = connect_there(moe, of_moe, proof_of(moe, provider))
    expect(f"house/connect/: {answer.text}", answer.status_code, 200)
    user = moe.call("GET", f"{DJ_REST_AUTH}user/", token=answer.json()["key"])
    expect(f"the user of the session that it begins: {user.text}", user.json()["username"], "moe")
    is_refused("moe's account for ned", connect_there(ned, of_ned, proof_of(moe, provider)), "provider_account_taken")

    [account] = moe.call("GET", LISTED, token=of_moe).json()
    expect("socialaccounts/", (account["provider"], account["uid"]), ("house", "moe"))
    expect("the same at the first contract", [other["id"] for other in own(moe, of_moe)], [account["id"]])
    path = f"{LISTED}{account['id']}/disconnect/"
    expect("ned disconnects moe's account", ned.call("POST", path, token=of_ned).status_code, 404)
    gone = moe.call("POST", path, token=of_moe)
    expect("disconnect/", (gone.status_code, gone.json()), (200, {}))
    expect("socialaccounts/ then", moe.call("GET", LISTED, token=of_moe).json(), [])

    ora = Person("ora", server)
    answer = ora.call("POST", f"{DJ_REST_AUTH}house/", proof_of(ora, provider))
    expect(f"house/: {answer.text}", answer.status_code, 200)
    key = answer.json()["key"]
    [only] = ora.call("GET", LISTED, token=key).json()
    is_refused("the last way in", ora.call("POST", f"{LISTED}{only['id']}/disconnect/", token=key), "last_way_in")
