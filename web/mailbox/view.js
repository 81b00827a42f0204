// What the mailbox and the preview share: elements, and a mail as HTML, as text and as another form.

/** Makes an element with attributes and children; texts are never read as HTML. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

let chosen = "html";

/**
 * Returns buttons that choose how a mail is shown, and the mail. `html` is the URL of its HTML, if it has any; `source`
 * returns its source, if there is one.
 */
export function view({ html, text, source }) {
  const frame = make("div", { class: "view" });
  const views = make("div", { class: "views", role: "group", "aria-label": "Show as" });
  const forms = [["html", "HTML", html], ["text", "Text", true], ["source", "Source", source]];
  for (const [name, title, isThere] of forms) {
    if (!isThere) continue;
    const onclick = () => { chosen = name; show(); };
    views.append(make("button", { type: "button", class: "small", "data-view": name, onclick }, title));
  }
  async function show() {
    const name = views.querySelector(`[data-view="${chosen}"]`) ? chosen : views.firstChild.dataset.view;
    for (const button of views.children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    if (name === "html") {
      frame.replaceChildren(make("iframe", {
        src: html, title: "The mail as HTML", sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer",
      }));
      return;
    }
    const label = name === "text" ? "The mail's text" : "The mail's source";
    const pre = make("pre", { tabindex: "0", role: "region", "aria-label": label });
    frame.replaceChildren(pre);
    pre.textContent = name === "text" ? text : await source();
  }
  show();
  return [views, frame];
}

/** Asks for JSON with the tag of what is known. Returns the answer, or null if the server cannot be reached. */
export async function ask(url, tag) {
  try {
    return await fetch(url, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
  } catch {
    return null;
  }
}

/** Calls `look` again and again while the page can be seen. */
export async function watch(look, pauseMs) {
  for (;;) {
    if (!document.hidden) await look();
    await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
  }
}

export const AWAY = "The server does not answer. This page goes on trying.";
