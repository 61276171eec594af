// Ctrl-K: go to a list, a page or a record by typing. Answers come from /search/palette/, scoped to the viewer.
"use strict";
(() => {
  const dialog = document.querySelector("dialog.palette");
  if (!dialog || !dialog.showModal) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  let timer = 0;
  let asked = 0;

  const options = () => [...list.querySelectorAll('[role="option"]')];
  const select = (index) => {
    const all = options();
    if (!all.length) { input.removeAttribute("aria-activedescendant"); return; }
    const i = (index + all.length) % all.length;
    all.forEach((option, n) => option.setAttribute("aria-selected", n === i ? "true" : "false"));
    input.setAttribute("aria-activedescendant", all[i].id);
    all[i].scrollIntoView({ block: "nearest" });
  };
  const current = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
  const load = async () => {
    const mine = ++asked;
    const answer = await fetch(`${dialog.dataset.url}?q=${encodeURIComponent(input.value)}`, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || mine !== asked) return;
    list.innerHTML = await answer.text();
    select(0);
  };
  const open = () => { if (!dialog.open) { dialog.showModal(); input.value = ""; load(); } };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
  for (const button of document.querySelectorAll("[data-palette]")) { button.hidden = false; button.addEventListener("click", open); }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(load, 120); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); select(current() + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); select(current() - 1); }
    else if (event.key === "Enter") {
      event.preventDefault();
      const chosen = options()[current()];
      if (chosen) location.assign(chosen.dataset.href);
      else if (input.value.trim()) location.assign(`${dialog.dataset.search}?q=${encodeURIComponent(input.value.trim())}`);
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) location.assign(option.dataset.href);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
})();
