// Forms whose errors stand at their fields.

// Sends the fields when the form is submitted, and shows the errors of the answer.
export function onSubmit(form, send) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const error of form.querySelectorAll(".error")) error.remove();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await send(Object.fromEntries(new FormData(form)));
      if (!answer.ok) showErrors(form, answer.body);
    } finally {
      button.disabled = false;
    }
  });
}

// `{field: [sentence, …]}`, `{detail: sentence}` or `[sentence, …]` as a list of pairs.
export function errors(body) {
  const fields = Array.isArray(body) ? { non_field_errors: body } : body;
  return Object.entries(fields).flatMap(([field, sentences]) => [sentences].flat().map((text) => [field, text]));
}

// What belongs to no field of the form stands at its end.
function showErrors(form, body) {
  for (const [field, text] of errors(body)) {
    const line = Object.assign(document.createElement("p"), { className: "error", textContent: text });
    line.dataset.field = field;
    const label = form.elements.namedItem(field)?.closest("label");
    if (label) label.append(line);
    else form.append(line);
  }
}
