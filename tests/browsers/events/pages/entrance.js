// Registration, login and logout.
import { call, callOpenly, tokens } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go } from "/router.js";

export function register(place) {
  fill(place, "register");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await callOpenly("POST", "/auth/users/", fields);
    if (answer.ok) go("/login", `Welcome, ${answer.body.username}.`);
    return answer;
  });
}

export function login(place) {
  fill(place, "login");
  onSubmit(place.querySelector("form"), async (fields) => {
    const answer = await callOpenly("POST", "/auth/jwt/create/", fields);
    if (answer.ok) {
      tokens.keep(answer.body);
      const me = await call("GET", "/auth/users/me/");
      go(`/profiles/${me.body.id}`);
    }
    return answer;
  });
}

// Ends the session: neither of its tokens is good for anything afterwards.
export function logout(place) {
  fill(place, "logout");
  onSubmit(place.querySelector("form"), async () => {
    const answer = await callOpenly("POST", "/auth/jwt/blacklist/", { refresh: tokens.refresh() });
    tokens.forget();
    go("/login", "You are logged out.");
    return answer;
  });
}
