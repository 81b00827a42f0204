// A new password, or a new username, by a link to the address of the account.
import { call } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go } from "/router.js";

export const forgotPassword = (place) => forgot(place, "I forgot my password", "users/reset_password/");
export const forgotUsername = (place) => forgot(place, "I forgot my username", "users/reset_username/");
export const resetPassword = (place, link) => reset(place, "password", link);
export const resetUsername = (place, link) => reset(place, "username", link);

function forgot(place, title, path) {
  fill(place, "forgot");
  place.querySelector("h1").textContent = title;
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", path, fields);
    if (answer.ok) go("/mailbox", `If ${fields.email} has an account, a link is on its way.`);
    return answer;
  });
}

function reset(place, what, link) {
  fill(place, `${what}-reset`);
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", `users/reset_${what}_confirm/`, { ...fields, ...link });
    if (answer.ok) go("/login", `Your ${what} is set.`);
    return answer;
  });
}
