// The account of the logged-in user, with a form for each change.
import { call, tokens } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go, tell } from "/router.js";

export async function me(place) {
  if (!tokens.refresh()) return go("/login");
  const record = await call("GET", "user/");
  if (record.status === 401) return leave("Please log in again.");
  fill(place, "me");
  show(place, record.body);

  const saved = (answer) => {
    show(place, answer.body);
    tell(place, "Saved.");
  };
  on(place, "username-form", "PATCH", "user/", saved);
  on(place, "details-form", "PATCH", "user/", saved);
  on(place, "password-form", "POST", "password/change/", (answer) => tell(place, answer.body.detail));
  place.querySelector("#logout-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await call("POST", "logout/", { refresh: tokens.refresh() });
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
  place.querySelector("#me-username").textContent = record.username;
  place.querySelector("#me-email").textContent = record.email;
  for (const name of ["username", "first_name", "last_name"]) {
    place.querySelector(`[name=${name}]`).value = record[name];
  }
}

function leave(sentence) {
  tokens.forget();
  go("/login", sentence);
}
