// Calls the API: JSON, and the token of the login in a header.

const api = document.documentElement.dataset.api;

export const token = {
  get: () => localStorage.getItem("token"),
  keep: (value) => localStorage.setItem("token", value),
  forget: () => localStorage.removeItem("token"),
};

// Returns whether the call succeeded, its status, and the body.
export async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  if (token.get()) headers.Authorization = `Token ${token.get()}`;
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
  return { ok: answer.ok, status: answer.status, body: await answer.json() };
}

// What a mailed link carries: `user_id`, `timestamp` and `signature`, and `email` where that is to be proved.
export const link = () => Object.fromEntries(new URLSearchParams(location.search));
