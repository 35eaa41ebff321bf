// What needs a script to work is shown where there is one; a passkey that failed says so on the page.
(function () {
  document.addEventListener("DOMContentLoaded", () => {
    if (!window.PublicKeyCredential) return;
    for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
    for (const told of document.querySelectorAll("[data-without-passkeys]")) told.hidden = true;
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    for (const told of document.querySelectorAll("[data-passkey-failed]")) told.hidden = false;
  });
})();
