// A new password by a link to the address of the account.
import { call, link } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go } from "/router.js";

export function forgot(place) {
  fill(place, "forgot");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", "send-reset-password-link/", fields);
    if (answer.ok) go("/mailbox", answer.body.detail);
    return answer;
  });
}

export function reset(place) {
  fill(place, "reset");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", "reset-password/", { ...fields, ...link() });
    if (answer.ok) go("/login", answer.body.detail);
    return answer;
  });
}
