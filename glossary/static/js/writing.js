// While one types into the form for a text: what is missing and the preview follow, what is typed is kept for its owner,
// and nobody leaves with something unkept without being asked. Without JavaScript a button checks.
"use strict";

(() => {
  const form = document.querySelector("form[data-writing]");
  if (!form) return;
  const panel = document.querySelector("[data-checked]");
  const verdictSaid = form.querySelector("[data-verdict-said]");
  const keptSaid = form.querySelector("[data-kept-said]");
  const CHECK_AFTER = 500;
  const KEEP_AFTER = 1000;
  const AGAIN_AFTER = 10000;
  let changes = 0; // made so far, and those that are kept
  let kept = 0;
  let isSending = false;
  let checkPause = 0;
  let keepPause = 0;
  let checking = new AbortController();
  let keeping = new AbortController();

  async function send(address, { signal }) {
    const answer = await fetch(address, { method: "POST", body: new FormData(form), signal });
    if (answer.redirected) throw new Error("signed out");
    return answer;
  }

  async function check() {
    window.clearTimeout(checkPause);
    checking.abort();
    checking = new AbortController();
    const current = checking;
    try {
      const answer = await send(form.dataset.checkAt, current);
      if (current !== checking) return;
      if (!answer.ok) {
        verdictSaid.textContent = "This could not be checked just now.";
        return;
      }
      panel.innerHTML = await answer.text();
      const verdict = panel.querySelector("[data-verdict]").textContent.trim();
      if (verdictSaid.textContent !== `${verdict}.`) verdictSaid.textContent = `${verdict}.`;
    } catch {
      // the next pause tries again; what is typed is looked after by keep()
    }
  }

  async function keep() {
    window.clearTimeout(keepPause);
    keeping.abort();
    keeping = new AbortController();
    const current = keeping;
    const upTo = changes;
    try {
      const answer = await send(form.dataset.keepAt, current);
      if (answer.ok) kept = upTo;
      else if (answer.status >= 500) keepPause = window.setTimeout(keep, AGAIN_AFTER);
      const isSentence = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
      keptSaid.textContent = isSentence ? await answer.text() : "What you typed could not be kept just now.";
    } catch (error) {
      if (current.signal.aborted) return;
      const why = error.message === "signed out" ? "you are signed out. Sign in in another tab" : "there is no connection";
      keptSaid.textContent = `Not kept: ${why}.`;
      keepPause = window.setTimeout(keep, AGAIN_AFTER);
    }
  }

  function changed() {
    changes += 1;
    window.clearTimeout(checkPause);
    window.clearTimeout(keepPause);
    checkPause = window.setTimeout(check, CHECK_AFTER);
    keepPause = window.setTimeout(keep, KEEP_AFTER);
  }

  form.addEventListener("input", (event) => {
    if (!event.target.closest(".entry")) changed(); // of an entry, its line follows and is what is sent
  });

  // What lies folded away unfolds for whoever is led to it, by a link or by the browser's own checks.
  function unfold(field) {
    const fold = field && field.closest("details");
    if (fold) fold.open = true;
  }

  form.addEventListener("invalid", (event) => unfold(event.target), true);
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest('a[href^="#id_"]');
      if (link) unfold(document.querySelector(link.hash));
    },
    true, // before the field that it leads to is given the focus
  );

  form.addEventListener("submit", () => {
    isSending = true;
    window.clearTimeout(keepPause);
    keeping.abort();
  });

  form.querySelector("[data-check-now]").addEventListener("click", async (event) => {
    event.preventDefault();
    await check();
    document.getElementById("check").focus();
  });

  window.addEventListener("beforeunload", (event) => {
    if (changes > kept && !isSending) event.preventDefault();
  });
  window.addEventListener("pageshow", () => (isSending = false));

  if ("unkept" in form.dataset) changed(); // sent, and not taken
  else if (form.elements.name.value.trim() && !panel.querySelector("[data-verdict]")) check();
})();
