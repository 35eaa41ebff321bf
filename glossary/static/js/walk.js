// Walks a list of suggestions by keyboard: j and k or the arrows move, Enter opens, x ticks, ? tells the keys.
// Keys are left alone while somebody types, holds a modifier, or has a dialog open.
"use strict";

(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const help = document.querySelector("dialog[data-keys]");
  const linkOf = (row) => row.querySelector("a[href]");

  function here() {
    return rows.indexOf(document.activeElement.closest("[data-row]"));
  }

  function move(step) {
    if (!rows.length) return;
    const at = here();
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    linkOf(rows[next]).focus();
    rows[next].scrollIntoView({ block: "nearest" });
  }

  function tick() {
    const box = rows[here()]?.querySelector("input[type=checkbox]");
    if (box) box.click();
  }

  const keys = {
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    x: tick,
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || help.open || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.querySelectorAll("[data-show-keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  });
})();
