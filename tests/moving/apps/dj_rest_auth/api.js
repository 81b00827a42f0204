// Calls the API: JSON, and the access token in a header. When it has expired, another one is fetched.

const api = document.documentElement.dataset.api;

// The answer of the login has both tokens. The refresh token gets new access tokens.
export const tokens = {
  access: () => localStorage.getItem("access"),
  refresh: () => localStorage.getItem("refresh"),
  keep({ access, refresh }) {
    if (access) localStorage.setItem("access", access);
    if (refresh) localStorage.setItem("refresh", refresh);
  },
  forget() {
    localStorage.removeItem("access");
    localStorage.removeItem("refresh");
  },
};

// Returns whether the call succeeded, its status, and the body.
export async function call(method, path, body) {
  const answer = await send(method, path, body);
  const isExpired = answer.status === 401 && answer.body.code === "token_not_valid";
  return isExpired && (await refresh()) ? send(method, path, body) : answer;
}

async function refresh() {
  if (!tokens.refresh()) return false;
  const answer = await send("POST", "token/refresh/", { refresh: tokens.refresh() }, false);
  if (answer.ok) tokens.keep(answer.body);
  return answer.ok;
}

async function send(method, path, body, withToken = true) {
  const headers = { "Content-Type": "application/json" };
  if (withToken && tokens.access()) headers.Authorization = `Bearer ${tokens.access()}`;
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { ok: answer.ok, status: answer.status, body: text ? JSON.parse(text) : {} };
}
