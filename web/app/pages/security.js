// The password and the sessions of the user who is logged in, and the end of the account.

import { accounts, fieldsOf, notes, setUser, user } from "/assets/app/state.js";
import { button, card, field, form, heading, lead, link, make, messages } from "/assets/app/ui.js";

const LABELS = { old_password: "Present password", password: "New password", password_confirm: "New password again" };

export async function password() {
  const descriptions = await fieldsOf("change-password/");
  const fields = Object.keys(descriptions).map((name) => field(name, {
    description: descriptions[name], label: LABELS[name],
    autocomplete: name === "old_password" ? "current-password" : "new-password",
  }));
  return card(
    heading("Password"),
    lead("After a change all other sessions end."),
    form({
      fields, submit: "Change the password",
      act: async (values, said) => {
        await accounts.changePassword(values);
        fields.forEach((one) => { one.input.value = ""; });
        said.good("Your password is changed, and all other sessions have ended.");
      },
    }),
  );
}

export function deleteAccount({ go }) {
  const help = "If your account has none, set one first: log out, and choose that you have forgotten your password.";
  const fields = [field("password", { label: "Your password", autocomplete: "current-password", help, description: { required: true } })];
  return card(
    heading("Delete the account"),
    lead("The account ", make("strong", {}, user.username ?? user.email ?? ""),
      " is deleted for good, with all that belongs to it. This cannot be undone."),
    form({
      fields, submit: "Delete my account", danger: true,
      act: async ({ password: typed }) => {
        await accounts.deleteAccount(typed);
        setUser(null);
        notes.set("deleted", true);
        await go("/");
      },
    }),
    make("p", { class: "ways" }, link("/profile/", "Keep the account")),
  );
}

export async function sessions() {
  const said = messages();
  const rows = make("ul", { class: "rows" });
  const others = button("Log out everywhere else", async () => {
    await accounts.endOtherSessions();
    await draw();
    said.good("All other sessions have ended.");
  }, said, "danger");
  const draw = async () => {
    const list = await accounts.sessions();
    list.sort((one, other) => other.current - one.current);
    rows.replaceChildren(...list.map((session) => row(session, said, draw)));
    others.hidden = list.length < 2;
  };
  await draw();
  return card(heading("Sessions"), lead("Where you are logged in at present."), rows, said.element, others);
}

function row(session, said, draw) {
  const name = deviceOf(session.user_agent);
  const end = button("Log out", async () => {
    await accounts.endSession(session.id);
    await draw();
    said.good(`The session of ${name} has ended.`);
  }, said, "small");
  end.setAttribute("aria-label", `Log out ${name}, since ${when(session.created_at)}`);
  return make("li", {},
    make("div", { class: "what" },
      make("strong", {}, name),
      make("span", { class: "help" }, `${session.address || "Unknown address"} · since ${when(session.created_at)} · last used ${when(session.last_used_at)}`)),
    session.current ? make("span", { class: "badge" }, "This one") : end);
}

function when(date) {
  return new Date(date).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

/** Returns browser and system as people call them. */
function deviceOf(agent) {
  const found = (names) => names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = found([[/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Firefox\//, "Firefox"], [/Chrom(e|ium)\//, "Chrome"], [/Safari\//, "Safari"]]);
  const system = found([[/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]]);
  if (!browser) return agent?.slice(0, 60) || "Unknown device";
  return system ? `${browser} on ${system}` : browser;
}
