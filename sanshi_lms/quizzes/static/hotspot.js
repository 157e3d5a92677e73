// A tap on the picture fills in the two numbers below it; they carry the answer, and are the way for
// who cannot point. What the numbers say is drawn.

const SVG = "http://www.w3.org/2000/svg";

class Hotspot {
  constructor(figure) {
    this.picture = figure.querySelector("[data-hotspot-picture]");
    this.marks = this.picture.querySelector("svg");
    const place = figure.closest("[data-part], [data-item]");
    this.fields = [...place.querySelectorAll("[data-field]")];
    if (this.fields.length !== 2) return; // marked already
    this.picture.classList.add("hotspot__picture--open");
    this.picture.addEventListener("click", (event) => this.point(event));
    for (const field of this.fields) field.addEventListener("input", () => this.draw());
    figure.closest("[data-item]").addEventListener("shown", () => this.draw());
    this.draw();
  }

  point(event) {
    const box = this.picture.getBoundingClientRect();
    const sides = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    this.fields.forEach((field, side) => {
      field.value = (Math.min(1, Math.max(0, sides[side])) * 100).toFixed(1);
    });
    this.draw();
    this.fields[0].dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw() {
    this.marks.replaceChildren();
    const [x, y] = this.fields.map(({ value }) => Number.parseFloat(value));
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    // A line of no length with round ends: a dot that stays round however the picture is drawn.
    const dot = document.createElementNS(SVG, "path");
    dot.setAttribute("class", "hotspot__point");
    dot.setAttribute("d", `M${x} ${y}h0`);
    this.marks.append(dot);
  }
}

for (const figure of document.querySelectorAll("[data-hotspot]")) new Hotspot(figure);
