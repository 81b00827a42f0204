// Compares the client's types with those of the OpenAPI document, which `run` makes with the program. A change of the
// document that the client does not follow is a type error here. Checked by tsc, never run.

import type { operations as WithTokens } from "document/tokens";
import type { operations as WithPairs } from "document/pairs";
import type { Countersign, CountersignError, FieldError } from "countersign-client";

type Json<Content> = Content extends { content: { "application/json": infer Body } } ? Body : never;

/** The body of a request. */
type Sent<Operation> = Operation extends { requestBody: infer Body } ? Json<Body>
  : Operation extends { requestBody?: infer Body } ? Json<Exclude<Body, undefined>> : never;

/** The body of a success. */
type Answered<Operation> = Operation extends { responses: infer Responses }
  ? Json<Responses[keyof Responses & (200 | 201)]> : never;

/** The body of a refusal, as problem details. */
type Refused<Operation> = Operation extends { responses: { 400: { content: { "application/problem+json": infer Problem } } } }
  ? Problem : never;

/** The names of all fields, also of those that only some forms of a value have. */
type Names<Known> = Known extends unknown ? keyof Known : never;

/** An error if `Told` is not what `Known` says, or if it has a field that `Known` lacks. */
type Follows<Told extends Known, Known> = [Told] extends [never] ? "the document lacks it"
  : Exclude<keyof Told, Names<Known>> extends never ? true : Exclude<keyof Told, Names<Known>>;

type Argument<Name extends keyof Countersign> = Parameters<Countersign[Name]>[0];
type Result<Name extends keyof Countersign> = Awaited<ReturnType<Countersign[Name]>>;
type One<List> = List extends readonly (infer Item)[] ? Item : never;
type Plain<Type> = { [Key in keyof Type]: Type[Key] };

type T = WithTokens;
type P = WithPairs;

/** Every line is `true`, or names what differs. */
export const requests: [
  Follows<Sent<T["accounts_register"]>, Argument<"register">>,
  Follows<Sent<T["accounts_verify_registration"]>, Argument<"verifyRegistration">>,
  Follows<Sent<T["accounts_resend_verification"]>, { email: Argument<"resendVerification"> }>,
  Follows<Sent<T["accounts_correct_email"]>, Argument<"correctEmail">>,
  Follows<Sent<T["accounts_login"]>, { login: Argument<"login">; password: Parameters<Countersign["login"]>[1] }>,
  Follows<Sent<T["accounts_change_profile"]>, Argument<"updateProfile">>,
  Follows<Sent<T["accounts_replace_profile"]>, Argument<"replaceProfile">>,
  Follows<Sent<T["accounts_delete_account"]>, { password: Argument<"deleteAccount"> }>,
  Follows<Sent<T["accounts_change_password"]>, Argument<"changePassword">>,
  Follows<Sent<T["accounts_send_reset_password_link"]>, Argument<"sendResetPasswordLink">>,
  Follows<Sent<T["accounts_reset_password"]>, Argument<"resetPassword">>,
  Follows<Sent<T["accounts_register_email"]>, Argument<"registerEmail">>,
  Follows<Sent<T["accounts_verify_email"]>, Argument<"verifyEmail">>,
  Follows<Sent<T["accounts_start_google_login"]>, Exclude<Parameters<Countersign["startProvider"]>[1], undefined>>,
  Follows<Sent<T["accounts_finish_google_login"]>, Parameters<Countersign["finishProvider"]>[1]>,
  Follows<Sent<P["accounts_verify_token"]>, { token: Argument<"verifyToken"> }>,
  Follows<Sent<P["accounts_refresh_token"]>, { refresh: string }>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true];

export const answers: [
  Follows<Plain<Answered<T["accounts_register"]>>, Result<"register">>,
  Follows<Plain<Answered<T["accounts_show_profile"]>>, Result<"profile">>,
  Follows<Plain<Answered<T["accounts_change_profile"]>>, Result<"updateProfile">>,
  Follows<Answered<T["accounts_login"]>, Result<"login">>,
  Follows<Answered<P["accounts_login"]>, Result<"login">>,
  Follows<Answered<T["accounts_verify_registration"]>, Result<"verifyRegistration">>,
  Follows<One<Answered<T["accounts_list_sessions"]>>, One<Result<"sessions">>>,
  Follows<One<Answered<T["accounts_list_providers"]>>, One<Result<"providers">>>,
  Follows<One<Answered<T["accounts_list_provider_accounts"]>>, One<Result<"providerAccounts">>>,
  Follows<Answered<T["accounts_start_google_login"]>, Result<"startProvider">>,
  Follows<Answered<T["accounts_finish_google_login"]>, Result<"finishProvider">>,
  Follows<Answered<T["accounts_logout"]>, Result<"logout">>,
  Follows<Answered<P["accounts_refresh_token"]>, { detail: string; access: string; refresh?: string }>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true];

/** A user and a registration have declared fields too, so their own are compared by name. */
type Lacks<Known extends string, Told> = Exclude<Known, keyof Told> extends never ? true : Exclude<Known, keyof Told>;
type Own = "username" | "email" | "first_name" | "last_name";
export const fields: [
  Lacks<Own | "id" | "pending_email", Answered<T["accounts_show_profile"]>>,
  Lacks<Own | "password" | "password_confirm", Sent<T["accounts_register"]>>,
] = [true, true];

type Problem = Refused<T["accounts_register"]>;
export const errors: [
  Problem["code"] extends CountersignError["code"] | undefined ? true : Problem["code"],
  Follows<One<Exclude<Problem["errors"], undefined>[string]>, FieldError>,
] = [true, true];
