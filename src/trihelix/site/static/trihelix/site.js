// Small conveniences only: every page reads and every main form works without this file.
"use strict";
(() => {
  // theme: the server reads the cookie, so that the next page is right from its first paint
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
  });
  // the language is sent as soon as it is chosen; the button stays for those without script
  for (const box of document.querySelectorAll("[data-submit-on-change]")) {
    box.addEventListener("change", () => box.form.requestSubmit());
  }
  // menus close on Escape and on a click elsewhere
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  // the navigation is folded on a telephone and open on a desktop
  const nav = document.querySelector("nav.areas > details");
  if (nav && matchMedia("(max-width: 760px)").matches) nav.open = false;
  // a folded place of the navigation fetches its entries when it is opened; without script its one link leads to them
  document.addEventListener("toggle", async (event) => {
    const place = event.target;
    if (!place.open || !place.dataset.load) return;
    const address = `${place.dataset.load}?part=1`;
    delete place.dataset.load;
    const answer = await fetch(address);
    if (answer.ok) place.querySelector("ul").innerHTML = await answer.text();
  }, true);
  // a form is sent once, even when the button is pressed twice
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.repeat !== undefined) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  // a form that was sent and did not come back, or came back with a word of success, was accepted: its draft (autosave.js) is no longer needed
  const sentDraft = sessionStorage.getItem("draft-sent");
  if (sentDraft) {
    sessionStorage.removeItem("draft-sent");
    const open = document.querySelector("form[data-autosave]");
    if (!open || open.dataset.autosave !== sentDraft || document.querySelector("[data-accepted]")) localStorage.removeItem(`draft:${sentDraft}`);
  }
  // after a refusal the summary is read first
  const summary = document.querySelector(".problems[tabindex]");
  if (summary) summary.focus();
  // rows of a row table: one more on demand
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    const body = document.getElementById(button.dataset.addRow).tBodies[0];
    const last = body.rows[body.rows.length - 1];
    const copy = last.cloneNode(true);
    const n = body.rows.length;
    for (const input of copy.querySelectorAll("[name]")) {
      input.name = input.name.replace(/\.\d+\./, `.${n}.`);
      input.id = input.id.replace(/\.\d+\./, `.${n}.`);
      input.value = "";
      const label = input.getAttribute("aria-label");
      if (label) input.setAttribute("aria-label", label.replace(/\d+/, n + 1));
    }
    body.append(copy);
    copy.querySelector("[name]").focus();
  });
})();
