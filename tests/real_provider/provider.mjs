// The identity provider: `oidc-provider` on a port of this machine, with its own pages for login and consent.
//
//     node provider.mjs NODE_MODULES PORT CLIENTS
//
// CLIENTS is JSON, an object from each client's id to its `secret` and `redirect_uris`. Each start makes a new key.
// What a person types as login is the subject; the claims follow from it, and `unproved…` has no verified address.
import {generateKeyPairSync} from "node:crypto";
import {join} from "node:path";
import {pathToFileURL} from "node:url";

const [modules, port, clients] = process.argv.slice(2);
const {Provider} = await import(pathToFileURL(join(modules, "oidc-provider", "lib", "index.js")));

const key = generateKeyPairSync("rsa", {modulusLength: 2048}).privateKey.export({format: "jwk"});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: Object.entries(JSON.parse(clients)).map(([client_id, {secret, redirect_uris}]) => ({
    client_id,
    client_secret: secret,
    redirect_uris,
    token_endpoint_auth_method: "client_secret_basic",
  })),
  jwks: {keys: [{...key, use: "sig", alg: "RS256"}]},
  cookies: {keys: ["a key of a test"]},
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["preferred_username", "given_name", "family_name"],
  },
  features: {introspection: {enabled: true}},
  findAccount: (context, login) => ({
    accountId: login,
    claims: () => ({
      sub: login,
      email: `${login}@mail.example`,
      email_verified: !login.startsWith("unproved"),
      preferred_username: login,
      given_name: login[0].toUpperCase() + login.slice(1),
      family_name: "Example",
    }),
  }),
});

provider.listen(Number(port), "127.0.0.1");
