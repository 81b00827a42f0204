// What the whole app knows: the server's settings, the client, and who is logged in.

import { Countersign } from "/assets/client/countersign.js";

const answer = await fetch("/app/settings.json", { cache: "no-cache" });

/** What the server's settings mean for the app. */
export const site = await answer.json();

// A cookie is out of reach of scripts; browsers keep a Secure one on trusted connections only.
const mode = site.login.includes("jwt") ? "jwt"
  : site.login.includes("cookie") && (isSecureContext || !site.login.includes("token")) ? "cookie" : "token";

export const accounts = new Countersign({ baseUrl: site.api, mode, storage: sessionStorage, onLogout: () => { user = null; } });

/** The user who is logged in. */
export let user = null;

export function setUser(changed) {
  user = changed;
}

/** Asks who is logged in. A visitor is no error, and no request is made if there can be no login. */
export async function loadUser() {
  const mayBeLoggedIn = mode === "cookie" ? document.cookie.includes("csrftoken=") : await accounts.hasLogin();
  user = null;
  if (!mayBeLoggedIn) return;
  try {
    user = await accounts.profile();
  } catch (error) {
    if (error.status !== 401) throw error;
  }
}

/** What one page leaves for the next, until the tab is closed. */
export const notes = {
  get: (key) => JSON.parse(sessionStorage.getItem(`app.${key}`) ?? "null"),
  set: (key, value) => sessionStorage.setItem(`app.${key}`, JSON.stringify(value)),
  take(key) {
    const value = this.get(key);
    sessionStorage.removeItem(`app.${key}`);
    return value;
  },
};

const described = new Map();

/** Returns the fields that an endpoint takes, as it describes them. */
export async function fieldsOf(path, method = "POST") {
  if (!described.has(path)) described.set(path, (await accounts.describe(path)).actions ?? {});
  return described.get(path)[method] ?? {};
}
