// Before and after: a range over both pictures moves the line. Without this script both are shown.

for (const frame of document.querySelectorAll("[data-compare]")) {
  const range = document.createElement("input");
  range.type = "range";
  range.className = "compare__range";
  range.min = "0";
  range.max = "100";
  range.value = "50";
  range.setAttribute("aria-label", "左右拖动，对比整治前和整治后");
  const line = document.createElement("span");
  line.className = "compare__line";
  line.setAttribute("aria-hidden", "true");
  const show = () => {
    frame.style.setProperty("--at", `${range.value}%`);
    range.setAttribute("aria-valuetext", `整治前占 ${range.value}%`);
  };
  // Some phones move a range only by its thumb; here a finger anywhere moves the line.
  const follow = (event) => {
    const box = frame.getBoundingClientRect();
    range.value = String(Math.round(((event.clientX - box.left) / box.width) * 100));
    show();
  };
  range.addEventListener("pointerdown", follow);
  range.addEventListener("pointermove", (event) => event.buttons && follow(event));
  range.addEventListener("input", show);
  frame.append(range, line);
  frame.classList.add("compare--live");
  show();
}
