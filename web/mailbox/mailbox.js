// Shows the mails that were caught, and new ones as they come.

import { AWAY, ask, make, view, watch } from "/assets/mailbox/view.js";

const PAUSE_MS = 1000;
const WIDE = matchMedia("(min-width: 48.01rem)");

const byId = (id) => document.getElementById(id);
const [status, panes, list, none, filter, open, news] =
  ["status", "panes", "mails", "none", "filter", "mail", "news"].map(byId);

let mails = [];
let tag = null;
let shown = null;

function tell(sentence) {
  status.textContent = sentence;
  status.hidden = !sentence;
}

async function look() {
  const answer = await ask("/mailbox/mails.json", tag);
  if (!answer) {
    tell(AWAY);
    return;
  }
  if (answer.status === 304) {
    tell("");
  } else if (answer.ok) {
    tell("");
    const known = new Set(mails.map((mail) => mail.id));
    const isFirst = tag === null;
    tag = answer.headers.get("ETag");
    mails = await answer.json();
    const fresh = mails.filter((mail) => !known.has(mail.id));
    if (!isFirst && fresh.length) news.textContent = `New mail: ${fresh[0].subject}, to ${fresh[0].to}`;
    draw();
  } else {
    const body = await answer.json().catch(() => ({}));
    panes.hidden = true;
    byId("empty").hidden = true;
    tell(body.detail ?? `The server answers with status ${answer.status}.`);
  }
}

function draw() {
  panes.hidden = false;
  byId("empty").hidden = mails.length === 0;
  const wanted = filter.value.trim().toLowerCase();
  const visible = mails.filter((mail) => `${mail.to}\n${mail.subject}`.toLowerCase().includes(wanted));
  const focused = document.activeElement?.dataset?.id;
  list.replaceChildren(...visible.map(row));
  if (focused) list.querySelector(`[data-id="${focused}"]`)?.focus();
  none.hidden = visible.length > 0;
  none.textContent = mails.length ? "No mail fits." : "No mails yet. This page shows them as they come.";
  const id = location.hash.slice(1);
  const chosen = mails.find((mail) => mail.id === id) ?? (WIDE.matches ? visible[0] : undefined);
  show(chosen);
}

function row(mail) {
  return make("li", {}, make("button", {
    type: "button", "data-id": mail.id, "aria-current": mail.id === shown?.id ? "true" : undefined,
    onclick: () => { choose(mail.id); },
  }, make("span", { class: "subject" }, mail.subject), make("span", { class: "to" }, mail.to), time(mail.date)));
}

function time(date) {
  const at = new Date(date);
  const isToday = at.toDateString() === new Date().toDateString();
  const text = isToday ? at.toLocaleTimeString() : at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return make("time", { datetime: date, title: at.toLocaleString() }, date ? text : "");
}

function choose(id) {
  history.replaceState(null, "", id ? `#${id}` : location.pathname);
  draw();
  if (id) open.focus();
}

function show(mail) {
  panes.classList.toggle("is-open", Boolean(mail) && (WIDE.matches || location.hash.length > 1));
  for (const button of list.querySelectorAll("button")) {
    button.toggleAttribute("aria-current", false);
    if (button.dataset.id === mail?.id) button.setAttribute("aria-current", "true");
  }
  if (mail?.id === shown?.id && open.childElementCount) return;
  shown = mail;
  if (!mail) {
    open.replaceChildren(make("p", { class: "muted" }, mails.length ? "Choose a mail." : ""));
    return;
  }
  const back = make("button", { type: "button", class: "small back", onclick: () => choose("") }, "All mails");
  const links = mail.links.map((url) => make("li", {}, make("a", { href: url, target: "_blank", rel: "noreferrer" }, url)));
  const head = make("dl", { class: "head" }, ...[
    ["From", mail.from], ["To", mail.to], ["Date", mail.date ? new Date(mail.date).toLocaleString() : ""],
  ].flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  const html = mail.html === null ? null : `/mailbox/mails/${mail.id}.html`;
  open.replaceChildren(back, make("h2", {}, mail.subject), head,
    ...(links.length ? [make("ul", { class: "links", "aria-label": "Links" }, ...links)] : []),
    ...view({ html, text: mail.text, source: () => sourceOf(mail) }));
}

async function sourceOf(mail) {
  const answer = await fetch(`/mailbox/mails/${mail.id}.eml`, { cache: "no-store" });
  return answer.ok ? answer.text() : "The mail is gone.";
}

filter.addEventListener("input", draw);
addEventListener("hashchange", draw);
WIDE.addEventListener("change", draw);
byId("empty").addEventListener("click", () => byId("confirm").showModal());
byId("confirm").addEventListener("close", async () => {
  if (byId("confirm").returnValue !== "delete") return;
  await fetch("/mailbox/mails.json", { method: "DELETE" });
  history.replaceState(null, "", location.pathname);
  await look();
});
watch(look, PAUSE_MS);
