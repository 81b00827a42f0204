// The pages and their paths. Mailed links open the three that end in a slash.
import { forgot, reset } from "/pages/forgotten.js";
import { login } from "/pages/login.js";
import { profile } from "/pages/profile.js";
import { mailbox, register } from "/pages/register.js";
import { verifyEmail, verifyUser } from "/pages/verify.js";
import { start } from "/router.js";

start([
  ["/", register],
  ["/register", register],
  ["/mailbox", mailbox],
  ["/verify-user/", verifyUser],
  ["/login", login],
  ["/profile", profile],
  ["/forgot", forgot],
  ["/reset-password/", reset],
  ["/verify-email/", verifyEmail],
]);
