// A list in the form for a text: a row for each entry, added and removed with buttons. The field with one entry a line
// stays beneath and is what is sent; without JavaScript it is what one sees.
"use strict";

document.querySelectorAll("textarea[data-rows]").forEach((lines) => {
  const { rows: kind, add: addWords } = lines.dataset;
  const label = document.querySelector(`label[for="${lines.id}"]`);
  const name = label.firstChild.textContent.trim();
  const list = document.createElement("ol");
  const adding = document.createElement("button");
  const said = document.createElement("span");

  function element(tag, attributes, value = "") {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([key, is]) => made.setAttribute(key, is));
    if (value) made.value = value;
    return made;
  }

  const text = (value) => element("textarea", { rows: 1, class: "form-control", "data-links": "on" }, value);
  const line = (value, more = {}) => element("input", { type: "text", class: "form-control", autocomplete: "off", ...more }, value);

  // What each kind of row is made of, and the line it stands for.
  const KINDS = {
    text: { split: (entry) => [text(entry)], join: ([words]) => words },
    name: { split: (entry) => [line(entry)], join: ([words]) => words },
    relation: { split: relation, join: ([how, word]) => word && `${how}: ${word}` },
    question: { split: question, join: ([day, words]) => [day, words].filter(Boolean).join(": ") },
  };

  function relation(entry) {
    const choices = JSON.parse(lines.dataset.relations);
    const [, before, after] = entry.match(/^([^:]*):(.*)$/) || [];
    const isSaid = before !== undefined && before.trim().toLowerCase() in choices;
    const how = element("select", { class: "form-control", "aria-label": "How it relates" });
    Object.entries(choices).forEach(([key, words]) => how.add(new Option(words, key)));
    how.value = isSaid ? before.trim().toLowerCase() : "see also";
    return [how, line(isSaid ? after.trim() : entry, { "data-pick": "name" })];
  }

  function question(entry) {
    const [, day, words] = entry.match(/^(\d{4}-\d{2}-\d{2})\s*:\s*(.*)$/) || [, "", entry];
    const when = element("input", { type: "date", class: "form-control", "aria-label": "Look again on" }, day);
    return [when, text(words)];
  }

  const controls = (row) => [...row.querySelectorAll("input, select, textarea")];
  const main = (row) => controls(row).at(-1);

  function write() {
    const entries = [...list.children].map((row) => KINDS[kind].join(controls(row).map((field) => field.value.replace(/\s*\n\s*/g, " ").trim())));
    lines.value = entries.filter(Boolean).join("\n");
    lines.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function number() {
    const described = lines.getAttribute("aria-describedby");
    [...list.children].forEach((row, at) => {
      main(row).setAttribute("aria-label", `${name}, entry ${at + 1}`);
      if (described) main(row).setAttribute("aria-describedby", described);
      row.querySelector("button").setAttribute("aria-label", `Remove entry ${at + 1} of ${name}`);
    });
    list.hidden = !list.firstElementChild;
  }

  function add(entry = "", after = null) {
    const row = document.createElement("li");
    const removing = element("button", { type: "button", class: "btn btn-secondary row-remove" });
    removing.textContent = "Remove";
    row.className = `entry entry-${kind}`;
    row.append(...KINDS[kind].split(entry), removing);
    if (after) after.after(row);
    else list.append(row);
    return row;
  }

  function begin(after) {
    const row = add("", after);
    number();
    main(row).focus();
  }

  function remove(row) {
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    number();
    write();
    said.textContent = "The entry is removed.";
    (next ? main(next) : adding).focus();
  }

  list.addEventListener("input", write);
  list.addEventListener("click", (event) => {
    if (event.target.closest(".row-remove")) remove(event.target.closest("li"));
  });
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("li");
    const isMain = row && event.target === main(row);
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && event.target.matches("input, textarea")) {
      event.preventDefault(); // a row is not the whole form
      if (isMain && event.target.value.trim()) begin(row);
    } else if (event.key === "Backspace" && isMain && !event.target.value) {
      event.preventDefault();
      remove(row);
    }
  });
  list.addEventListener("paste", (event) => {
    const pasted = event.clipboardData.getData("text").split("\n").map((entry) => entry.trim()).filter(Boolean);
    const row = event.target.closest("li");
    if (pasted.length < 2 || event.target !== main(row)) return;
    event.preventDefault();
    const last = pasted.reduce((after, entry) => add(entry, after), row);
    if (!main(row).value.trim()) row.remove();
    number();
    write();
    main(last).focus();
  });

  list.className = "entries";
  list.setAttribute("aria-label", name);
  adding.type = "button";
  adding.className = "btn btn-secondary row-add";
  adding.textContent = addWords;
  adding.addEventListener("click", () => begin(null));
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  // The label, and whatever else leads to the field, leads to the first row.
  document.addEventListener("click", (event) => {
    const leads = event.target.closest(`label[for="${lines.id}"], a[href="#${lines.id}"]`);
    if (!leads) return;
    event.preventDefault();
    (list.firstElementChild ? main(list.firstElementChild) : adding).focus();
  });
  lines.value.split("\n").filter((entry) => entry.trim()).forEach((entry) => add(entry.trim()));
  number();
  const wrong = document.getElementById(`${lines.id}_error`);
  for (const [, at] of (wrong ? wrong.textContent : "").matchAll(/Line (\d+)/g)) {
    const row = list.children[at - 1];
    if (row) main(row).setAttribute("aria-invalid", "true");
  }
  lines.hidden = true;
  lines.closest(".field").querySelector("[data-lines-help]").hidden = true;
  lines.after(list, adding, said);
});
