// The profile and the address of the user who is logged in.

import { accounts, fieldsOf, loadUser, setUser, site, user } from "/assets/app/state.js";
import { button, card, field, form, heading, lead, link, make, messages } from "/assets/app/ui.js";
import { described } from "/assets/app/pages/entrance.js";

const TITLES = { id: "User id", username: "Username", email: "E-mail address", first_name: "First name", last_name: "Last name" };

export async function profile() {
  await loadUser();
  const descriptions = await fieldsOf("profile/", "PUT");
  const editable = Object.keys(descriptions).filter((name) => !descriptions[name].read_only);
  const fixed = Object.entries(user).filter(([name]) => !editable.includes(name) && name !== "pending_email");
  const said = messages();
  const facts = make("dl", { class: "facts" }, fixed.flatMap(([name, value]) => [
    make("dt", {}, TITLES[name] ?? descriptions[name]?.label ?? name),
    make("dd", {}, String(value ?? "") || "—", name === "email" ? [" ", link("/email/", "Change")] : null),
  ]));
  return [
    card(
      heading("Profile"),
      form({
        fields: described(descriptions, { values: user }), submit: "Save", notes: said,
        act: async (values) => {
          setUser(await accounts.updateProfile(values));
          said.good("Saved.");
        },
      }),
    ),
    fixed.length ? card(make("h2", {}, "Account"), facts) : "",
    site.account_deletion ? card(make("h2", {}, "Leave"), link("/delete-account/", "Delete the account")) : "",
  ];
}

export async function email({ go }) {
  await loadUser();
  const pending = user.pending_email;
  const descriptions = await fieldsOf("register-email/");
  const said = messages();
  const cancel = button("Cancel the change", async () => {
    await accounts.cancelEmail();
    await go("/email/");
  }, said);
  const fields = Object.keys(descriptions).map((name) => field(name, {
    description: descriptions[name], label: name === "email" ? "New address" : "Your password",
    autocomplete: name === "email" ? "email" : "current-password",
  }));
  return [
    card(
      heading("Address"),
      lead("The address of your account is ", make("strong", {}, user.email || "not set"), "."),
      pending ? make("p", { class: "notice" }, "We have sent a link to ", make("strong", {}, pending),
        ". Until you open it, your account keeps its address.") : null,
      pending ? make("div", { class: "ways" }, cancel, site.mailbox ? make("a", { class: "button", href: "/mailbox", target: "_blank" }, "Open the mailbox") : null) : null,
      said.element,
    ),
    card(
      make("h2", {}, "Change the address"),
      form({
        fields, submit: "Change",
        act: async (values) => {
          await accounts.registerEmail(values);
          await go("/email/");
        },
      }),
    ),
  ];
}
