// Words picked by name, in the forms for a text: a field for one word offers words as one types, and so does a text
// after “[[”. Without JavaScript the names are typed.
"use strict";

(() => {
  const form = document.querySelector("[data-names-at]");
  const known = new WeakSet();
  let made = 0;

  async function names(query, signal) {
    const address = form.dataset.namesAt;
    const answer = await fetch(`${address}?q=${encodeURIComponent(query)}`, { signal });
    if (!answer.ok || new URL(answer.url).pathname !== address) return []; // else the way to sign in
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...page.querySelectorAll("[data-name]")];
  }

  function typed(field, text, from, to) {
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // `asked` says what the names shall begin with, or null; `put` writes the name that was picked.
  function offerNames(field, asked, put) {
    const list = document.createElement("ul");
    list.className = "find-list";
    list.id = `names-${(made += 1)}`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Words that begin so");
    field.after(list);
    let pause = 0;
    let asking = new AbortController();
    let isPicking = false;

    const offer = window.offering(field, list, (option) => {
      isPicking = true; // what is written now asks for no names
      put(option.dataset.name);
      isPicking = false;
      offer.open(false);
    });

    field.addEventListener("input", () => {
      window.clearTimeout(pause);
      asking.abort();
      const query = isPicking ? null : asked();
      if (!query) return offer.open(false);
      asking = new AbortController();
      const { signal } = asking;
      pause = window.setTimeout(async () => {
        const found = await names(query, signal).catch(() => []);
        if (signal.aborted) return;
        list.replaceChildren(...found);
        list.style.top = `${field.offsetTop + field.offsetHeight + 4}px`;
        offer.open(found.length > 0 && document.activeElement === field);
      }, 120);
    });
  }

  function offerWholeName(field) {
    offerNames(
      field,
      () => field.value.trim(),
      (name) => typed(field, name, 0, field.value.length),
    );
  }

  function offerLinks(field) {
    const before = () => field.value.slice(0, field.selectionStart).match(/\[\[([^[\]|\n]*)$/);
    offerNames(
      field,
      () => (before() ? before()[1].trim() : null),
      (name) => {
        const from = field.selectionStart - before()[1].length;
        const isClosed = field.value.startsWith("]]", field.selectionStart);
        typed(field, `${name}]]`, from, field.selectionStart + (isClosed ? 2 : 0));
      },
    );
  }

  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (!form || !form.contains(field) || known.has(field)) return;
    if (field.dataset.pick) offerWholeName(field);
    else if (field.dataset.links) offerLinks(field);
    else return;
    known.add(field);
  });
})();
