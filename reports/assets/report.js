// Sorts and filters tables, and enlarges pictures. Without it the page is complete, only less handy.
"use strict";

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

// A difference stays below the row that it belongs to.
const blocksOf = (body) => {
  const blocks = [];
  for (const row of body.querySelectorAll("tr[data-kind]")) {
    if (row.dataset.kind === "difference" && blocks.length > 0) blocks.at(-1).push(row);
    else blocks.push([row]);
  }
  return blocks;
};

const keyOf = (row, column) => {
  if (column === 0) return row.dataset.name;
  const cell = row.cells[column];
  if (cell?.dataset.value !== undefined) return Number(cell.dataset.value);
  return undefined;
};

const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en"));

// Rows without a value come last in either direction, and equal ones keep the order of the suite.
const sortBody = (body, original, column, direction) => {
  const keyed = original.map((block) => [keyOf(block[0], column), block]);
  if (direction !== "none") {
    const sign = direction === "ascending" ? 1 : -1;
    keyed.sort(([a], [b]) => {
      if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
      return sign * compare(a, b);
    });
  }
  body.append(...keyed.flatMap(([, block]) => block));
};

// Numbers first show the highest, names the first; a third click brings the order of the suite back.
const next = (now, column) => {
  const cycle = column === 0 ? ["ascending", "descending", "none"] : ["descending", "ascending", "none"];
  return cycle[(cycle.indexOf(now) + 1) % 3];
};

const makeSortable = (table) => {
  const headings = [...table.tHead.rows[0].cells];
  const bodies = [...table.tBodies].map((body) => [body, blocksOf(body)]);
  headings.forEach((heading, column) => {
    const button = make("button", { type: "button", title: "Sort by this column" }, ...heading.childNodes);
    heading.replaceChildren(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const direction = next(heading.getAttribute("aria-sort"), column);
      headings.forEach((other) => other.setAttribute("aria-sort", "none"));
      heading.setAttribute("aria-sort", direction);
      bodies.forEach(([body, blocks]) => sortBody(body, blocks, column, direction));
    });
  });
};

const KINDS = [
  ["baseline", "trivial baselines"],
  ["published", "published rows"],
];

const makeFilterable = (article, table) => {
  const bodies = [...table.tBodies].map((body) => [body, blocksOf(body)]);
  const box = make("input", { type: "search", placeholder: "method" });
  const status = make("span", { className: "unseen", role: "status" });
  const toggles = KINDS.filter(([kind]) => table.querySelector(`tr[data-kind="${kind}"]`)).map(([kind, words]) => [
    kind,
    words,
    make("input", { type: "checkbox", checked: true }),
  ]);
  const apply = () => {
    const words = box.value.trim().toLowerCase();
    const hidden = toggles.filter(([, , toggle]) => !toggle.checked).map(([kind]) => kind);
    let shown = 0;
    for (const [body, blocks] of bodies) {
      let any = false;
      for (const block of blocks) {
        const { kind, name } = block[0].dataset;
        const show = !hidden.includes(kind) && name.toLowerCase().includes(words);
        block.forEach((row) => (row.hidden = !show));
        any ||= show;
        shown += show;
      }
      const divider = body.querySelector(".divider");
      if (divider) divider.hidden = !any;
    }
    status.textContent = `${shown} rows shown`;
  };
  box.addEventListener("input", apply);
  toggles.forEach(([, , toggle]) => toggle.addEventListener("change", apply));
  const controls = make("div", { className: "controls" }, make("label", {}, "Filter ", box));
  toggles.forEach(([, words, toggle]) => controls.append(make("label", {}, toggle, words)));
  controls.append(status);
  article.querySelector(".scroll").before(controls);
};

for (const article of document.querySelectorAll("article.table")) {
  const table = article.querySelector("table");
  makeSortable(table);
  makeFilterable(article, table);
}

const dialog = document.getElementById("enlarged");
for (const picture of document.querySelectorAll("img.zoom")) {
  const button = make("button", { type: "button", className: "enlarge", title: "Enlarge" });
  picture.replaceWith(button);
  button.append(picture);
  button.addEventListener("click", () => {
    dialog.querySelector(".picture").replaceChildren(make("img", { src: picture.src, alt: picture.alt }));
    dialog.showModal();
  });
}
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

// On a phone the contents fold away.
if (matchMedia("(max-width: 40rem)").matches) document.querySelector("nav details").open = false;
