// What a word can be taken along as: its address, its text, paper; and a text of the page, such as a new key. Without
// JavaScript the buttons are not there.
"use strict";

document.querySelectorAll("[data-take]").forEach((box) => {
  const status = box.querySelector("[role=status]");
  box.hidden = false;

  async function put(text, said) {
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = said;
    } catch {
      status.textContent = "This browser does not let a page copy. Please copy by hand.";
    }
  }

  box.querySelector("[data-take-link]")?.addEventListener("click", (event) =>
    put(new URL(event.target.dataset.takeLink, window.location).href, "The link is copied."),
  );
  box.querySelector("[data-take-markdown]")?.addEventListener("click", async (event) => {
    const answer = await fetch(event.target.dataset.takeMarkdown).catch(() => null);
    if (answer && answer.ok) await put(await answer.text(), "The text is copied.");
    else status.textContent = "The text could not be fetched. Please try again.";
  });
  box.querySelector("[data-take-print]").addEventListener("click", () => window.print());
});

document.querySelectorAll("[data-copy]").forEach((button) => {
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      status.textContent = "It is copied.";
    } catch {
      status.textContent = "This browser does not let a page copy. Please copy by hand.";
    }
  });
});
