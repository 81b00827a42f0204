// Shows the description of the HTTP API: operations by contract, with their fields, answers and errors.

import { curlLine, limitsOf, resolve, typeOf } from "./schemas.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Returns an element. Texts are never read as HTML. */
function make(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...content.filter((part) => part !== null && part !== undefined));
  return element;
}

/** Returns a text with its `code` as elements. */
function inline(text) {
  return text.split("`").map((part, at) => (at % 2 ? make("code", {}, part) : part));
}

/** Returns paragraphs and lists of a description. */
function prose(text) {
  const blocks = text.split("\n\n").map((block) => {
    const lines = block.split("\n");
    if (!lines.every((line) => line.startsWith("- "))) return make("p", {}, ...inline(block));
    return make("ul", {}, ...lines.map((line) => make("li", {}, ...inline(line.slice(2)))));
  });
  return make("div", { class: "prose" }, ...blocks);
}

function table(heads, rows, label) {
  const head = make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name)));
  const row = (cells) => cells.map((cell, at) => make("td", { "data-head": heads[at] }, ...[cell].flat()));
  const body = rows.map((cells) => make("tr", {}, ...row(cells)));
  const made = make("table", { "aria-label": label }, make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, made);
}

function codes(names) {
  return (names ?? []).flatMap((name, at) => [at ? " " : "", make("code", {}, name)]);
}

/** Returns the table of a body's fields. */
function fields(api, schema, fieldCodes) {
  const resolved = resolve(api, schema) ?? {};
  const rows = Object.entries(resolved.properties ?? {}).map(([name, property]) => {
    const known = resolve(api, property);
    const about = [known.description, limitsOf(known)].filter(Boolean).join(" ");
    const required = resolved.required?.includes(name) ? "yes" : "no";
    return [make("code", {}, name), typeOf(api, property), required, about, codes(fieldCodes?.[name])];
  });
  return rows.length ? table(["Field", "Type", "Required", "About", "Codes of errors"], rows, "Fields") : null;
}

function members(api, schema) {
  const resolved = resolve(api, schema) ?? {};
  const object = resolved.type === "array" ? resolve(api, resolved.items) : resolved;
  const rows = Object.entries(object?.properties ?? {}).map(([name, property]) => {
    const always = object.required?.includes(name) ? "always" : "sometimes";
    return [make("code", {}, name), typeOf(api, property), always];
  });
  return rows.length ? table(["Member", "Type", "There"], rows, "Members of the answer") : null;
}

function code(text) {
  return make("pre", { tabindex: "0" }, make("code", {}, text));
}

function examples(content) {
  if (!content) return [];
  if (content.example !== undefined) return [code(JSON.stringify(content.example, null, 2))];
  const bodies = Object.values(content.examples ?? {}).map((example) => JSON.stringify(example.value));
  return [...new Set(bodies)].map((body) => code(body));
}

function answer(api, status, found, names) {
  const response = resolve(api, found);
  const isGood = status < "400";
  const summary = make("summary", {}, make("span", { class: `status-code ${isGood ? "good" : "bad"}` }, status));
  summary.append(" ", ...(isGood ? [response.description] : codes(names)));
  const content = response.content?.["application/json"];
  const headers = Object.entries(response.headers ?? {}).map(([name, header]) => [make("code", {}, name), String(header.example ?? "")]);
  const made = make(
    "details",
    { class: "answer" },
    summary,
    isGood ? null : prose(response.description),
    headers.length ? table(["Header", "Example"], headers, "Headers") : null,
    isGood ? members(api, content?.schema) : null,
    ...examples(content),
  );
  made.open = isGood;
  return made;
}

function operation(api, path, method, described) {
  const parameters = (described.parameters ?? []).map((one) => [
    make("code", {}, one.name),
    one.in,
    typeOf(api, one.schema),
    one.required ? "yes" : "no",
    [one.description, limitsOf(one.schema ?? {})].filter(Boolean).join(" "),
  ]);
  const body = described.requestBody?.content?.["application/json"];
  const login = (described.security ?? []).length
    ? described.security.some((one) => Object.keys(one).length === 0) ? "With or without a login." : "For logged-in users."
    : "For everybody.";
  const details = make(
    "div",
    { class: "details" },
    make("p", {}, login),
    described.description ? prose(described.description) : null,
    parameters.length ? make("h4", {}, "Parameters") : null,
    parameters.length ? table(["Name", "In", "Type", "Required", "About"], parameters, "Parameters") : null,
    body ? make("h4", {}, "Body") : null,
    body ? fields(api, body.schema, described["x-field-codes"]) : null,
    make("h4", {}, "Try it"),
    code(curlLine(api, location.origin, path, method, described)),
    make("h4", {}, "Answers"),
    ...Object.entries(described.responses).map(([status, response]) => answer(api, status, response, described["x-codes"]?.[status])),
  );
  const summary = make(
    "summary",
    {},
    make("span", { class: `method ${method}` }, method.toUpperCase()),
    make("code", { class: "path" }, path),
    make("h3", {}, described.summary ?? ""),
  );
  return make("details", { class: "operation", id: described.operationId }, summary, details);
}

/** Opens the operation that the address names. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named?.matches("details.operation")) {
    named.open = true;
    named.scrollIntoView();
  }
}

function show(api) {
  const [main, contents] = ["operations", "contents"].map((id) => document.getElementById(id));
  document.getElementById("title").textContent = `${api.info.title} ${api.info.version}: HTTP API`;
  const sections = [make("section", { "aria-label": "About" }, prose(api.info.description))];
  const entries = [];
  for (const tag of api.tags) {
    const section = make("section", { "aria-label": tag.name }, make("h2", {}, tag.name), prose(tag.description ?? ""));
    const list = make("div", {}, make("h2", {}, tag.name));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const method of METHODS.filter((name) => item[name]?.tags?.includes(tag.name))) {
        const described = item[method];
        section.append(operation(api, path, method, described));
        const entry = make("a", { href: `#${described.operationId}` }, `${method.toUpperCase()} ${path}`);
        entry.dataset.text = `${method} ${path} ${described.summary}`.toLowerCase();
        list.append(entry);
      }
    }
    sections.push(section);
    entries.push(list);
  }
  const meanings = resolve(api, { $ref: "#/components/schemas/Code" });
  sections.push(make("section", { "aria-label": "Codes" }, make("h2", {}, "Codes"), prose(meanings.description)));
  contents.replaceChildren(...entries);
  main.replaceChildren(...sections);
}

function filter(event) {
  const wanted = event.target.value.trim().toLowerCase();
  for (const entry of document.querySelectorAll("#contents a")) {
    const isShown = entry.dataset.text.includes(wanted);
    entry.hidden = !isShown;
    document.getElementById(entry.getAttribute("href").slice(1)).hidden = !isShown;
  }
  for (const list of document.querySelectorAll("#contents > div")) {
    list.hidden = !list.querySelector("a:not([hidden])");
  }
}

async function start() {
  const status = document.getElementById("status");
  try {
    const answer = await fetch("/api/openapi.json");
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    show(await answer.json());
    document.getElementById("filter").addEventListener("input", filter);
    addEventListener("hashchange", openNamed);
    openNamed();
  } catch (error) {
    status.textContent = `The description could not be read: ${error.message}. Load the page again.`;
  }
}

start();
