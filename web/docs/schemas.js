// Reads schemas of the description: follows references and puts types into words.

/** Returns what a reference refers to, or the value itself. */
export function resolve(document, value) {
  let found = value;
  while (found && found.$ref) {
    found = found.$ref.slice(2).split("/").reduce((part, name) => part?.[name], document);
  }
  return found;
}

/** Returns the type of a schema in words. */
export function typeOf(document, schema) {
  const resolved = resolve(document, schema) ?? {};
  if (resolved.anyOf || resolved.oneOf) {
    return (resolved.anyOf ?? resolved.oneOf).map((part) => typeOf(document, part)).join(" or ");
  }
  if (resolved.type === "array") {
    return `list of ${typeOf(document, resolved.items)}`;
  }
  const types = [resolved.type ?? "any"].flat();
  const format = resolved.format && resolved.format !== "int64" ? ` (${resolved.format})` : "";
  return types.join(" or ") + format;
}

/** Returns the limits of a schema in words. */
export function limitsOf(schema) {
  const limits = [];
  if (schema.enum) limits.push(`one of ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}`);
  if (schema.minLength !== undefined) limits.push(`at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined) limits.push(`at most ${schema.maxLength} characters`);
  if (schema.minimum !== undefined) limits.push(`at least ${schema.minimum}`);
  if (schema.maximum !== undefined) limits.push(`at most ${schema.maximum}`);
  return limits.join("; ");
}

/** Returns a line for a shell that sends the request of the example. */
export function curlLine(document, origin, path, method, operation) {
  const words = ["curl"];
  if (method !== "get") words.push("-X", method.toUpperCase());
  if (operation.security?.length && !operation.security.some((one) => Object.keys(one).length === 0)) {
    words.push("-H", "'Authorization: Token TOKEN'");
  }
  const content = operation.requestBody?.content?.["application/json"];
  if (content) {
    const body = JSON.stringify(content.example ?? {}).replaceAll("'", "'\\''");
    words.push("-H", "'Content-Type: application/json'", "-d", `'${body}'`);
  }
  const required = (operation.parameters ?? []).filter((one) => one.in === "query" && one.required);
  const query = required.map((one) => `${one.name}=…`).join("&");
  words.push(`'${origin}${path}${query ? `?${query}` : ""}'`);
  return words.join(" ");
}
