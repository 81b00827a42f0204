// A registration, after which the user has mail.
import { call } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go } from "/router.js";

export function register(place) {
  fill(place, "register");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", "register/", fields);
    if (answer.ok) go("/mailbox", `${answer.body.username}, a link is on its way to ${answer.body.email}.`);
    return answer;
  });
}

export function mailbox(place) {
  fill(place, "mailbox");
}
