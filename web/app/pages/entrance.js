// The pages of a visitor: start, sign up, "look in your mailbox", log in, forgotten password.

import { accounts, fieldsOf, loadUser, notes, site, user } from "/assets/app/state.js";
import { button, card, field, form, heading, lead, letter, link, make, messages } from "/assets/app/ui.js";
import { providerButtons } from "/assets/app/pages/providers.js";

export function start() {
  const entrance = card(
    heading(`Welcome to ${site.app_name}`),
    notes.take("deleted") ? make("p", { class: "notice good", role: "status" }, "Your account is deleted.") : null,
    lead("Create an account, or log in to the one you have."),
    make("div", { class: "choices" },
      site.registration ? link("/register/", "Sign up", "button primary") : null,
      link("/login/", "Log in", "button")),
  );
  const shortcut = ({ path, title, text }) => make("li", {}, make("a", { href: path, target: "_blank" }, title), make("span", {}, text));
  const development = site.shortcuts.length > 0 && card(
    make("h2", {}, "For you who develop"),
    make("ul", { class: "shortcuts" }, site.shortcuts.map(shortcut)),
  );
  return [entrance, development || ""];
}

const FIRST = ["username", "email", "first_name", "last_name"];
const LABELS = { username: "Username", email: "E-mail address", password_confirm: "Password again" };

/** Returns the fields of an endpoint in its order, passwords last. */
export function described(descriptions, { values = {}, skip = [], completion = "new-password" } = {}) {
  const names = Object.keys(descriptions).filter((name) => !skip.includes(name) && !descriptions[name].read_only);
  const rank = (name) => (name.includes("password") ? 2 : FIRST.includes(name) ? FIRST.indexOf(name) - 9 : 0);
  names.sort((one, other) => rank(one) - rank(other));
  return names.map((name) => field(name, {
    description: descriptions[name],
    label: LABELS[name],
    value: values[name],
    autocomplete: name.includes("password") ? completion : undefined,
  }));
}

export async function register({ go }) {
  if (!site.registration) return card(heading("Sign up"), lead("New accounts cannot be created at present."));
  const descriptions = { ...await fieldsOf("register/") };
  // Where an address must be proved, it is needed, whether or not its absence is an error of the field.
  if (descriptions.email && site.verification) descriptions.email = { ...descriptions.email, required: true };
  const act = async (values) => {
    const created = await accounts.register(values);
    notes.set("registered", { email: values.email, login: values.username ?? created.username ?? values.email });
    if (!site.verification) notes.set("told", "Your account is ready. Log in with your password.");
    await go(site.verification ? "/check-mailbox/" : "/login/");
  };
  return card(
    heading("Sign up"),
    form({ fields: described(descriptions), submit: "Create account", act }),
    await providerButtons("Sign up with"),
    make("p", { class: "ways" }, link("/login/", "I have an account")),
  );
}

export function checkMailbox() {
  const { email = "", login = "" } = notes.get("registered") ?? {};
  const said = messages();
  const told = lead("We have sent a link to ", make("strong", {}, email), ". Open it to confirm that the address is yours.");
  const again = button("Send it again", async () => {
    await accounts.resendVerification(email);
    said.good("A new link is on its way.");
  }, said);
  return card(
    letter(),
    heading("Look in your mailbox"),
    email ? told : lead("Ask for another link, or correct the address of your account."),
    lead("Nothing there? It can take a minute. Look among the spam, too."),
    email ? make("div", { class: "ways" }, mailboxLink(), again) : anotherLink(),
    said.element,
    site.correction ? make("details", {}, make("summary", {}, "The address is wrong"), correction(login, told)) : null,
    make("p", { class: "ways" }, link("/login/", "Log in")),
  );
}

function mailboxLink() {
  return site.mailbox ? make("a", { class: "button primary", href: "/mailbox", target: "_blank" }, "Open the mailbox") : null;
}

/** Returns a form that mails another link. */
export function anotherLink(email = "") {
  const address = field("email", { label: "E-mail address", value: email, description: { required: true } });
  return form({
    fields: [address], submit: "Send another link",
    act: async (values, said) => {
      await accounts.resendVerification(values.email);
      notes.set("registered", { ...notes.get("registered"), email: values.email });
      said.good("If an account waits for this address, a new link is on its way.");
    },
  });
}

function correction(login, told) {
  const fields = [
    field("login", { label: loginLabel(), value: login, description: { required: true } }),
    field("password", { label: "Password", autocomplete: "current-password", description: { required: true } }),
    field("email", { label: "The right address", description: { required: true } }),
  ];
  return form({
    fields, submit: "Correct the address",
    act: async (values, said) => {
      await accounts.correctEmail(values);
      notes.set("registered", { login: values.login, email: values.email });
      told.replaceChildren("We have sent a link to ", make("strong", {}, values.email), ". Open it to confirm that the address is yours.");
      said.good("Corrected. Links to the old address do not work any more.");
    },
  });
}

function loginLabel() {
  const { login_fields: fields } = site;
  if (fields.length > 1) return "Username or e-mail address";
  return fields[0] === "email" ? "E-mail address" : "Username";
}

export async function login({ go }) {
  const known = notes.get("registered")?.login ?? "";
  const waiting = make("p", { class: "ways", hidden: true }, link("/check-mailbox/", "Get another link, or correct the address"));
  const fields = [
    field("login", { label: loginLabel(), value: site.login_fields.includes("username") ? known : "", autocomplete: "username", description: { required: true } }),
    field("password", { label: "Password", autocomplete: "current-password", description: { required: true } }),
  ];
  const told = notes.take("told");
  const said = messages();
  if (told) said.good(told);
  return card(
    heading("Log in"),
    form({
      fields, submit: "Log in", notes: said,
      act: async (values) => {
        waiting.hidden = true;
        await accounts.login(values.login, values.password);
        await enter(go, said);
      },
      refused: (error) => {
        waiting.hidden = error.code !== "email_not_verified";
        if (!waiting.hidden) notes.set("registered", { ...notes.get("registered"), login: fields[0].value() });
        return false;
      },
    }),
    waiting,
    await providerButtons("Log in with"),
    make("p", { class: "ways" },
      site.reset_password ? link("/forgot-password/", "I have forgotten my password") : null,
      site.registration ? link("/register/", "Sign up") : null),
  );
}

/** Goes to the profile after a login. */
export async function enter(go, said) {
  await loadUser();
  if (user) return go("/profile/");
  return said.bad("Your browser has not kept the login. Allow cookies for this site, and open it at localhost or by https.");
}

export function forgotPassword() {
  const name = site.reset_by_email ? "email" : "login";
  const label = site.reset_by_email ? "E-mail address" : "Username or e-mail address";
  const named = field(name, { label, autocomplete: "username", description: { required: true } });
  return card(
    heading("Forgotten password"),
    lead("We mail you a link with which you set a new one."),
    form({
      fields: [named], submit: "Send the link",
      act: async (values, said) => {
        await accounts.sendResetPasswordLink(values);
        said.good("If there is such an account, a link is on its way to its address.");
      },
    }),
    make("p", { class: "ways" }, link("/login/", "Back to the login"), site.mailbox ? make("a", { href: "/mailbox", target: "_blank" }, "Open the mailbox") : null),
  );
}
