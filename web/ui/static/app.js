// Progressive touches only: every page works without this file.
"use strict";

// Copy buttons are hidden in the page and appear where copying can work.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  const label = button.innerHTML;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { button.innerHTML = label; }, 2000);
  });
}

// The sign-in request of the HTTP-POST binding leaves by itself.
const leaving = document.querySelector("form[data-auto-submit]");
if (leaving) leaving.submit();

// An upload form says which file was chosen, and accepts a dropped one.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length === 1) input.files = event.dataTransfer.files;
  });
}
