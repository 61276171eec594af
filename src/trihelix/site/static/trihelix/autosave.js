// A form keeps its unsent values in this browser and offers them when one returns. Nothing is sent anywhere.
"use strict";
(() => {
  const PREFIX = "draft:";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const key = PREFIX + form.dataset.autosave;
  const skip = new Set(["csrfmiddlewaretoken", "version", "key"]);
  const values = () => [...new FormData(form)].filter(([name, value]) => !skip.has(name) && typeof value === "string");
  const status = document.querySelector("[data-autosave-status]");
  const initial = JSON.stringify(values());
  let timer = 0;

  const save = () => {
    const now = values();
    if (JSON.stringify(now) === initial) return;
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: now }));
      if (status) status.textContent = `${status.dataset.saved} ${new Date().toLocaleTimeString()}`;
    } catch { /* storage is full or forbidden: the form still works */ }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 800); });
  form.addEventListener("submit", () => { save(); sessionStorage.setItem("draft-sent", form.dataset.autosave); });

  const restore = (draft) => {
    const byName = new Map();
    for (const [name, value] of draft.values) byName.set(name, [...(byName.get(name) || []), value]);
    // A draft may hold more rows than the form shows: add them as the button does.
    for (const button of form.querySelectorAll("[data-add-row]")) {
      const prefix = `${button.dataset.addRow.replace(/^rows-/, "")}.`;
      const filled = draft.values.filter(([name, value]) => name.startsWith(prefix) && value).map(([name]) => Number(name.split(".")[1]));
      const rows = () => document.getElementById(button.dataset.addRow).tBodies[0].rows.length;
      for (let last = -1; rows() <= Math.max(-1, ...filled) && rows() !== last; ) { last = rows(); button.click(); }
    }
    for (const input of form.elements) {
      if (!input.name || skip.has(input.name) || input.type === "file") continue;
      const list = byName.get(input.name) || [];
      if (input.type === "checkbox" || input.type === "radio") input.checked = list.includes(input.value);
      else if (input.multiple && input.options) for (const option of input.options) option.selected = list.includes(option.value);
      else if (byName.has(input.name)) input.value = list.shift() ?? "";
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const held = localStorage.getItem(key);
  const bar = document.querySelector("[data-draft]");
  if (!held || !bar) return;
  let draft;
  try { draft = JSON.parse(held); } catch { localStorage.removeItem(key); return; }
  if (JSON.stringify(draft.values) === initial) return;
  bar.hidden = false;
  bar.querySelector("[data-draft-time]").textContent = new Date(draft.at).toLocaleString();
  bar.querySelector("[data-draft-restore]").addEventListener("click", () => { restore(draft); bar.hidden = true; });
  bar.querySelector("[data-draft-drop]").addEventListener("click", () => { localStorage.removeItem(key); bar.hidden = true; });
})();
