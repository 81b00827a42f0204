// Shows every mail with the templates in force, and again when a template changes.

import { AWAY, ask, make, view, watch } from "/assets/mailbox/view.js";

const PAUSE_MS = 2000;
const WIDE = matchMedia("(min-width: 48.01rem)");
const [status, panes, list, open] = ["status", "panes", "mails", "mail"].map((id) => document.getElementById(id));

let known = "";
let mails = [];
let drawn = "";

async function look() {
  const answer = await ask("/mailbox/preview.json");
  const text = answer ? await answer.text() : JSON.stringify({ detail: AWAY });
  if (text === known) return;
  known = text;
  const content = JSON.parse(text);
  panes.hidden = !answer?.ok;
  status.hidden = Boolean(answer?.ok);
  status.textContent = content.detail ?? "";
  if (!answer?.ok) return;
  mails = content;
  draw();
}

function draw() {
  const kind = location.hash.slice(1);
  const shown = mails.find((mail) => mail.kind === kind) ?? (WIDE.matches ? mails[0] : undefined);
  const focused = document.activeElement?.dataset?.kind;
  list.replaceChildren(...mails.map((mail) => make("li", {}, make("button", {
    type: "button", "data-kind": mail.kind, "aria-current": mail === shown ? "true" : undefined, onclick: () => choose(mail.kind),
  }, make("span", { class: "subject" }, mail.subject), make("span", { class: "to" }, mail.kind)))));
  if (focused) list.querySelector(`[data-kind="${focused}"]`)?.focus();
  panes.classList.toggle("is-open", Boolean(shown));
  const content = JSON.stringify(shown);
  if (!shown || content === drawn) return;
  drawn = content;
  const back = make("button", { type: "button", class: "small back", onclick: () => choose("") }, "All mails");
  const html = shown.html === null ? null : `/mailbox/preview/${shown.kind}.html`;
  open.replaceChildren(back, make("h2", {}, shown.subject), make("p", { class: "muted" }, shown.kind),
    ...view({ html, text: shown.text }));
}

function choose(kind) {
  history.replaceState(null, "", kind ? `#${kind}` : location.pathname);
  draw();
  if (kind) open.focus();
}

addEventListener("hashchange", draw);
WIDE.addEventListener("change", draw);
watch(look, PAUSE_MS);
