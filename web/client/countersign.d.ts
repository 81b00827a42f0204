/** Countersign's contract `accounts`, for browsers and Node 18 or later. */

/** What is wrong with a field: a stable code for programs, and a sentence for people. */
export interface FieldError {
  code: string;
  message: string;
}

/** The errors of each field, by the names of the fields that were sent. */
export type FieldErrors<Field extends string = string> = Partial<Record<Field, FieldError[]>>;

/** A refused or failed request. Each method of {@link Countersign} throws it. */
export class CountersignError<Field extends string = string> extends Error {
  /** The HTTP status; 0 if the server cannot be reached. */
  readonly status: number;
  /** A stable code, such as `invalid_fields` or `email_not_verified`; `network` if the server cannot be reached. */
  readonly code: string;
  /** The errors of fields, empty unless `code` is `invalid_fields`. */
  readonly fields: FieldErrors<Field>;
  /** How many seconds to wait before the next try, if the server says so. */
  readonly retryAfter: number | null;
  /** The id by which the server's log names the request. */
  readonly requestId: string | null;
  /** Returns the first message of a field. */
  messageOf(field: Field): string | undefined;
}

/** `token` and `jwt` keep the login in `storage`; `cookie` leaves it to the browser, out of reach of scripts. */
export type Mode = "token" | "cookie" | "jwt";

/** Where a login is kept: `localStorage`, `sessionStorage`, or an asynchronous one of an app. */
export interface Storage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

export interface Options {
  /** The URL of the contract; `/api/v1/accounts/` of the page's own origin if absent. */
  baseUrl?: string;
  /** What logins are answered with, as the server is set up; `token` if absent. */
  mode?: Mode;
  /** Where the login is kept; the memory of this object if absent. */
  storage?: Storage;
  /** The key of the login in `storage`; `countersign` if absent. */
  storageKey?: string;
  /** Whether cookies are sent: `include` in cookie mode, else `same-origin`, if absent. */
  credentials?: "omit" | "same-origin" | "include";
  /** Sends the requests; the global `fetch` if absent. */
  fetch?: typeof fetch;
  /** Called when the server has ended the login, but not by {@link Countersign.logout}. */
  onLogout?: () => void;
}

export interface RequestOptions {
  signal?: AbortSignal;
}

/** A user, with the fields of `users.fields` and the declared fields of the server. */
export interface User {
  id?: string | number;
  username?: string;
  first_name?: string;
  last_name?: string;
  email?: string;
  /** An address that was asked for and is not proved yet. */
  pending_email?: string;
  [declared: string]: unknown;
}

export interface Detail {
  detail: string;
}

/** The answer to a login: with a token, with a pair of JSON Web Tokens, or with neither in cookie mode. */
export interface LoggedIn extends Detail {
  token?: string;
  access?: string;
  refresh?: string;
}

/** What a mailed link carries. */
export interface Claim {
  user_id: string;
  timestamp: string | number;
  signature: string;
}

/** What a link to a new address carries. */
export interface EmailClaim extends Claim {
  email: string;
}

export interface Registration {
  username?: string;
  email?: string;
  first_name?: string;
  last_name?: string;
  password: string;
  password_confirm?: string;
  [declared: string]: unknown;
}

export interface Session {
  id: string;
  current: boolean;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  user_agent: string;
  address: string;
}

export interface Provider {
  name: string;
  title: string;
}

export interface ProviderAccount {
  id: string;
  provider: string;
  subject: string;
  created_at: string;
  last_login_at: string | null;
}

/** A field that an endpoint takes, as OPTIONS describes it. */
export interface FieldDescription {
  type: string;
  required: boolean;
  read_only: boolean;
  label: string;
  help_text?: string;
  min_length?: number;
  max_length?: number;
  min_value?: number | string;
  max_value?: number | string;
  choices?: { value: string; display_name: string }[];
}

export interface Description {
  name: string;
  renders: string[];
  parses: string[];
  actions?: Record<string, Record<string, FieldDescription>>;
}

/**
 * Returns the claim in the URL of a page that a mailed link has opened: in query, path or fragment. `null` if there is
 * none.
 */
export function readClaim(url: string | URL): Claim | EmailClaim | null;

/** The operations of the contract. All throw {@link CountersignError}. */
export class Countersign {
  /** Throws a `TypeError` where `mode` is none of the three. */
  constructor(options?: Options);

  /**
   * Registers a user. The user object has no login: a link is mailed first, unless the server asks for no proof.
   *
   * The request has an idempotency key: it is sent once more if its answer is lost, and registers one user. To send it
   * again later, after a reload of the page, give it a random key of your own; `""` sends none.
   */
  register(fields: Registration, options?: RequestOptions & { idempotencyKey?: string }): Promise<User>;
  /** Proves the address with the claim of a mailed link. */
  verifyRegistration(claim: Claim & { password?: string }, options?: RequestOptions): Promise<LoggedIn>;
  /** Mails another link, if an unverified user has the address. */
  resendVerification(email: string, options?: RequestOptions): Promise<Detail>;
  /** Corrects the address of a user who has not proved one yet, and mails a link there. */
  correctEmail(fields: { login: string; password: string; email: string }, options?: RequestOptions): Promise<Detail>;

  /** Logs in, and keeps the login. */
  login(login: string, password: string, options?: RequestOptions): Promise<LoggedIn>;
  /** Ends the session, or with `everywhere` all sessions of the user, and forgets the login in any case. */
  logout(options?: RequestOptions & { everywhere?: boolean }): Promise<Detail>;
  /** Returns whether a login is kept; always `false` in cookie mode, where `profile()` tells. */
  hasLogin(): Promise<boolean>;
  /** Gets a new access token. Requests do this by themselves. */
  refresh(): Promise<void>;
  /** Asks whether a JSON Web Token is valid and its session lives. */
  verifyToken(token: string, options?: RequestOptions): Promise<Detail>;

  sessions(options?: RequestOptions & { limit?: number; offset?: number }): Promise<Session[]>;
  /** Ends all sessions but this one. */
  endOtherSessions(options?: RequestOptions): Promise<Detail>;
  endSession(id: string, options?: RequestOptions): Promise<Detail>;

  profile(options?: RequestOptions): Promise<User>;
  /** Changes these fields. */
  updateProfile(fields: Record<string, unknown>, options?: RequestOptions): Promise<User>;
  /** Changes the profile; required fields must be there. */
  replaceProfile(fields: Record<string, unknown>, options?: RequestOptions): Promise<User>;

  /** Deletes the account for good, and forgets the login. */
  deleteAccount(password: string, options?: RequestOptions): Promise<Detail>;

  /** Sets a new password, and ends all other sessions. */
  changePassword(
    fields: { old_password?: string; password: string; password_confirm?: string },
    options?: RequestOptions,
  ): Promise<Detail>;
  /** Mails a link that sets a new password. Which of the two names the user is a setting of the server. */
  sendResetPasswordLink(fields: { login: string } | { email: string }, options?: RequestOptions): Promise<Detail>;
  /** Sets a new password with the claim of a mailed link, and ends all sessions. */
  resetPassword(
    fields: Claim & { password: string; password_confirm?: string },
    options?: RequestOptions,
  ): Promise<Detail>;

  /** Asks for another address, to which a link is mailed. */
  registerEmail(fields: { email: string; password?: string }, options?: RequestOptions): Promise<Detail>;
  /** Cancels the request for another address. */
  cancelEmail(options?: RequestOptions): Promise<Detail>;
  /** Proves a new address with the claim of a mailed link. */
  verifyEmail(claim: EmailClaim & { password?: string }, options?: RequestOptions): Promise<Detail>;

  /** Returns the identity providers that users may log in with. */
  providers(options?: RequestOptions): Promise<Provider[]>;
  /** Begins a login, or with `connect` a connection. Send the browser to `authorization_url`. */
  startProvider(
    name: string,
    fields?: { redirect_uri?: string; connect?: boolean },
    options?: RequestOptions,
  ): Promise<{ authorization_url: string; state: string }>;
  /** Finishes what `startProvider` began, with the parameters that the provider has sent the browser back with. */
  finishProvider(
    name: string,
    fields: { code: string; state: string; connect?: boolean },
    options?: RequestOptions,
  ): Promise<LoggedIn>;
  providerAccounts(options?: RequestOptions): Promise<ProviderAccount[]>;
  disconnectProvider(id: string, options?: RequestOptions): Promise<Detail>;

  /** Returns what an endpoint takes, by its path below the base path, as `register/`. */
  describe(path: string, options?: RequestOptions): Promise<Description>;
}
