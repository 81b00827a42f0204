// The login, whose token is kept.
import { call, token } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go } from "/router.js";

export function login(place) {
  fill(place, "login");
  onSubmit(place.querySelector("form"), async (fields) => {
    token.forget();
    const answer = await call("POST", "login/", fields);
    if (answer.ok) {
      token.keep(answer.body.token);
      go("/profile", answer.body.detail);
    }
    return answer;
  });
}
