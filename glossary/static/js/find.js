// The field that finds a word as one types, by the combobox pattern of the ARIA Authoring Practices: arrows choose,
// Enter opens, Escape closes. htmx brings the list; without JavaScript the field is a plain search.
"use strict";

// Joins a field to the list of what it offers; `pick` is given the option that was chosen. What is returned shows or
// hides the list. A text of several lines keeps its arrows until the list is there.
window.offering = (field, list, pick) => {
  const isCombobox = field.tagName === "INPUT";
  let chosen = -1;

  if (isCombobox) {
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "false");
  }
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);

  const options = () => [...list.children];

  function open(isOpen) {
    options().forEach((option, at) => (option.id = `${list.id}-${at}`));
    list.hidden = !isOpen;
    if (isCombobox) field.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) choose(-1);
  }

  function choose(index) {
    chosen = index;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = options()[index];
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  field.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count && (isCombobox || !list.hidden)) {
      event.preventDefault();
      open(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose((chosen + step + count + (chosen < 0 && step < 0 ? 1 : 0)) % count);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      pick(options()[chosen]);
    }
  });

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick(option);
  });
  field.addEventListener("blur", () => open(false));
  return { open, options };
};

document.querySelectorAll("[data-find]").forEach((box) => {
  const field = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[role=status]");
  const offer = window.offering(field, list, (option) => window.location.assign(option.dataset.href));
  const said = (words) => (words === 0 ? "No word begins so." : words === 1 ? "1 word begins so." : `${words} words begin so.`);

  box.addEventListener("htmx:beforeSwap", (event) => {
    // Whoever was signed out meanwhile is sent to the sign-in page, which is no list.
    if (new URL(event.detail.xhr.responseURL).pathname !== field.getAttribute("hx-get")) {
      event.detail.shouldSwap = false;
    }
  });

  box.addEventListener("htmx:afterSwap", () => {
    const words = list.querySelectorAll("li:not(.find-all)").length;
    offer.open(offer.options().length > 0 && document.activeElement === field);
    status.textContent = offer.options().length ? said(words) : "";
  });
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  const field = document.querySelector("[data-find] input");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && field) {
    event.preventDefault();
    field.focus();
  }
});
