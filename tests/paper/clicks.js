// Appended to a copy of a report by browser.sh: uses the page as a reader would, and writes what it found
// into the title.
{
  const problems = [];
  const check = (condition, words) => condition || problems.push(words);

  for (const article of document.querySelectorAll("article.table")) {
    const table = article.querySelector("table");
    const values = (column) =>
      [...table.querySelectorAll("tbody:not(.baselines) tr[data-kind]:not([data-kind=difference])")]
        .map((row) => row.cells[column].dataset.value)
        .filter((value) => value !== undefined)
        .map(Number);
    const order = () => [...table.querySelectorAll("tr[data-kind]")].map((row) => row.dataset.name).join();
    const first = order();
    const sorted = (column, sign) => values(column).every((value, i, all) => i === 0 || sign * (value - all[i - 1]) >= 0);
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = heading.querySelector("button");
      check(button, `${article.id}: heading ${column} has no button`);
      for (const [direction, sign] of column === 0 ? [] : [["descending", -1], ["ascending", 1]]) {
        button.click();
        check(heading.getAttribute("aria-sort") === direction, `${article.id}: column ${column} is not ${direction}`);
        check(sorted(column, sign), `${article.id}: column ${column} is not sorted ${direction}`);
      }
      if (column > 0) button.click();
      check(order() === first, `${article.id}: column ${column} does not give the first order back`);
    });
    const shown = () => [...table.querySelectorAll("tr[data-kind]")].filter((row) => row.checkVisibility()).length;
    const all = shown();
    const box = article.querySelector("input[type=search]");
    const type = (text) => {
      box.value = text;
      box.dispatchEvent(new Event("input"));
    };
    type("no such method");
    check(shown() === 0, `${article.id}: the filter hides nothing`);
    type(table.querySelector("tr[data-kind]").dataset.name.toUpperCase());
    check(shown() > 0, `${article.id}: the filter finds nothing`);
    type("");
    check(shown() === all, `${article.id}: the filter loses rows`);
    for (const toggle of article.querySelectorAll("input[type=checkbox]")) {
      toggle.click();
      check(shown() < all, `${article.id}: a toggle hides nothing`);
      toggle.click();
      check(shown() === all, `${article.id}: a toggle loses rows`);
    }
  }

  const dialog = document.getElementById("enlarged");
  for (const button of document.querySelectorAll("button.enlarge")) {
    button.click();
    check(dialog.open && dialog.querySelector("img").naturalWidth > 0, "a picture is not enlarged");
    dialog.querySelector("form button").click();
    check(!dialog.open, "the enlarged picture cannot be closed");
  }

  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  check(new Set(ids).size === ids.length, "an id stands twice");
  for (const link of document.querySelectorAll("a[href^='#']")) {
    check(document.getElementById(decodeURIComponent(link.hash.slice(1))), `${link.hash} leads nowhere`);
  }
  for (const picture of document.images) check(picture.alt && picture.complete && picture.naturalWidth, "a picture is broken");
  for (const drawing of document.querySelectorAll(".card svg")) check(drawing.ariaLabel, "a figure has no name");
  check(document.documentElement.scrollWidth <= innerWidth, `the page is ${document.documentElement.scrollWidth} px wide`);
  check(document.querySelectorAll("article.table").length > 0, "the page has no table");

  console.warn("clicks were tried");
  document.title = `height ${document.documentElement.scrollHeight}; ${problems.length} problems: ${problems.join("; ")}`;
}
