// A linked word shows what it means where it is linked: under the pointer, on focus, and at the first tap.
"use strict";

(() => {
  const box = document.createElement("div");
  box.className = "preview";
  box.id = "preview";
  box.hidden = true;
  box.setAttribute("role", "tooltip");
  document.body.append(box);

  const known = new Map();
  let shownFor = null;
  let timer = 0;

  async function card(link) {
    const address = link.pathname.replace(/\/terms\/([^/]+)\/$/, "/card/$1/");
    if (!known.has(address)) {
      const answer = await fetch(address, { headers: { "X-Requested-With": "preview" } });
      const isCard = answer.ok && new URL(answer.url).pathname === address; // else the way to sign in
      const page = new DOMParser().parseFromString(isCard ? await answer.text() : "", "text/html");
      known.set(address, page.querySelector(".small-card"));
    }
    return known.get(address);
  }

  async function show(link) {
    shownFor = link;
    const found = await card(link).catch(() => null);
    if (!found || shownFor !== link) return;
    box.replaceChildren(document.importNode(found, true));
    box.hidden = false;
    link.setAttribute("aria-describedby", box.id);
    const place = link.getBoundingClientRect();
    const left = Math.max(8, Math.min(place.left, document.documentElement.clientWidth - box.offsetWidth - 8));
    const fitsBelow = place.bottom + box.offsetHeight + 16 < window.innerHeight;
    box.style.left = `${left + window.scrollX}px`;
    box.style.top = `${window.scrollY + (fitsBelow ? place.bottom + 6 : place.top - box.offsetHeight - 6)}px`;
  }

  function hide() {
    window.clearTimeout(timer);
    if (shownFor) shownFor.removeAttribute("aria-describedby");
    shownFor = null;
    box.hidden = true;
  }

  const linkOf = (event) => (event.target instanceof Element ? event.target.closest("a.term") : null);

  function soon(act) {
    window.clearTimeout(timer);
    timer = window.setTimeout(act, 180);
  }

  document.addEventListener("pointerover", (event) => {
    const link = linkOf(event);
    if (event.pointerType !== "touch" && link) soon(() => show(link));
    else if (box.contains(event.target)) window.clearTimeout(timer); // one may read on
    else if (shownFor && event.pointerType !== "touch") soon(hide);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link && link.matches(":focus-visible")) show(link);
    else if (!link) hide();
  });
  document.addEventListener("pointerup", (event) => {
    const link = linkOf(event);
    if (event.pointerType === "touch" && !link && !box.contains(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (link && event.pointerType === "touch" && shownFor !== link) {
      event.preventDefault(); // the first tap shows, the second goes there
      show(link);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
})();
