// Calls Countersign's contract `accounts` from browsers and Node. Types and descriptions: countersign.d.ts.

/** A refused or failed request. */
export class CountersignError extends Error {
  constructor(status, body, headers, cause) {
    super(body.detail ?? `The server answers with status ${status}.`, { cause });
    this.name = "CountersignError";
    this.status = status;
    this.code = body.code ?? "unknown";
    this.fields = body.errors ?? {};
    const pause = headers?.get("Retry-After");
    this.retryAfter = pause ? Number(pause) : null;
    this.requestId = headers?.get("X-Request-Id") ?? null;
  }

  /** The first message of a field. */
  messageOf(field) {
    return this.fields[field]?.[0]?.message;
  }
}

/** Reads the claim of a mailed link out of a URL: from its query, its path or its fragment. */
export function readClaim(url) {
  const { pathname, search, hash } = new URL(url, "http://localhost");
  const [route, query = ""] = hash.slice(1).split("?");
  for (const text of [search, query, route]) {
    const claim = Object.fromEntries(new URLSearchParams(text));
    if (claim.user_id && claim.timestamp && claim.signature) return pick(claim);
  }
  for (const text of [pathname, route]) {
    const found = /([^/]+)(?:\/([^/]+(?:@|%40)[^/]+))?\/(-?\d+)\/([0-9a-f]{64})\/?$/.exec(text);
    if (found) {
      const [, id, email, timestamp, signature] = found;
      const [user_id, address] = [id, email ?? ""].map(decodeURIComponent);
      return pick({ user_id, email: address, timestamp, signature });
    }
  }
  return null;
}

function pick({ user_id, email, timestamp, signature }) {
  return { user_id, ...(email && { email }), timestamp, signature };
}

/** Node 18 has no global `crypto`. */
function randomKey() {
  const bytes = globalThis.crypto?.getRandomValues(new Uint8Array(16)) ?? [];
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function memory() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

const MODES = ["token", "cookie", "jwt"];

export class Countersign {
  #options;
  #refreshing = null;

  constructor(options = {}) {
    const { mode = "token", baseUrl = "/api/v1/accounts/" } = options;
    if (!MODES.includes(mode)) throw new TypeError(`mode is ${JSON.stringify(mode)}; it must be one of ${MODES.join(", ")}`);
    this.#options = {
      storage: memory(),
      storageKey: "countersign",
      fetch: (...request) => globalThis.fetch(...request),
      credentials: mode === "cookie" ? "include" : "same-origin",
      ...options,
      mode,
      baseUrl: baseUrl.replace(/\/*$/, "/"),
    };
  }

  async register(fields, { idempotencyKey = randomKey(), ...options } = {}) {
    const headers = idempotencyKey ? { "Idempotency-Key": `"${idempotencyKey}"` } : {};
    // Without a key, a request whose answer is lost may have registered the user.
    let [lost, waits] = idempotencyKey ? [1, 10] : [0, 0];
    for (;;) {
      try {
        return await this.#send("POST", "register/", fields, options, undefined, headers);
      } catch (error) {
        const isAgain = error.code === "network" ? lost-- > 0 : error.code === "idempotency_key_in_use" && waits-- > 0;
        if (!isAgain) throw error;
        await new Promise((resolve) => { setTimeout(resolve, 1000 * (error.retryAfter ?? 1)); });
        options.signal?.throwIfAborted();
      }
    }
  }
  verifyRegistration(claim, options) { return this.#enter("verify-registration/", claim, options); }
  resendVerification(email, options) { return this.#call("POST", "resend-verification/", { email }, options); }
  correctEmail(fields, options) { return this.#call("POST", "correct-email/", fields, options); }

  login(login, password, options) { return this.#enter("login/", { login, password }, options); }

  async logout({ everywhere = false, ...options } = {}) {
    const body = everywhere ? { revoke_token: true } : {};
    const { refresh } = await this.#kept();
    try {
      // An access token may have expired; the refresh token ends the same session.
      return await (refresh
        ? this.#call("POST", "logout/", { ...body, refresh }, options)
        : this.#send("POST", "logout/", body, options, await this.#header()));
    } catch (error) {
      if (error.status === 401 || (refresh && error.status === 400)) return { detail: "Logout successful" };
      throw error;
    } finally {
      await this.#forget();
    }
  }

  sessions({ limit, offset, ...options } = {}) {
    const query = new URLSearchParams(Object.entries({ limit, offset }).filter(([, value]) => value !== undefined));
    return this.#guarded("GET", `sessions/${String(query) && `?${query}`}`, undefined, options);
  }
  endOtherSessions(options) { return this.#guarded("DELETE", "sessions/", undefined, options); }
  endSession(id, options) { return this.#guarded("DELETE", `sessions/${encodeURIComponent(id)}/`, undefined, options); }

  profile(options) { return this.#guarded("GET", "profile/", undefined, options); }
  updateProfile(fields, options) { return this.#guarded("PATCH", "profile/", fields, options); }
  replaceProfile(fields, options) { return this.#guarded("PUT", "profile/", fields, options); }

  async deleteAccount(password, options) {
    const answer = await this.#guarded("DELETE", "profile/", { password }, options);
    await this.#forget();
    return answer;
  }

  changePassword(fields, options) { return this.#guarded("POST", "change-password/", fields, options); }
  sendResetPasswordLink(fields, options) { return this.#call("POST", "send-reset-password-link/", fields, options); }
  resetPassword(fields, options) { return this.#call("POST", "reset-password/", fields, options); }

  registerEmail(fields, options) { return this.#guarded("POST", "register-email/", fields, options); }
  cancelEmail(options) { return this.#guarded("DELETE", "register-email/", undefined, options); }
  verifyEmail(claim, options) { return this.#call("POST", "verify-email/", claim, options); }

  /** Without any, the paths of identity providers are 404. */
  async providers(options) {
    try {
      return await this.#call("GET", "providers/", undefined, options);
    } catch (error) {
      if (error.status === 404) return [];
      throw error;
    }
  }
  startProvider(name, { connect = false, ...fields } = {}, options) {
    const path = `providers/${encodeURIComponent(name)}/start/`;
    return connect
      ? this.#guarded("POST", path, { ...fields, connect }, options)
      : this.#call("POST", path, fields, options);
  }
  finishProvider(name, { connect = false, ...fields }, options) {
    const path = `providers/${encodeURIComponent(name)}/finish/`;
    return connect ? this.#guarded("POST", path, fields, options) : this.#enter(path, fields, options);
  }
  providerAccounts(options) { return this.#guarded("GET", "provider-accounts/", undefined, options); }
  disconnectProvider(id, options) {
    return this.#guarded("DELETE", `provider-accounts/${encodeURIComponent(id)}/`, undefined, options);
  }

  verifyToken(token, options) { return this.#call("POST", "verify-token/", { token }, options); }
  describe(path, options) { return this.#guarded("OPTIONS", path, undefined, options); }

  /** Gets a new access token. Calls at the same time share one request. */
  refresh() {
    this.#refreshing ??= this.#renew().finally(() => { this.#refreshing = null; });
    return this.#refreshing;
  }

  async hasLogin() {
    const { token, access } = await this.#kept();
    return Boolean(token ?? access);
  }

  async #renew() {
    const { refresh } = await this.#kept();
    try {
      if (!refresh) throw new CountersignError(401, { code: "not_authenticated", detail: "There is no refresh token." });
      const pair = await this.#call("POST", "refresh-token/", { refresh });
      // A login or logout may have come in between.
      if ((await this.#kept()).refresh === refresh) {
        await this.#keep({ access: pair.access, refresh: pair.refresh ?? refresh });
      }
    } catch (error) {
      const now = (await this.#kept()).refresh;
      // Another tab has replaced the token and stored its own.
      if (now && now !== refresh) return;
      if (error.status >= 400 && error.status < 500 && error.status !== 429) await this.#end();
      throw error;
    }
  }

  /** Sends a request that logs in where the answer has a token. */
  async #enter(path, body, options) {
    const answer = await this.#call("POST", path, body, options);
    const { mode } = this.#options;
    if (mode === "jwt" && answer.access) await this.#keep({ access: answer.access, refresh: answer.refresh });
    if (mode === "token" && answer.token) await this.#keep({ token: answer.token });
    return answer;
  }

  /** Sends a request that needs a login; once more after a refresh where the access token was refused. */
  async #guarded(method, path, body, options) {
    const sent = await this.#header();
    try {
      return await this.#send(method, path, body, options, sent);
    } catch (error) {
      if (error.status !== 401) throw error;
      const now = await this.#header();
      if (now === sent) {
        if (this.#options.mode !== "jwt" || !sent) {
          await this.#end();
          throw error;
        }
        await this.refresh().catch((failure) => { throw failure.status >= 400 && failure.status < 500 ? error : failure; });
      }
      return this.#send(method, path, body, options, await this.#header());
    }
  }

  #call(method, path, body, options) { return this.#send(method, path, body, options); }

  async #send(method, path, body, { signal } = {}, authorization, more) {
    const { baseUrl, credentials, fetch } = this.#options;
    // Problem details have the codes.
    const headers = { Accept: "application/problem+json, application/json;q=0.9", ...more };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (authorization) headers.Authorization = authorization;
    let answer, text;
    try {
      const init = { method, headers, credentials, signal, cache: "no-store", body: body && JSON.stringify(body) };
      answer = await fetch(baseUrl + path, init);
      text = await answer.text();
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new CountersignError(0, { code: "network", detail: "The server cannot be reached." }, null, cause);
    }
    let content = {};
    try {
      content = text ? JSON.parse(text) : {};
    } catch { /* A proxy's page. */ }
    if (!answer.ok) throw new CountersignError(answer.status, content, answer.headers);
    return content;
  }

  async #header() {
    const { token, access } = await this.#kept();
    return token ? `Token ${token}` : access && `Bearer ${access}`;
  }

  async #kept() {
    const { mode, storage, storageKey } = this.#options;
    if (mode === "cookie") return {};
    try {
      return JSON.parse(await storage.getItem(storageKey)) ?? {};
    } catch {
      return {};
    }
  }

  async #keep(login) {
    const { storage, storageKey } = this.#options;
    await storage.setItem(storageKey, JSON.stringify(login));
  }

  async #forget() {
    const { mode, storage, storageKey } = this.#options;
    if (mode !== "cookie") await storage.removeItem(storageKey);
  }

  async #end() {
    await this.#forget();
    this.#options.onLogout?.();
  }
}
