"use strict";
const byId = (id) => document.getElementById(id);
if (byId("search")) {
  const suites = [...document.querySelectorAll("details.suite")];
  const filter = () => {
    const words = byId("words").value.trim().toLowerCase();
    const unmet = byId("unmet").checked;
    for (const suite of suites) {
      const title = suite.querySelector("summary").textContent.toLowerCase();
      let shown = 0;
      for (const row of suite.querySelectorAll("tbody tr")) {
        const found = title.includes(words) || row.textContent.toLowerCase().includes(words);
        row.hidden = !found || (unmet && row.classList.contains("met"));
        shown += !row.hidden;
      }
      suite.hidden = shown === 0;
      if (words || unmet) suite.open = true;
    }
  };
  byId("words").addEventListener("input", filter);
  byId("unmet").addEventListener("change", filter);
  byId("all").addEventListener("click", () => suites.forEach((suite) => { suite.open = true; }));
  byId("search").hidden = false;
}
const show = () => {
  const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
};
addEventListener("hashchange", show);
show();
