// Names of fields, and the values that a field can have, offered while somebody types a test. Which record type a test
// is about stands in its line “for each:”. Without JavaScript the names are typed.
"use strict";

(() => {
  const held = document.querySelector("[data-records]");
  const area = document.querySelector("[data-tests]");
  if (!held || !area) return;
  const records = JSON.parse(held.dataset.records);

  const list = document.createElement("ul");
  list.className = "find-list";
  list.id = "offered-fields";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Fields and values that begin so");
  area.after(list);

  // The test that is being typed: from the empty line before the caret to the one after it.
  function recordHere() {
    const before = area.value.slice(0, area.selectionStart);
    const block = area.value.slice(before.lastIndexOf("\n\n") + 1).split(/\n\n/)[0];
    const named = block.match(/^for each:\s*(\w+)\s*$/m);
    return named ? records[named[1]] : null;
  }

  // What could stand here, and from which place it is replaced: [from, [names]].
  function offered() {
    const before = area.value.slice(0, area.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const asked = line.match(/^for each:\s*(\w*)$/);
    if (asked) return [before.length - asked[1].length, beginning(Object.keys(records), asked[1])];
    const fields = recordHere();
    if (!fields || (/^\w+:/.test(line) && !/^(when|counted|yes|no|unknown):/.test(line))) return null;
    const value = line.match(/(\w+)\s*(?:=|<>|:)\s*'?([^'\s,{}()]*)$/);
    if (value && fields[value[1]] && fields[value[1]].length) {
      return [before.length - value[2].length, beginning(fields[value[1]], value[2])];
    }
    const word = line.match(/(?:^|[^\w'])([a-z]\w*)$/);
    return word ? [before.length - word[1].length, beginning(Object.keys(fields), word[1])] : null;
  }

  function beginning(names, typed) {
    return names.filter((name) => name.startsWith(typed) && name !== typed).slice(0, 8);
  }

  let isPicking = false;
  const offer = window.offering(area, list, (option) => {
    const found = offered();
    if (!found) return;
    isPicking = true;
    area.setRangeText(option.dataset.name, found[0], area.selectionStart, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    isPicking = false;
    offer.open(false);
  });

  area.addEventListener("input", () => {
    const found = isPicking ? null : offered();
    list.replaceChildren(
      ...(found ? found[1] : []).map((name) => {
        const option = document.createElement("li");
        option.dataset.name = name;
        option.setAttribute("role", "option");
        option.textContent = name;
        return option;
      }),
    );
    list.style.top = `${area.offsetTop + area.offsetHeight + 4}px`;
    offer.open(Boolean(found && found[1].length));
  });
})();
