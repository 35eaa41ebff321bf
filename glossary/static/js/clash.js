// Where two texts clash, whoever writes other words has chosen them.
"use strict";

document.querySelectorAll(".clash").forEach((clash) => {
  const own = clash.querySelector("input[type=radio][value=own]");
  if (own) clash.querySelector(".field").addEventListener("input", () => (own.checked = true));
});
