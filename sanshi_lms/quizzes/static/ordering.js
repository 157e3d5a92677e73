// Turns the numbered choices of an ordering question into a list whose entries move up and down.
// The choices stay in the page, hidden, and carry the answer as they do without this script.

class Order {
  constructor(box) {
    this.box = box;
    this.section = box.closest("[data-item]");
    box.querySelector("[data-order-hint]").textContent = "按先后顺序排好：用“上移”“下移”调整。";
    this.entries = [...box.querySelectorAll(".field")].map((field) => this.entry(field));
    this.list = document.createElement("ol");
    this.list.className = "quiz-steps";
    this.keep = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button button--quiet",
      textContent: "就按现在的顺序",
    });
    this.keep.addEventListener("click", () => this.write());
    this.said = Object.assign(document.createElement("p"), { className: "visually-hidden" });
    this.said.setAttribute("role", "status");
    box.append(this.list, this.keep, this.said);
    this.section.addEventListener("shown", () => this.sort());
    this.sort();
  }

  entry(field) {
    const select = field.querySelector("select");
    const words = field.querySelector("label").textContent;
    field.hidden = true;
    const item = document.createElement("li");
    item.className = "quiz-step";
    item.append(Object.assign(document.createElement("span"), { className: "quiz-step__text", textContent: words }));
    const made = { item, select, words };
    for (const [label, step] of [["上移", -1], ["下移", 1]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", textContent: label });
      button.setAttribute("aria-label", `${label}：${words}`);
      button.addEventListener("click", () => this.move(made, step, button));
      item.append(button);
    }
    return made;
  }

  // What the choices say; without an answer the order in which they stand.
  sort() {
    const place = ({ select }) => Number(select.value) || Infinity;
    this.entries.sort((a, b) => place(a) - place(b));
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.entries.map(({ item }) => item));
    this.keep.hidden = this.entries.every(({ select }) => select.value);
  }

  move(entry, step, button) {
    const from = this.entries.indexOf(entry);
    const to = from + step;
    if (to < 0 || to >= this.entries.length) return;
    this.entries.splice(to, 0, ...this.entries.splice(from, 1));
    this.draw();
    button.focus();
    this.said.textContent = `${entry.words}，现在是第 ${to + 1} 步`;
    this.write();
  }

  write() {
    this.entries.forEach(({ select }, place) => {
      select.value = String(place + 1);
    });
    this.draw();
    this.entries[0].select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

for (const box of document.querySelectorAll("[data-order]")) new Order(box);
