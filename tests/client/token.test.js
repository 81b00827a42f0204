// The life of an account in the default mode, and what errors tell.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Countersign, CountersignError, readClaim } from "../../web/client/countersign.js";
import { PASSWORD, Server, registration } from "./server.js";

let server, client;

before(async () => {
  server = await Server.start();
  client = new Countersign({ baseUrl: server.api });
});
after(() => server.stop());

const refusal = (status, code) => (error) => {
  assert(error instanceof CountersignError, error);
  assert.deepEqual([error.status, error.code], [status, code]);
  assert.match(error.requestId, /./);
  return true;
};

test("a life from registration to logout", async () => {
  const created = await client.register(registration("ann"));
  assert.equal(created.username, "ann");
  await assert.rejects(client.login("ann", PASSWORD), refusal(400, "email_not_verified"));
  assert.equal(await client.hasLogin(), false);

  assert.match((await client.resendVerification("ann@mail.example")).detail, /link/);
  const claim = readClaim(await server.link("ann@mail.example"));
  await client.verifyRegistration(claim);
  const { token } = await client.login("ann", PASSWORD);
  assert.match(token, /^[0-9a-f]{64}$/);
  assert.equal(await client.hasLogin(), true);
  assert.equal((await client.profile()).email, "ann@mail.example");
  assert.equal((await client.updateProfile({ first_name: "Ann" })).first_name, "Ann");
  assert.equal((await client.replaceProfile({ username: "ann", first_name: "Anna" })).first_name, "Anna");

  const other = new Countersign({ baseUrl: server.api });
  await other.login("ann", PASSWORD);
  const sessions = await client.sessions();
  assert.deepEqual(sessions.map((session) => session.current), [false, true]);
  assert.equal((await client.sessions({ limit: 1, offset: 1 })).length, 1);
  await client.endSession(sessions[0].id);
  await assert.rejects(other.profile(), refusal(401, "authentication_failed"));
  assert.equal(await other.hasLogin(), false, "a login that the server has ended is forgotten");
  await client.endOtherSessions();

  const next = "Harbor-Kettle-43";
  await client.changePassword({ old_password: PASSWORD, password: next, password_confirm: next });
  await client.logout();
  assert.equal(await client.hasLogin(), false);
  await assert.rejects(client.profile(), refusal(401, "not_authenticated"));
});

test("a forgotten password is reset by a mailed link", async () => {
  await server.user(client, "bob");
  await client.sendResetPasswordLink({ login: "bob" });
  const claim = readClaim(await server.link("bob@mail.example"));
  const password = "Harbor-Kettle-43";
  await assert.rejects(client.resetPassword({ ...claim, password: "12345678" }), (error) => {
    assert.deepEqual(error.fields.password.map(({ code }) => code), ["password_too_common", "password_entirely_numeric"]);
    return true;
  });
  await client.resetPassword({ ...claim, password });
  await assert.rejects(client.resetPassword({ ...claim, password }), refusal(400, "link_already_used"));
  await client.login("bob", password);
  await client.logout({ everywhere: true });
});

test("a lost answer to a registration is asked for again, and there is one user", async () => {
  const keys = [];
  let failures = 1;
  const losing = async (url, init) => {
    keys.push(init.headers["Idempotency-Key"]);
    const answer = await fetch(url, init);
    await answer.clone().text();
    if (failures-- > 0) throw new TypeError("the connection is lost");
    return answer;
  };
  const unlucky = new Countersign({ baseUrl: server.api, fetch: losing });
  assert.equal((await unlucky.register(registration("lea"))).username, "lea");
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.match(keys[0], /^"[0-9a-f]{32}"$/);

  failures = 2;
  await assert.rejects(unlucky.register(registration("leo"), { idempotencyKey: "of leo" }), (error) => {
    assert.deepEqual([error.status, error.code, keys.at(-1)], [0, "network", '"of leo"']);
    return true;
  });
  assert.equal((await unlucky.register(registration("leo"), { idempotencyKey: "of leo" })).username, "leo");
  await assert.rejects(unlucky.register(registration("mia"), { idempotencyKey: "of leo" }), refusal(422, "idempotency_key_reused"));
  failures = 1;
  await assert.rejects(unlucky.register(registration("nia"), { idempotencyKey: "" }), (error) => error.code === "network");
  assert.equal(keys.at(-1), undefined);
});

test("an account is deleted with its password, and the login forgotten", async () => {
  await server.user(client, "kim");
  await client.login("kim", PASSWORD);
  await assert.rejects(client.deleteAccount("wrong"), (error) => error.messageOf("password") === "Password is not correct");
  assert.equal(await client.hasLogin(), true);
  assert.equal((await client.deleteAccount(PASSWORD)).detail, "Account deleted");
  assert.equal(await client.hasLogin(), false);
  await assert.rejects(client.login("kim", PASSWORD), refusal(400, "login_invalid"));
});

test("an address is changed by a mailed link, or its change is cancelled", async () => {
  await server.user(client, "cem");
  await client.login("cem", PASSWORD);
  await client.registerEmail({ email: "cem@other.example" });
  assert.equal((await client.profile()).pending_email, "cem@other.example");
  await client.cancelEmail();
  assert.equal((await client.profile()).pending_email, undefined);
  await client.registerEmail({ email: "cem@new.example" });
  await client.verifyEmail(readClaim(await server.link("cem@new.example")));
  assert.equal((await client.profile()).email, "cem@new.example");
});

test("a mistyped address is corrected before it is proved", async () => {
  await client.register(registration("dora"));
  await client.correctEmail({ login: "dora", password: PASSWORD, email: "dora@right.example" });
  await client.verifyEmail(readClaim(await server.link("dora@right.example")));
  await client.login("dora", PASSWORD);
});

test("errors of fields have the field, a code and a sentence", async () => {
  await client.register(registration("eve"));
  await assert.rejects(client.register({ ...registration("eve"), email: "nonsense", password_confirm: "other" }), (error) => {
    refusal(400, "invalid_fields")(error);
    assert.deepEqual(Object.keys(error.fields).sort(), ["email", "username"]);
    assert.deepEqual(error.fields.username[0], { code: "unique", message: "A user with that username already exists." });
    assert.equal(error.messageOf("email"), "Enter a valid email address.");
    assert.equal(error.messageOf("first_name"), undefined);
    return true;
  });
});

test("a server that is away is an error of its own, and an aborted request is none of the server's", async () => {
  const away = new Countersign({ baseUrl: "http://127.0.0.1:1024/nothing/" });
  await assert.rejects(away.login("ann", PASSWORD), (error) => error.status === 0 && error.code === "network" && Boolean(error.cause));
  await assert.rejects(client.login("ann", PASSWORD, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("an endpoint describes its fields, and without providers the list is empty", async () => {
  const { actions } = await client.describe("register/");
  assert.equal(actions.POST.username.required, true);
  assert.deepEqual(await client.providers(), []);
  await assert.rejects(client.startProvider("google", { redirect_uri: "https://app.example/" }), refusal(404, "not_found"));
});

test("a limit that is reached says when to come back", async () => {
  const limited = await Server.start("throttle.resend_verification_burst = 1\n", { throttled: true });
  try {
    const asking = new Countersign({ baseUrl: limited.api });
    await asking.resendVerification("ann@mail.example");
    await assert.rejects(asking.resendVerification("bob@mail.example"), (error) => {
      refusal(429, "throttled")(error);
      assert(error.retryAfter > 0, error.retryAfter);
      return true;
    });
  } finally {
    await limited.stop();
  }
});

test("a mode that does not exist is refused at once", () => {
  for (const mode of ["JWT", "", "session", null]) {
    assert.throws(() => new Countersign({ mode }), (error) => error instanceof TypeError && /token, cookie, jwt/.test(error.message));
  }
  for (const mode of ["token", "cookie", "jwt", undefined]) new Countersign({ mode });
});
