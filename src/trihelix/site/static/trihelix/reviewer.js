// A reviewer's score sheet saves itself to the server a second after the last change; without scripts the button does the same.
"use strict";
(() => {
  for (const form of document.querySelectorAll("form[data-reviewer]")) {
    const status = form.querySelector("[data-reviewer-status]");
    let timer = 0;
    const save = async () => {
      const body = new FormData(form);
      body.set("do", "save");
      try {
        const answer = await fetch(location.pathname, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
        const fine = answer.type === "opaqueredirect" || answer.ok;
        status.textContent = fine ? `${status.dataset.saved} ${new Date().toLocaleTimeString()}` : status.dataset.failed;
      } catch { status.textContent = status.dataset.failed; }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 1000); });
    form.addEventListener("submit", () => clearTimeout(timer));
  }
})();
