// Elements, forms and messages: what the pages of the app are made of.

import { CountersignError } from "/assets/client/countersign.js";

let made = 0;

/** Makes an element with attributes and children. Texts are never read as HTML. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false && value !== null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const heading = (text) => make("h1", { tabindex: "-1" }, text);
export const lead = (...text) => make("p", { class: "lead" }, ...text);
export const card = (...children) => make("section", { class: "card" }, ...children);
export const link = (path, text, className) => make("a", { href: path, class: className }, text);
export const good = () => make("div", { class: "mark good", "aria-hidden": "true" }, "✓");
export const bad = () => make("div", { class: "mark bad", "aria-hidden": "true" }, "!");
export const letter = () => make("div", { class: "mark", "aria-hidden": "true" }, "✉");

/** A place for messages that screen readers speak when they come. */
export function messages() {
  const element = make("p", { class: "notice", role: "status" });
  const tell = (kind, text) => {
    element.className = `notice ${kind}`;
    element.setAttribute("role", kind === "bad" ? "alert" : "status");
    element.textContent = text;
  };
  return { element, good: (text) => tell("good", text), bad: (text) => tell("bad", text), clear: () => tell("", "") };
}

const SENTENCES = {
  login_invalid: "The name or the password is wrong.",
  email_not_verified: "The address of this account is not confirmed yet.",
  invalid_signature: "This link is not valid. Perhaps it is incomplete, or a newer one has replaced it.",
  signature_expired: "This link has expired.",
  link_already_used: "This link was used before.",
  email_taken: "Another account has this address.",
  email_already_verified: "The address of this account is confirmed already. Log in.",
  user_not_found: "There is no such account any more.",
  overtaken: "The account was changed meanwhile. Try again.",
  last_way_in: "Set a password first: without it you could not log in any more.",
  provider_account_taken: "Another account is connected with this login already.",
  csrf_failed: "The server does not accept requests from this page's address.",
  not_authenticated: "You are not logged in any more.",
  authentication_failed: "You are not logged in any more.",
  token_not_valid: "You are not logged in any more.",
  server_error: "Something went wrong at the server. Try again later.",
};

/** Returns the sentence for people about an error. */
export function sentence(error) {
  if (!(error instanceof CountersignError)) throw error;
  if (error.retryAfter) {
    const wait = error.retryAfter < 90 ? `${error.retryAfter} seconds` : `${Math.ceil(error.retryAfter / 60)} minutes`;
    return error.status === 429 ? `Too many tries. Try again in ${wait}.` : `The server is busy. Try again in ${wait}.`;
  }
  return SENTENCES[error.code] ?? error.message;
}

/** Returns a button that runs `act` once at a time and shows what fails. */
export function button(text, act, notes, className) {
  const element = make("button", { type: "button", class: className }, text);
  element.addEventListener("click", () => once(element, notes, act));
  return element;
}

async function once(element, notes, act, refused = () => false) {
  if (element.getAttribute("aria-disabled") === "true") return;
  element.setAttribute("aria-disabled", "true");
  notes.clear();
  try {
    await act();
  } catch (error) {
    if (!refused(error)) notes.bad(sentence(error));
  } finally {
    element.removeAttribute("aria-disabled");
  }
}

/**
 * Returns a form. `fields` are of `field()`; `act` gets their values. Errors of fields are shown at the fields, others
 * above the button.
 */
export function form({ fields, submit, act, refused, notes = messages(), danger = false }) {
  const action = make("button", { class: danger ? "danger" : "primary" }, submit);
  const element = make("form", { novalidate: true }, fields.map((one) => one.element), notes.element, action);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    fields.forEach((one) => one.clear());
    const values = Object.fromEntries(fields.map((one) => [one.name, one.value()]).filter(([, value]) => value !== undefined));
    once(action, notes, () => act(values, notes), (error) => {
      const known = fields.filter((one) => error.fields?.[one.name]);
      known.forEach((one) => one.show(error.fields[one.name]));
      known[0]?.focus();
      const others = Object.entries(error.fields ?? {}).filter(([name]) => !fields.some((one) => one.name === name));
      if (others.length) notes.bad(others.map(([name, [{ message }]]) => `${name}: ${message}`).join(" "));
      return known.length + others.length > 0 || Boolean(refused?.(error, notes));
    });
  });
  return element;
}

const COMPLETIONS = {
  username: "username", login: "username", email: "email", first_name: "given-name", last_name: "family-name",
};

/** Returns a field: its element, its name and its value. `description` is what OPTIONS says about it. */
export function field(name, { description = {}, label, type, value, autocomplete, help } = {}) {
  made += 1;
  const id = `field-${made}`;
  const kind = type ?? kindOf(name, description);
  const isChoice = Boolean(description.choices);
  const input = isChoice ? select(description, value) : make("input", {
    type: kind, autocomplete: autocomplete ?? COMPLETIONS[name] ?? "off",
    autocapitalize: kind === "checkbox" ? undefined : "none", spellcheck: "false",
    inputmode: kind === "number" ? "numeric" : undefined,
    maxlength: kind === "text" ? description.max_length : undefined,
    min: kind === "number" || kind === "date" ? description.min_value : undefined,
    max: kind === "number" || kind === "date" ? description.max_value : undefined,
    checked: kind === "checkbox" && value === true,
  });
  if (kind !== "checkbox" && !isChoice) input.value = value ?? "";
  const helpText = help ?? description.help_text;
  const helping = helpText ? make("p", { class: "help", id: `${id}-help` }, helpText) : null;
  const errors = make("div", { class: "errors", id: `${id}-error` });
  const describedBy = [helping && `${id}-help`, `${id}-error`].filter(Boolean).join(" ");
  Object.entries({ id, name, "aria-describedby": describedBy }).forEach(([key, text]) => input.setAttribute(key, text));
  if (description.required) input.setAttribute("aria-required", "true");
  const isOptional = description.required === false && kind !== "checkbox" && !description.read_only;
  const caption = make("label", { for: id }, label ?? description.label ?? name,
    isOptional ? make("span", { class: "optional" }, " (optional)") : null);
  const shown = kind === "password" ? revealable(input) : input;
  const element = make("div", { class: kind === "checkbox" ? "field check" : "field" },
    ...(kind === "checkbox" ? [shown, caption] : [caption, shown]), helping, errors);
  return {
    name, element, input,
    focus: () => input.focus(),
    value: () => valueOf(input, kind, description, value),
    clear: () => { errors.replaceChildren(); input.removeAttribute("aria-invalid"); },
    show: (list) => {
      input.setAttribute("aria-invalid", "true");
      errors.replaceChildren(...list.map(({ message }) => make("p", { class: "error" }, message)));
    },
  };
}

function kindOf(name, { type }) {
  if (name.includes("password")) return "password";
  if (name === "email") return "email";
  return { boolean: "checkbox", integer: "number", date: "date", email: "email" }[type] ?? "text";
}

/** An empty text is a value; of the other types, nothing is sent, or null in the place of a value that was there. */
function valueOf(input, kind, { type }, before) {
  if (kind === "checkbox") return input.checked;
  if (input.value !== "" || !["integer", "date", "choice"].includes(type)) return input.value;
  return before === undefined || before === null || before === "" ? undefined : null;
}

function select({ choices, required }, value) {
  const options = choices.map((choice) => make("option", { value: choice.value, selected: choice.value === value }, choice.display_name));
  return make("select", {}, required && value ? null : make("option", { value: "" }, "—"), options);
}

function revealable(input) {
  const show = make("button", { type: "button", "aria-pressed": "false", "aria-label": "Show password" }, "Show");
  show.addEventListener("click", () => {
    const isShown = input.type === "password";
    input.type = isShown ? "text" : "password";
    show.textContent = isShown ? "Hide" : "Show";
    show.setAttribute("aria-pressed", String(isShown));
  });
  return make("div", { class: "secret" }, input, show);
}
