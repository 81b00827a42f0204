// The pages of links that prove an address: that of a registration, and a new one.
import { call, link } from "/api.js";
import { errors } from "/forms.js";
import { fill, go } from "/router.js";

export const verifyUser = (place) => verify(place, "verify-registration/");
export const verifyEmail = (place) => verify(place, "verify-email/");

// Only a click posts the link, since mail scanners open the pages of links.
function verify(place, path) {
  fill(place, "verify");
  const button = place.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await call("POST", path, link());
    if (answer.ok) return go("/login", answer.body.detail);
    place.querySelector("#result").textContent = errors(answer.body).map(([, text]) => text).join(" ");
  });
}
