// From a registration to a confirmed address.
import { call } from "/api.js";
import { errors, onSubmit } from "/forms.js";
import { fill, go, tell } from "/router.js";

export function register(place) {
  fill(place, "register");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", "registration/", fields);
    if (answer.ok) go("/mailbox", answer.body.detail);
    return answer;
  });
}

export function mailbox(place) {
  fill(place, "mailbox");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", "registration/resend-email/", fields);
    if (answer.ok) tell(place, "Sent again.");
    return answer;
  });
}

// Only a click posts the key, since mail scanners open the pages of links.
export function confirm(place, { key }) {
  fill(place, "confirm");
  const button = place.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await call("POST", "registration/verify-email/", { key });
    if (answer.ok) return go("/login", "Your address is confirmed.");
    place.querySelector("#result").textContent = errors(answer.body).map(([, text]) => text).join(" ");
  });
}
