// The profiles of everybody, and one profile with a form that changes it.
import { call, tokens } from "/api.js";
import { onSubmit } from "/forms.js";
import { fill, go, tell } from "/router.js";

export async function everybody(place) {
  const list = await call("GET", "/api/accounts/all-profiles");
  if (list.status === 401) return leave(list.body.detail);
  fill(place, "everybody");
  for (const one of list.body) {
    const link = Object.assign(document.createElement("a"), { href: `/profiles/${one.id}`, textContent: one.user });
    const line = document.createElement("li");
    line.append(link);
    place.querySelector("ul").append(line);
  }
}

export async function profile(place, { id }) {
  const path = `/api/accounts/profile/${id}`;
  const found = await call("GET", path);
  if (found.status === 401) return leave(found.body.detail);
  if (!found.ok) return tell(place, found.body.detail);
  fill(place, "profile");
  show(place, found.body);
  onSubmit(place.querySelector("form"), async ({ description, location, is_organizer }) => {
    const values = { description: description || null, location, is_organizer: is_organizer === "on" };
    const answer = await call("PUT", path, values);
    if (answer.ok) {
      show(place, answer.body);
      tell(place, "Your profile is saved.");
    }
    return answer;
  });
}

function show(place, values) {
  place.querySelector("h1").textContent = values.user;
  const { elements } = place.querySelector("form");
  elements.namedItem("description").value = values.description ?? "";
  elements.namedItem("location").value = values.location;
  elements.namedItem("is_organizer").checked = values.is_organizer;
}

function leave(sentence) {
  tokens.forget();
  go("/login", sentence);
}
