// From a registration to an active account. A link for a new address leads to the page `activate` as well.
import { call } from "/api.js";
import { errors, onSubmit } from "/forms.js";
import { fill, go } from "/router.js";

export function register(place) {
  fill(place, "register");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await call("POST", "users/", fields);
    if (answer.ok) go("/mailbox", `A link is on its way to ${answer.body.email}.`);
    return answer;
  });
}

export function mailbox(place) {
  fill(place, "mailbox");
}

// Only a click posts the link, since mail scanners open the pages of links.
export function activate(place, { uid, token }) {
  fill(place, "activate");
  const button = place.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await call("POST", "users/activation/", { uid, token });
    const refused = answer.ok ? [] : errors(answer.body).map(([, text]) => text);
    place.querySelector("#result").textContent = answer.ok ? "Done. Your address is confirmed." : refused.join(" ");
    if (answer.ok) history.replaceState(null, "", "/");
  });
}
