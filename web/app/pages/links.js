// The pages that mailed links open. None of them does anything before the person clicks: mail scanners open links and
// run the scripts of their pages.

import { readClaim } from "/assets/client/countersign.js";
import { accounts, fieldsOf, loadUser, notes, site, user } from "/assets/app/state.js";
import { bad, card, form, good, heading, lead, letter, link, make } from "/assets/app/ui.js";
import { anotherLink, described } from "/assets/app/pages/entrance.js";

const NAMES = ["user_id", "email", "timestamp", "signature"];

export async function verifyUser() {
  const claim = readClaim(location.href);
  if (!claim) return incomplete(anotherLink());
  const place = make("div", {});
  place.append(card(
    letter(),
    heading("Confirm your address"),
    lead("One click, and your account is active."),
    form({
      fields: described(await fieldsOf("verify-registration/"), { skip: NAMES, completion: "current-password" }),
      submit: "Confirm my address",
      act: async (values) => {
        await accounts.verifyRegistration({ ...claim, ...values });
        await loadUser();
        forgetLink();
        done(place, "Your address is confirmed", "Your account is active.");
      },
      refused: (error) => refuse(place, error, registrationWays),
    }),
  ));
  return place;
}

export async function verifyEmail() {
  const claim = readClaim(location.href);
  if (!claim?.email) return incomplete(lead("Ask for another link on the page of your address."));
  const place = make("div", {});
  place.append(card(
    letter(),
    heading("Confirm your new address"),
    lead("From then on ", make("strong", {}, claim.email), " is the address of your account."),
    form({
      fields: described(await fieldsOf("verify-email/"), { skip: NAMES, completion: "current-password" }),
      submit: "Confirm this address",
      act: async (values) => {
        await accounts.verifyEmail({ ...claim, ...values });
        await loadUser();
        forgetLink();
        done(place, "Your new address is confirmed", `It is ${claim.email} now.`);
      },
      refused: (error) => refuse(place, error, () => [link(user ? "/email/" : "/login/", user ? "Ask for another link" : "Log in", "button primary")]),
    }),
  ));
  return place;
}

export async function resetPassword() {
  const claim = readClaim(location.href);
  const another = (error) => [
    link("/forgot-password/", "Ask for another link", "button primary"),
    error?.code === "link_already_used" ? make("p", { class: "ways" }, link("/login/", "Log in")) : "",
  ];
  if (!claim) return incomplete(...another());
  const place = make("div", {});
  place.append(card(
    heading("Set a new password"),
    lead("All your sessions end, on all devices."),
    form({
      fields: described(await fieldsOf("reset-password/"), { skip: NAMES }),
      submit: "Set the password",
      act: async (values) => {
        await accounts.resetPassword({ ...claim, ...values });
        await loadUser();
        forgetLink();
        done(place, "Your password is changed", "Log in with the new one.");
      },
      refused: (error) => refuse(place, error, another),
    }),
  ));
  return place;
}

/** Takes the used link out of the address, so that it is neither copied nor sent again by accident. */
function forgetLink() {
  history.replaceState(null, "", "/");
}

function done(place, title, text) {
  const { login } = notes.take("registered") ?? {};
  if (login) notes.set("registered", { login });
  show(place, card(
    good(), heading(title), lead(text),
    user ? link("/profile/", "To my account", "button primary") : link("/login/", "Log in", "button primary"),
  ));
}

function incomplete(...ways) {
  return card(bad(), heading("The link is incomplete"),
    lead("Open it from the mail again, or copy it whole: mail programs sometimes break long lines."), ...ways);
}

const ENDS = {
  signature_expired: ["This link has expired", "Links work for a limited time only."],
  link_already_used: ["This link was used before", "A link works once. If it was you, there is nothing left to do."],
  invalid_signature: ["This link does not work", "It may be incomplete, or a newer one has replaced it."],
  email_taken: ["Another account has this address", "Its owner has confirmed it first. Log in to that account, or sign up with another address."],
  user_not_found: ["This account does not exist any more", "Accounts whose address is never confirmed are deleted after a while."],
};

/** Shows the end of a link that the server refuses, with a way on. Other errors stay at the form. */
function refuse(place, error, ways) {
  const end = ENDS[error.code];
  if (!end) return false;
  forgetLink();
  show(place, card(bad(), heading(end[0]), lead(end[1]), ...ways(error)));
  return true;
}

function registrationWays(error) {
  if (error.code === "user_not_found") return [link("/register/", "Sign up", "button primary")];
  const signUp = site.registration ? link("/register/", "Sign up") : null;
  const ways = (...links) => make("p", { class: "ways" }, ...links);
  if (error.code === "email_taken" || error.code === "link_already_used") {
    return [link("/login/", "Log in", "button primary"), ways(signUp)];
  }
  return [anotherLink(notes.get("registered")?.email), ways(link("/login/", "Log in"), signUp)];
}

function show(place, content) {
  place.replaceChildren(content);
  content.querySelector("h1").focus();
}

