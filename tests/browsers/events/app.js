// The pages and their paths.
import { login, logout, register } from "/pages/entrance.js";
import { everybody, profile } from "/pages/profiles.js";
import { start } from "/router.js";

start([
  ["/", register],
  ["/register", register],
  ["/login", login],
  ["/logout", logout],
  ["/profiles", everybody],
  ["/profiles/:id", profile],
]);
