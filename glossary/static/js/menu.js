// What opens from the head closes again: by Escape, and by a click elsewhere.
"use strict";

(() => {
  const opened = () => [...document.querySelectorAll("[data-menu][open]")];

  document.addEventListener("keydown", (event) => {
    const inmost = opened().at(-1);
    if (event.key !== "Escape" || !inmost) return;
    inmost.open = false;
    inmost.querySelector("summary").focus();
  });

  document.addEventListener("click", (event) => {
    for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
  });
})();
