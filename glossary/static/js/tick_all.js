// Gives each group of tick boxes a button that ticks all of it, or none once all are ticked.
"use strict";

document.querySelectorAll("fieldset.shelf").forEach((group) => {
  const boxes = [...group.querySelectorAll("input[type=checkbox]:not(:disabled)")];
  if (!boxes.length) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary";
  const name = group.querySelector("legend").textContent;
  const areAll = () => boxes.every((box) => box.checked);
  const say = () => {
    button.textContent = areAll() ? "Tick none" : "Tick all";
    button.setAttribute("aria-label", `${button.textContent} of ${name}`);
  };
  button.addEventListener("click", () => {
    const wanted = !areAll();
    boxes.forEach((box) => (box.checked = wanted));
    say();
  });
  group.addEventListener("change", say);
  say();
  group.querySelector("legend").after(button);
});
