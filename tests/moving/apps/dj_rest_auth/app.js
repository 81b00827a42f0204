// The pages and their paths. The two with `:key` and `:token` are those that mailed links open.
import { forgot, reset } from "/pages/forgotten.js";
import { login } from "/pages/login.js";
import { me } from "/pages/me.js";
import { confirm, mailbox, register } from "/pages/register.js";
import { start } from "/router.js";

start([
  ["/", register],
  ["/register", register],
  ["/mailbox", mailbox],
  ["/confirm-email/:key", confirm],
  ["/login", login],
  ["/me", me],
  ["/password/forgot", forgot],
  ["/password/reset/confirm/:uid/:token", reset],
]);
