// What a frontend in TypeScript writes, and what the types refuse. Checked by tsc, never run.

import { Countersign, CountersignError, readClaim } from "countersign-client";
import type { FieldErrors, User } from "countersign-client";

const accounts = new Countersign({ mode: "jwt", storage: localStorage, onLogout: () => location.assign("/login") });

export async function signUp(form: { username: string; email: string; password: string }): Promise<FieldErrors> {
  try {
    await accounts.register({ ...form, password_confirm: form.password, newsletter: true }, { idempotencyKey: crypto.randomUUID() });
    return {};
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const seconds: number | null = error.retryAfter;
    const sentence: string | undefined = error.fields.username?.[0]?.message ?? error.messageOf("email");
    console.log(error.status, error.code, error.requestId, seconds, sentence);
    return error.fields;
  }
}

export async function confirm(): Promise<void> {
  const claim = readClaim(location.href);
  if (!claim) return;
  if ("email" in claim) await accounts.verifyEmail(claim);
  else await accounts.verifyRegistration({ ...claim, password: "asked for" });
}

export async function session(signal: AbortSignal): Promise<User> {
  const { access } = await accounts.login("ann", "secret", { signal });
  console.log(access?.length);
  const [first] = await accounts.sessions({ limit: 1, signal });
  if (first && !first.current) await accounts.endSession(first.id);
  const user = await accounts.updateProfile({ location: "Old Town" });
  const location: unknown = user.location;
  console.log(user.pending_email, location);
  await accounts.logout({ everywhere: true });
  return user;
}

export async function wrong(): Promise<void> {
  // @ts-expect-error a registration has a password
  await accounts.register({ username: "ann" });
  // @ts-expect-error a link to a new address has the address
  await accounts.verifyEmail({ user_id: "1", timestamp: 2, signature: "3" });
  // @ts-expect-error there is no such mode
  new Countersign({ mode: "session" });
  // @ts-expect-error a reset needs a claim
  await accounts.resetPassword({ password: "new" });
  // @ts-expect-error it names the user
  await accounts.sendResetPasswordLink({});
}
