// Logins by identity providers: the buttons, the page that providers send people back to, and connected accounts.

import { accounts, loadUser, notes, site, user } from "/assets/app/state.js";
import { bad, button, card, heading, lead, link, make, messages, sentence } from "/assets/app/ui.js";

/** Sends the browser to a provider, which sends it back to `/login/<name>`. */
async function leave(name, connect) {
  const fields = { redirect_uri: `${location.origin}/login/${name}`, connect };
  let begun;
  try {
    begun = await accounts.startProvider(name, fields);
  } catch (error) {
    if (!error.fields?.redirect_uri) throw error;
    // The operator may have declared another page of this app.
    begun = await accounts.startProvider(name, { connect });
  }
  notes.set("provider", { name, connect, state: begun.state });
  location.assign(begun.authorization_url);
}

/** Returns a button for each provider, or nothing if there are none. */
export async function providerButtons(verb) {
  if (!site.providers) return null;
  const list = await accounts.providers();
  if (!list.length) return null;
  const said = messages();
  return make("div", { class: "choices" }, make("p", { class: "or" }, "or"),
    list.map(({ name, title }) => button(`${verb} ${title}`, () => leave(name, false), said)), said.element);
}

/** The page that a provider sends people back to. The `state` is bound to this browser, so it may act by itself. */
export async function comeBack({ go }) {
  const sent = new URLSearchParams(location.search);
  const begun = notes.take("provider");
  history.replaceState(null, "", location.pathname);
  if (!sent.has("code") || !begun || begun.state !== sent.get("state")) {
    return failed("The login was not finished", "It was cancelled, or begun in another tab or browser.");
  }
  const { name, connect } = begun;
  try {
    await accounts.finishProvider(name, { code: sent.get("code"), state: sent.get("state"), connect });
  } catch (error) {
    return failed("The login was refused", sentence(error));
  }
  await loadUser();
  await go(connect ? "/connections/" : "/profile/");
  return "";
}

function failed(title, text) {
  return card(bad(), heading(title), lead(text),
    user ? link("/connections/", "To my provider accounts", "button primary") : link("/login/", "To the login", "button primary"));
}

export async function connections() {
  const said = messages();
  const rows = make("ul", { class: "rows" });
  const more = make("div", { class: "choices" });
  const none = lead("No account is connected yet.");
  const [known, titles] = [await accounts.providers(), new Map()];
  known.forEach(({ name, title }) => titles.set(name, title));
  const draw = async () => {
    const list = await accounts.providerAccounts();
    none.hidden = list.length > 0;
    rows.replaceChildren(...list.map((account) => row(account, titles, said, draw)));
    const free = known.filter(({ name }) => !list.some((account) => account.provider === name));
    more.replaceChildren(...free.map(({ name, title }) => button(`Connect ${title}`, () => leave(name, true), said)));
  };
  await draw();
  return card(heading("Provider accounts"), lead("Accounts elsewhere by which you can log in."), none, rows, said.element, more);
}

function row(account, titles, said, draw) {
  const title = titles.get(account.provider) ?? account.provider;
  const cut = button("Disconnect", async () => {
    await accounts.disconnectProvider(account.id);
    await draw();
    said.good(`${title} is disconnected.`);
  }, said, "small");
  cut.setAttribute("aria-label", `Disconnect ${title}`);
  return make("li", {},
    make("div", { class: "what" }, make("strong", {}, title), make("span", { class: "help" }, `Account ${account.subject}`)), cut);
}
