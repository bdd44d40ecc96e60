// A table of the page: sorts by a click on a header, tells which row was chosen. All text goes in as text, never as markup.
export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".table");
  let order = data.rows.map((_, index) => index);
  let sorted = { column: -1, down: false };
  const fixed = data.total ? order.pop() : null;

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const compare = (left, right) => {
    const a = data.rows[left][sorted.column];
    const b = data.rows[right][sorted.column];
    if (a.n === null && b.n === null) return a.t.localeCompare(b.t, "zh");
    if (a.n === null) return 1;
    if (b.n === null) return -1;
    return sorted.down ? b.n - a.n : a.n - b.n;
  };

  const header = () => {
    const head = make("thead");
    if (data.columns.some((column) => column.group)) {
      const groups = make("tr");
      let last = null;
      for (const column of data.columns) {
        if (last && last.group === column.group) {
          last.cell.colSpan += 1;
        } else {
          last = { group: column.group, cell: make("th", column.group ? "group" : "", column.group) };
          groups.append(last.cell);
        }
      }
      head.append(groups);
    }
    const names = make("tr");
    data.columns.forEach((column, index) => {
      const cell = make("th", column.text ? "" : "figure");
      cell.scope = "col";
      const button = make("button", "", column.label);
      if (column.help) button.title = column.help;
      if (sorted.column === index) {
        cell.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
        button.append(make("span", "arrow", sorted.down ? " ▼" : " ▲"));
      }
      button.onclick = () => {
        sorted = { column: index, down: sorted.column === index ? !sorted.down : !column.text };
        order.sort(compare);
        draw();
      };
      cell.append(button);
      names.append(cell);
    });
    head.append(names);
    return head;
  };

  const line = (index) => {
    const row = make("tr", index === fixed ? "total" : "");
    data.rows[index].forEach((content, position) => {
      const column = data.columns[position];
      const cell = make("td", `${column.text ? "" : "figure"} ${content.tone} ${content.gap ? "gap" : ""} ${column.long ? "long" : ""}`);
      if (content.sign) cell.append(make("span", "sign", content.sign));
      if (column.largest && content.n !== null && index !== fixed) {
        const bar = make("span", "bar");
        bar.style.width = `${Math.max(0, Math.min(100, (100 * content.n) / column.largest))}%`;
        cell.append(bar);
      }
      cell.append(make("span", "text", content.t));
      if (content.help) cell.title = content.help;
      row.append(cell);
    });
    if (data.choose && index !== fixed) {
      row.tabIndex = 0;
      row.className = "choose";
      row.title = data.choose;
      row.onclick = () => setTriggerValue("row", index);
      row.onkeydown = (event) => {
        if (event.key === "Enter") setTriggerValue("row", index);
      };
    }
    return row;
  };

  const draw = () => {
    // many columns: a row stays on one line, the table scrolls
    const table = make("table", data.columns.length > 12 ? "wide" : "");
    table.setAttribute("aria-label", data.label);
    const body = make("tbody");
    for (const index of order) body.append(line(index));
    if (fixed !== null) body.append(line(fixed));
    if (!data.rows.length) {
      const cell = make("td", "gap", "没有符合条件的记录");
      cell.colSpan = data.columns.length;
      const row = make("tr");
      row.append(cell);
      body.append(row);
    }
    table.append(header(), body);
    host.replaceChildren(table);
  };

  draw();
}
