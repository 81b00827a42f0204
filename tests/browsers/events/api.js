// Calls the API: JSON, and an access token in a header. An expired access token is replaced without the user noticing.

const api = document.documentElement.dataset.api;
const KEYS = ["access", "refresh"];

// Both tokens of the login. Every script of the page can read them.
export const tokens = {
  access: () => localStorage.getItem("access"),
  refresh: () => localStorage.getItem("refresh"),
  keep: (pair) => KEYS.filter((key) => pair[key]).forEach((key) => localStorage.setItem(key, pair[key])),
  forget: () => KEYS.forEach((key) => localStorage.removeItem(key)),
};

// Returns whether the call succeeded, its status, and the body (null if there is none).
export async function call(method, path, body) {
  const answer = await send(method, path, body, tokens.access());
  if (answer.status !== 401 || answer.body?.code !== "token_not_valid" || !(await renewed())) return answer;
  return send(method, path, body, tokens.access());
}

// Calls without a token.
export function callOpenly(method, path, body) {
  return send(method, path, body, null);
}

let renewal = null;

// Replaces the access token. Calls that fail together wait for one replacement, as each refresh token counts once.
function renewed() {
  renewal ??= renew().finally(() => (renewal = null));
  return renewal;
}

async function renew() {
  if (!tokens.refresh()) return false;
  const answer = await callOpenly("POST", "/auth/jwt/refresh/", { refresh: tokens.refresh() });
  if (answer.ok) tokens.keep(answer.body);
  return answer.ok;
}

async function send(method, path, body, access) {
  const headers = { "Content-Type": "application/json" };
  if (access) headers.Authorization = `JWT ${access}`;
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { ok: answer.ok, status: answer.status, body: text ? JSON.parse(text) : null };
}
