// The portal finds as one types; without this file its form does.
"use strict";

const find = document.querySelector("form[data-live]");
if (find) {
  const field = find.querySelector("input[type=search]");
  let waiting = 0;
  let asked = null;

  const show = async () => {
    const said = field.value.trim();
    const address = said === "" ? "/" : "/?q=" + encodeURIComponent(said);
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: asked.signal });
      if (!answer.ok || answer.redirected) throw new Error("not the portal");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of ["results", "found"]) {
        document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
      }
      history.replaceState(null, "", address);
    } catch (problem) {
      if (problem.name !== "AbortError") find.submit(); // the session may be over: let the page say so
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  find.addEventListener("submit", () => clearTimeout(waiting));

  // A slash goes to the search, as elsewhere.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea")) return;
    event.preventDefault();
    field.focus();
  });
}
