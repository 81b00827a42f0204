// Calls the API: JSON, and the token of the login in a header.

const api = document.documentElement.dataset.api;
const KEY = "auth_token";

// Frontends of djoser keep the token here. Every script of the page can read it.
export const token = {
  get: () => localStorage.getItem(KEY),
  keep: (value) => localStorage.setItem(KEY, value),
  forget: () => localStorage.removeItem(KEY),
};

// Returns whether the call succeeded, its status, and the body (null if there is none).
export async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  if (token.get()) headers.Authorization = `Token ${token.get()}`;
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { ok: answer.ok, status: answer.status, body: text ? JSON.parse(text) : null };
}
