// The account of the logged-in user, with a form for each change.
import { call, token } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go, tell } from "/router.js";

export async function me(place) {
  if (!token.get()) return go("/login");
  const record = await call("GET", "users/me/");
  if (record.status === 401) return leave(record.body.detail);
  fill(place, "me");
  show(place, record.body);

  on(place, "email-form", "PATCH", "users/me/", (answer, fields) => {
    // An address counts once its link was used. Until then the record has the old one.
    show(place, answer.body);
    tell(place, `A link is on its way to ${fields.email}.`);
  });
  on(place, "password-form", "POST", "users/set_password/", () => tell(place, "Your password is changed."));
  on(place, "username-form", "POST", "users/set_username/", () => go("/me", "Your username is changed."));
  on(place, "logout-form", "POST", "token/logout/", () => leave("You are logged out."));
  on(place, "delete-form", "DELETE", "users/me/", () => leave("Your account is deleted."));
}

function on(place, form, method, path, done) {
  onSubmit(place.querySelector(`#${form}`), async (fields) => {
    const answer = await call(method, path, fields);
    if (answer.ok) done(answer, fields);
    return answer;
  });
}

function show(place, record) {
  place.querySelector("#me-username").textContent = record.username;
  place.querySelector("#me-email").textContent = record.email;
}

function leave(sentence) {
  token.forget();
  go("/login", sentence);
}
