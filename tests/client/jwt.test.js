// JSON Web Tokens: the silent refresh.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";

import { Countersign, CountersignError } from "../../web/client/countersign.js";
import { PASSWORD, Server, counting } from "./server.js";

const SECRET = "signs the tokens of these tests alone";
let server;

before(async () => {
  const settings = { "contracts.accounts.login": ["jwt"], "jwt.secrets": [SECRET], "jwt.rotate_refresh_tokens": true };
  server = await Server.start(Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join(""));
  await server.user(new Countersign({ baseUrl: server.api }), "ann");
});
after(() => server.stop());

class Storage {
  #kept = new Map();
  async getItem(key) { return this.#kept.get(key) ?? null; }
  async setItem(key, value) { this.#kept.set(key, value); }
  async removeItem(key) { this.#kept.delete(key); }

  /** Lets the access token have ended a minute ago. */
  async expire() {
    const login = JSON.parse(await this.getItem("countersign"));
    await this.setItem("countersign", JSON.stringify({ ...login, access: expired(login.access) }));
  }
}

function client({ storage = new Storage(), ...options } = {}) {
  const requests = counting();
  const made = new Countersign({ baseUrl: server.api, mode: "jwt", fetch: requests.send, storage, ...options });
  return { client: made, requests: requests.paths, storage };
}

/** The same token, with an earlier end. */
function expired(token) {
  const [header, payload] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  assert.equal(signed(header, claims), token);
  return signed(header, { ...claims, exp: Math.floor(Date.now() / 1000) - 60 });
}

function signed(header, claims) {
  const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
}

test("many calls at once share one refresh", async () => {
  const { client: ann, requests, storage } = client();
  await ann.login("ann", PASSWORD);
  await storage.expire();
  const profiles = await Promise.all(Array.from({ length: 12 }, () => ann.profile()));
  assert.deepEqual(new Set(profiles.map(({ username }) => username)), new Set(["ann"]));
  assert.equal(requests.filter((path) => path === "refresh-token").length, 1);
});

test("two tabs with one storage share the login", async () => {
  const storage = new Storage();
  const tabs = [client({ storage }), client({ storage })];
  await tabs[0].client.login("ann", PASSWORD);
  await storage.expire();
  await Promise.all(tabs.map((tab) => tab.client.profile()));
  await storage.expire();
  await tabs[1].client.profile();
  assert.equal((await tabs[0].client.profile()).username, "ann");
});

test("a refused refresh logs out, and the call fails as it began", async () => {
  let told = 0;
  const { client: ann, storage } = client({ onLogout: () => { told += 1; } });
  await ann.login("ann", PASSWORD);
  const { client: other } = client();
  await other.login("ann", PASSWORD);
  await other.endOtherSessions();
  await assert.rejects(ann.profile(), (error) => error instanceof CountersignError && error.status === 401);
  assert.equal(await ann.hasLogin(), false);
  assert.equal(await storage.getItem("countersign"), null);
  assert.equal(told, 1);
});

test("a refresh that the network prevents logs nobody out", async () => {
  let isAway = false;
  const send = (url, init) => (isAway && url.includes("refresh-token") ? Promise.reject(new TypeError("away")) : fetch(url, init));
  const { client: ann, storage } = client({ fetch: send, onLogout: () => assert.fail("it logs out") });
  await ann.login("ann", PASSWORD);
  await storage.expire();
  isAway = true;
  await assert.rejects(ann.profile(), { code: "network" });
  isAway = false;
  assert.equal((await ann.profile()).username, "ann");
});

test("a logout works after the access token has expired", async () => {
  const { client: ann, storage } = client();
  const { refresh } = await ann.login("ann", PASSWORD);
  assert.match((await ann.verifyToken(refresh)).detail, /valid/);
  await storage.expire();
  await ann.logout();
  assert.equal(await ann.hasLogin(), false);
  await assert.rejects(ann.verifyToken(refresh), { code: "token_not_valid" });
});
