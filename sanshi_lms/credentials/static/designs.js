// Draws the page anew while somebody writes; the server draws it, so it is what will be printed.

const form = document.querySelector("form[data-design]");
const page = document.querySelector("[data-page]");
const sample = document.querySelector("[data-sample]");
const problem = document.querySelector("[data-problem]");
const PAUSE_MS = 500;
let timer = 0;
let turn = 0;

async function draw() {
  const mine = ++turn;
  const fields = new URLSearchParams({ sample: sample.value });
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "csrf_token") fields.append(name, value);
  }
  let answer;
  try {
    answer = await fetch(`${form.dataset.design}?${fields}`, { headers: { Accept: "application/json" } });
  } catch {
    return; // the line is gone; the next stroke tries again
  }
  if (mine !== turn) return;
  problem.hidden = answer.ok;
  if (answer.ok) {
    page.src = answer.url;
    page.hidden = false;
  } else {
    const told = await answer.json().catch(() => null);
    problem.textContent = told?.error?.message ?? "现在画不出来，请稍后再试。";
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(draw, PAUSE_MS);
}

form.addEventListener("input", later);
sample.addEventListener("change", draw);
// A picture has to be with the server before it can be drawn.
for (const input of form.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => form.querySelector("button[value=look]").click());
}
