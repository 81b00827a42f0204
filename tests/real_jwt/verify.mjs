// Verifies access tokens by the published keys: reads one token a line, and writes its user as JSON, or null.
//
//     node verify.mjs URL ISSUER AUDIENCE COOLDOWN_MS

import { createInterface } from "node:readline";
import { createRemoteJWKSet, jwtVerify } from "jose";

const [url, issuer, audience, cooldown] = process.argv.slice(2);
const keys = createRemoteJWKSet(new URL(url), { cooldownDuration: Number(cooldown), cacheMaxAge: Infinity });
await keys.reload();

for await (const token of createInterface({ input: process.stdin })) {
  let user = null;
  try {
    const { payload } = await jwtVerify(token, keys, { algorithms: ["EdDSA"], issuer, audience });
    user = payload.token_type === "access" ? payload.user_id : null;
  } catch (error) {
    if (!error.code?.startsWith("ERR_J")) throw error;
  }
  console.log(JSON.stringify(user));
}
