// JSON Web Tokens: the silent refresh.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { Countersign, CountersignError } from "../../web/client/countersign.js";
import { PASSWORD, Server, counting } from "./server.js";

let server;

before(async () => {
  server = await Server.start('contracts.accounts.login = ["jwt"]\njwt.access_expires_after_seconds = 1\njwt.rotate_refresh_tokens = true\n');
  await server.user(new Countersign({ baseUrl: server.api }), "ann");
});
after(() => server.stop());

function map() {
  const kept = new Map();
  return { getItem: async (key) => kept.get(key) ?? null, setItem: async (key, value) => kept.set(key, value), removeItem: async (key) => kept.delete(key) };
}

function client(options = {}) {
  const requests = counting();
  return { requests: requests.paths, client: new Countersign({ baseUrl: server.api, mode: "jwt", fetch: requests.send, ...options }) };
}

/** The access token has expired: this wait is the behaviour under test. */
const expiry = () => pause(2100);

test("many calls at once share one refresh", async () => {
  const { client: ann, requests } = client();
  await ann.login("ann", PASSWORD);
  await expiry();
  const profiles = await Promise.all(Array.from({ length: 12 }, () => ann.profile()));
  assert.deepEqual(new Set(profiles.map(({ username }) => username)), new Set(["ann"]));
  assert.equal(requests.filter((path) => path === "refresh-token").length, 1);
});

test("two tabs with one storage share the login", async () => {
  const storage = map();
  const tabs = [client({ storage }), client({ storage })];
  await tabs[0].client.login("ann", PASSWORD);
  await expiry();
  await Promise.all(tabs.map((tab) => tab.client.profile()));
  await expiry();
  await tabs[1].client.profile();
  assert.equal((await tabs[0].client.profile()).username, "ann");
});

test("a refused refresh logs out, and the call fails as it began", async () => {
  let told = 0;
  const storage = map();
  const { client: ann } = client({ storage, onLogout: () => { told += 1; } });
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
  const { client: ann } = client({ fetch: send, onLogout: () => assert.fail("it logs out") });
  await ann.login("ann", PASSWORD);
  await expiry();
  isAway = true;
  await assert.rejects(ann.profile(), { code: "network" });
  isAway = false;
  assert.equal((await ann.profile()).username, "ann");
});

test("a logout works after the access token has expired", async () => {
  const storage = map();
  const { client: ann } = client({ storage });
  const { refresh } = await ann.login("ann", PASSWORD);
  assert.match((await ann.verifyToken(refresh)).detail, /valid/);
  await expiry();
  await ann.logout();
  assert.equal(await ann.hasLogin(), false);
  await assert.rejects(ann.verifyToken(refresh), { code: "token_not_valid" });
});
