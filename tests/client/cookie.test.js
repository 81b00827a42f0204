// Cookie mode, with a jar in the place of the browser's.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Countersign } from "../../web/client/countersign.js";
import { PASSWORD, Server } from "./server.js";

let server;

before(async () => { server = await Server.start("login.token = false\n"); });
after(() => server.stop());

/** Keeps cookies and says where requests come from, as browsers do. */
function browser() {
  const jar = new Map();
  return async (url, init) => {
    assert.equal(init.credentials, "include");
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { ...init, headers: { ...init.headers, cookie, "sec-fetch-site": "same-origin" } });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split("=");
      if (value) jar.set(name, value); else jar.delete(name);
    }
    return answer;
  };
}

test("the login is the browser's, and nothing is stored", async () => {
  const refuse = () => assert.fail("it stores something");
  const storage = { getItem: refuse, setItem: refuse, removeItem: refuse };
  const ann = new Countersign({ baseUrl: server.api, mode: "cookie", storage, fetch: browser() });
  await server.user(ann, "ann");
  assert.deepEqual(await ann.login("ann", PASSWORD), { detail: "Login successful" });
  assert.equal((await ann.updateProfile({ first_name: "Ann" })).first_name, "Ann");
  assert.equal(await ann.hasLogin(), false);
  await ann.logout();
  await assert.rejects(ann.profile(), { status: 401 });
});
