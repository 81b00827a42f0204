// The pages and their paths. The three with `:uid` and `:token` are those that mailed links open.
import { forgotPassword, forgotUsername, resetPassword, resetUsername } from "/pages/forgotten.js";
import { login } from "/pages/login.js";
import { me } from "/pages/me.js";
import { activate, mailbox, register } from "/pages/register.js";
import { start } from "/router.js";

start([
  ["/", register],
  ["/register", register],
  ["/mailbox", mailbox],
  ["/activate/:uid/:token", activate],
  ["/login", login],
  ["/me", me],
  ["/password/forgot", forgotPassword],
  ["/password/reset/confirm/:uid/:token", resetPassword],
  ["/username/forgot", forgotUsername],
  ["/username/reset/confirm/:uid/:token", resetUsername],
]);
