// Changes between light and dark without loading the page again, so that nothing half typed is lost. The server
// keeps the choice; without a script the same form is sent and the page comes back.
(function () {
  "use strict";

  function show(theme) {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    document.querySelector('meta[name="color-scheme"]').content = theme || "light dark";
    for (const button of document.querySelectorAll('[data-theme-form] button[name="theme"]')) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  }

  function closeMenu(menu) {
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const typed = new FormData(form, event.submitter);
    show(event.submitter.value);
    closeMenu(form.closest("details"));
    await fetch(form.action, { method: "POST", body: typed, redirect: "manual" }).catch(() => {});
  });
})();
