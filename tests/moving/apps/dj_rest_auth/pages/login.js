// The login, whose tokens are kept.
import { call, tokens } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go } from "/router.js";

export function login(place) {
  fill(place, "login");
  onSubmit(place.querySelector("form"), async (fields) => {
    tokens.forget();
    const answer = await call("POST", "login/", fields);
    if (answer.ok) {
      tokens.keep(answer.body);
      go("/me", `Welcome, ${answer.body.user.first_name || answer.body.user.username}.`);
    }
    return answer;
  });
}
