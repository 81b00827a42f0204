// A router on paths: shows the page of the address, and changes the address without a request.

let routes = [];

// Begins to show pages. A page is a function that fills an element.
export function start(pages) {
  routes = pages;
  addEventListener("popstate", () => show());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link?.origin === location.origin) {
      event.preventDefault();
      go(link.pathname);
    }
  });
  show();
}

// Goes to a path. Its page begins with the sentence, if there is one.
export function go(path, sentence) {
  history.pushState(null, "", path);
  show(sentence);
}

// Copies the template of this id into the element.
export function fill(place, template) {
  place.append(document.getElementById(template).content.cloneNode(true));
}

// Adds a sentence, and replaces the one before it.
export function tell(place, sentence) {
  place.querySelector(":scope > .sentence")?.remove();
  const line = Object.assign(document.createElement("p"), { className: "sentence", textContent: sentence });
  line.setAttribute("role", "status");
  place.prepend(line);
}

async function show(sentence) {
  // Each page has an element of its own: a page that answers late does not overwrite the next one.
  const place = document.createElement("section");
  document.querySelector("main").replaceChildren(place);
  for (const [pattern, page] of routes) {
    const values = match(pattern, location.pathname);
    if (values) {
      await page(place, values);
      if (sentence) tell(place, sentence);
      return;
    }
  }
  fill(place, "missing");
}

// The values of a path where the pattern has names, or null if the path is another one.
function match(pattern, path) {
  const names = pattern.split("/");
  const parts = path.split("/");
  if (names.length !== parts.length) return null;
  const values = {};
  for (const [at, name] of names.entries()) {
    if (name.startsWith(":")) values[name.slice(1)] = decodeURIComponent(parts[at]);
    else if (name !== parts[at]) return null;
  }
  return values;
}
