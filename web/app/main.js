// The sample app of Countersign: chooses the page for the address, and shows header and footer.

import { accounts, loadUser, setUser, site, user } from "/assets/app/state.js";
import { button, card, heading, lead, link, make, messages, sentence } from "/assets/app/ui.js";
import * as entrance from "/assets/app/pages/entrance.js";
import * as links from "/assets/app/pages/links.js";
import * as profile from "/assets/app/pages/profile.js";
import * as security from "/assets/app/pages/security.js";
import * as providers from "/assets/app/pages/providers.js";

const main = document.getElementById("main");

/** Each page: the beginning of its path, its title, what it shows, and whether it needs a login. */
const PAGES = [
  { path: "/", title: "Welcome", show: entrance.start },
  { path: "/register/", title: "Sign up", show: entrance.register },
  { path: "/check-mailbox/", title: "Look in your mailbox", show: entrance.checkMailbox },
  { path: "/login/", title: "Log in", show: entrance.login },
  { path: "/forgot-password/", title: "Forgotten password", show: entrance.forgotPassword },
  { path: "/verify-user/", title: "Confirm your address", show: links.verifyUser, isLink: true },
  { path: "/verify-email/", title: "Confirm your new address", show: links.verifyEmail, isLink: true },
  { path: "/reset-password/", title: "New password", show: links.resetPassword, isLink: true },
  { path: "/provider/", title: "Log in", show: providers.comeBack, isLink: true },
  { path: "/profile/", title: "Profile", show: profile.profile, tab: "Profile" },
  { path: "/delete-account/", title: "Delete the account", show: security.deleteAccount, tab: "Profile", isAside: true },
  { path: "/email/", title: "Address", show: profile.email, tab: "Address" },
  { path: "/password/", title: "Password", show: security.password, tab: "Password" },
  { path: "/sessions/", title: "Sessions", show: security.sessions, tab: "Sessions" },
  { path: "/connections/", title: "Provider accounts", show: providers.connections, tab: "Provider accounts" },
];

/** Returns the path of the present page: the fragment's if it is a route, as in `#/verify-user/…`. */
function route() {
  const inFragment = /^#!?(\/[^?]*)/.exec(location.hash)?.[1];
  return inFragment ?? location.pathname;
}

function pageOf(path) {
  const whole = path.endsWith("/") ? path : `${path}/`;
  return PAGES.find((page) => page.path === whole || (page.isLink && whole.startsWith(page.path)))
    ?? (whole.startsWith("/login/") ? PAGES.find((page) => page.path === "/provider/") : undefined);
}

/** Goes to another page of the app. */
function go(path) {
  history.pushState(null, "", path);
  return render();
}

let turn = 0;

async function render() {
  turn += 1;
  const mine = turn;
  const page = pageOf(route());
  if (page?.tab && !user) {
    history.replaceState(null, "", "/login/");
    return render();
  }
  if ((page?.path === "/" || page?.path === "/login/" || page?.path === "/register/") && user) {
    history.replaceState(null, "", "/profile/");
    return render();
  }
  drawFrame(page);
  document.title = `${page?.title ?? "Not found"} · ${site.app_name}`;
  let content;
  try {
    content = page ? await page.show({ go, heading }) : notFound();
  } catch (error) {
    if (error.status === 401 && page.tab) return go("/login/");
    content = card(heading("That did not work"), lead(sentence(error)),
      make("div", { class: "ways" }, button("Try again", render, messages(), "primary")));
  }
  if (mine !== turn) return undefined;
  main.classList.toggle("wide", Boolean(page?.tab));
  main.replaceChildren(...(page?.tab ? [tabs(page)] : []), ...[content].flat());
  main.querySelector("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
  return undefined;
}

function notFound() {
  return card(heading("There is no such page"), lead("The address may be incomplete."), link("/", "To the start"));
}

function tabs(current) {
  const shown = PAGES.filter((page) => page.tab && !page.isAside && (page.path !== "/connections/" || site.providers));
  return make("nav", { class: "tabs", "aria-label": "Account" }, shown.map((page) => make("a", {
    href: page.path, "aria-current": page.tab === current.tab ? (current.isAside ? "true" : "page") : undefined,
  }, page.tab)));
}

function drawFrame(current) {
  document.getElementById("brand").textContent = site.app_name;
  const entry = (path, text) => make("a", { href: path, "aria-current": current?.path === path ? "page" : undefined }, text);
  const out = make("button", { type: "button" }, "Log out");
  out.addEventListener("click", logOut);
  const visitor = [entry("/login/", "Log in"), site.registration ? entry("/register/", "Sign up") : null];
  document.getElementById("nav").replaceChildren(...(user ? [entry("/profile/", "Account"), out] : visitor).filter(Boolean));
  const foot = document.getElementById("foot");
  foot.replaceChildren(...(site.mailbox ? [make("p", {}, "Development: mails are in the ",
    make("a", { href: "/mailbox", target: "_blank" }, "mailbox"), ".")] : []));
}

async function logOut() {
  try {
    await accounts.logout();
  } finally {
    setUser(null);
    await go("/");
  }
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest?.("a[href]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!anchor || !isPlain || anchor.target || anchor.origin !== location.origin) return;
  if (anchor.hasAttribute("data-plain")) {
    event.preventDefault();
    main.focus();
  } else if (pageOf(anchor.pathname)) {
    event.preventDefault();
    go(anchor.pathname + anchor.search);
  }
});
addEventListener("popstate", render);

await loadUser().catch(() => {});
await render();
