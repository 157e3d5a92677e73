// Two corners tapped on the picture become a line of the right places.

const picture = document.querySelector("[data-areas]");
const SVG = "http://www.w3.org/2000/svg";
let first = null;

function draw(text, marks) {
  marks.replaceChildren();
  for (const line of text.value.split("\n")) {
    const sides = line.trim().split(/[\s,，]+/).map(Number);
    if (sides.length !== 4 || sides.some(Number.isNaN)) continue;
    const [left, top, right, bottom] = sides;
    const area = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ class: "hotspot__area", x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) })) {
      area.setAttribute(name, value);
    }
    marks.append(area);
  }
}

if (picture) {
  const text = document.getElementById(picture.dataset.areas);
  const marks = picture.querySelector("svg");
  picture.classList.add("hotspot__picture--open");
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top].map((side, n) => Math.round((side / [box.width, box.height][n]) * 100));
    if (!first) {
      first = at;
      return;
    }
    const [xs, ys] = [0, 1].map((n) => [first[n], at[n]].sort((a, b) => a - b));
    first = null;
    text.value = `${text.value.trimEnd()}\n${xs[0]} ${ys[0]} ${xs[1]} ${ys[1]}`.trimStart();
    draw(text, marks);
  });
  text.addEventListener("input", () => draw(text, marks));
  draw(text, marks);
}
