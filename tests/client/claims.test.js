// Claims in URLs, and the completeness of the client.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { readClaim } from "../../web/client/countersign.js";

const SIGNATURE = "a".repeat(64);
const CLAIM = { user_id: "018b-42", timestamp: "1700000000", signature: SIGNATURE };
const WITH_EMAIL = { ...CLAIM, email: "ann+1@mail.example" };

test("a claim is read from query, path and fragment", () => {
  const query = `user_id=018b-42&%74imestamp=1700000000&signature=${SIGNATURE}`;
  const path = `018b-42/1700000000/${SIGNATURE}`;
  for (const url of [
    `https://app.example/verify?${query}`,
    `https://app.example/?lang=fr&${query}#form`,
    `https://app.example/verify/${path}`,
    `https://app.example/verify/${path}/`,
    `https://app.example/#/verify?${query}`,
    `https://app.example/#/verify/${path}`,
    `https://app.example/verify#${query}`,
    `/verify/?${query}`,
    new URL(`https://app.example/verify?${query}`),
  ]) {
    assert.deepEqual(readClaim(url), CLAIM, String(url));
  }
});

test("a claim for a new address has the address", () => {
  const address = "ann%2B1%40mail.example";
  for (const url of [
    `https://app.example/verify?user_id=018b-42&email=${address}&%74imestamp=1700000000&signature=${SIGNATURE}`,
    `https://app.example/verify/018b-42/${address}/1700000000/${SIGNATURE}`,
    `https://app.example/#/verify/018b-42/${address}/1700000000/${SIGNATURE}`,
  ]) {
    assert.deepEqual(readClaim(url), WITH_EMAIL, url);
  }
});

test("what is no claim is none", () => {
  for (const url of [
    "https://app.example/verify", "https://app.example/verify?user_id=1", "https://app.example/verify/1/2/3",
    `https://app.example/verify/1/2/${"a".repeat(63)}`, "https://app.example/#/verify?user_id=1&timestamp=2",
  ]) {
    assert.equal(readClaim(url), null, url);
  }
});

test("every endpoint of the contract's page has a method", async () => {
  const page = await readFile(new URL("../../docs/http-api/accounts.md", import.meta.url), "utf8");
  const source = await readFile(new URL("../../web/client/countersign.js", import.meta.url), "utf8");
  const endpoints = [...page.matchAll(/^### `([^`]+)`/gm), ...page.matchAll(/^\*\*\w[\w ]*: `([\w-]+\/)` POST/gm)].map(([, path]) => path);
  assert(endpoints.length > 15, endpoints);
  const called = (path) => source.includes(`"${path}`) || source.includes(`\`${path.split("{")[0]}`);
  assert.deepEqual(endpoints.filter((path) => !called(path)), []);
});
