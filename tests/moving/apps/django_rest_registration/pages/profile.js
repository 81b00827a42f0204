// The profile of the logged-in user, with a form for each change.
import { call, token } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go, tell } from "/router.js";

export async function profile(place) {
  if (!token.get()) return go("/login");
  const record = await call("GET", "profile/");
  if (record.status === 401) return leave(record.body.detail);
  fill(place, "profile");
  show(place, record.body);

  on(place, "profile-form", "PATCH", "profile/", (answer) => {
    show(place, answer.body);
    tell(place, "Saved.");
  });
  on(place, "password-form", "POST", "change-password/", (answer) => tell(place, answer.body.detail));
  on(place, "email-form", "POST", "register-email/", (answer) => tell(place, answer.body.detail));
  place.querySelector("#logout-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await call("POST", "logout/", { revoke_token: true });
    leave(answer.body.detail);
  });
}

function on(place, form, method, path, done) {
  onSubmit(place.querySelector(`#${form}`), async (fields) => {
    const answer = await call(method, path, fields);
    if (answer.ok) done(answer);
    return answer;
  });
}

function show(place, record) {
  place.querySelector("#profile-username").textContent = record.username;
  place.querySelector("#profile-email").textContent = record.email;
  for (const name of ["username", "first_name", "last_name"]) {
    place.querySelector(`#profile-form [name=${name}]`).value = record[name];
  }
}

function leave(sentence) {
  token.forget();
  go("/login", sentence);
}
