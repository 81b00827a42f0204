// A new password by a link to the address of the account.
import { call } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go } from "/router.js";

export function forgot(place) {
  fill(place, "forgot");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", "password/reset/", fields);
    if (answer.ok) go("/login", answer.body.detail);
    return answer;
  });
}

export function reset(place, link) {
  fill(place, "reset");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", "password/reset/confirm/", { ...fields, ...link });
    if (answer.ok) go("/login", answer.body.detail);
    return answer;
  });
}
