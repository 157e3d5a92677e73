// Saves each answer as it is given. What the server has not acknowledged stays in this device's
// storage and is sent again when the line is back, also after the page was closed. Every opened
// page of the same attempt shows what the server has.

import { Countdown } from "./countdown.js";
import { Waiting } from "./waiting.js";

const form = document.querySelector("form[data-quiz]");
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
const TIMEOUT_MS = 15_000;
const TYPING_MS = 800;
const LOOK_MS = 30_000;

const banner = form.querySelector("[data-alert]");
const counter = form.querySelector("[data-answered]");
const items = new Map([...form.querySelectorAll("[data-item]")].map((el) => [el.dataset.item, el]));
const waiting = new Waiting(form.dataset.quiz);
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(`quiz.${form.dataset.quiz}`) : null;
const countdown = new Countdown(form.querySelector("[data-clock]"), endByClock);

let sending = false;
let ending = false;
let retryMs = FIRST_RETRY_MS;
let timer = 0;
let typing = 0;

function fieldsIn(section) {
  return [...section.querySelectorAll("[data-field]")];
}

function partsIn(section) {
  return [...section.querySelectorAll("[data-part]")];
}

function chosenIn(section) {
  const parts = partsIn(section);
  if (parts.length) {
    const each = parts.map(chosenIn);
    return each.some((one) => one.length) ? each : [];
  }
  const given = fieldsIn(section).map((field) => field.value.trim());
  if (given.length) return given.some(Boolean) ? given : [];
  return [...section.querySelectorAll("input:checked")].map((input) => Number(input.value));
}

function show(id, chosen) {
  const section = items.get(id);
  if (!section) return;
  const parts = partsIn(section);
  if (parts.length) parts.forEach((part, place) => fill(part, chosen[place] ?? []));
  else fill(section, chosen);
  section.dispatchEvent(new Event("shown"));
}

function fill(section, chosen) {
  const fields = fieldsIn(section);
  fields.forEach((field, place) => {
    // What somebody is typing is newer than what the server has.
    if (field !== document.activeElement) field.value = chosen[place] ?? "";
  });
  for (const input of section.querySelectorAll("input[type=radio], input[type=checkbox]")) {
    input.checked = chosen.includes(Number(input.value));
  }
}

function say(id, words, state = "") {
  const line = items.get(id)?.querySelector("[data-saved]");
  if (!line) return;
  line.textContent = words;
  line.className = `question__saved${state ? ` question__saved--${state}` : ""}`;
}

function count() {
  counter.textContent = [...items.values()].filter((el) => chosenIn(el).length).length;
}

async function send() {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  try {
    while (waiting.size) {
      const [id, entry] = waiting.first();
      if (!(await sendOne(id, entry))) return;
    }
    banner.hidden = true;
    retryMs = FIRST_RETRY_MS;
  } finally {
    sending = false;
  }
}

// Returns whether to go on with the next answer.
async function sendOne(id, entry) {
  let answer;
  let told;
  try {
    answer = await fetch(form.dataset.answersUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      body: JSON.stringify({ item: Number(id), ...entry }),
      signal: AbortSignal.timeout?.(TIMEOUT_MS),
    });
    told = await answer.json();
  } catch {
    return later();
  }
  if (answer.ok) {
    waiting.sent(id, entry);
    countdown.correct(told.clock.left_ms);
    if (!waiting.has(id)) accepted(id, told);
    return true;
  }
  if (answer.status >= 500 || answer.status === 429) return later();
  return refused(id, entry, answer.status, told?.error?.message);
}

function accepted(id, told) {
  show(id, told.chosen); // a repetition that came late: the server has something newer
  say(id, told.chosen.length ? "✓ 已保存" : "");
  count();
  if (told.feedback !== undefined) {
    items.get(id).querySelector("[data-feedback]").innerHTML = told.feedback;
  }
  tabs?.postMessage({ id, chosen: told.chosen });
}

function later() {
  banner.hidden = false;
  for (const id of waiting.entries.keys()) say(id, "等待联网后保存", "waiting");
  timer = setTimeout(send, retryMs);
  retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  return false;
}

function refused(id, entry, status, message) {
  say(id, message ?? "没有保存成功，请刷新页面后再试。", "failed");
  if (status === 409) {
    waiting.clear();
    location.assign(form.dataset.resultUrl);
    return false;
  }
  // Signed out, or the page is a day old: a reload mends both, and what waits is kept.
  if (status === 401 || status === 400) return false;
  waiting.sent(id, entry);
  return true;
}

// Looks at what the server has: another device may have answered, an outage may have moved the end.
async function look() {
  let told;
  try {
    const answer = await fetch(form.dataset.stateUrl, { signal: AbortSignal.timeout?.(TIMEOUT_MS) });
    if (!answer.ok) return;
    told = await answer.json();
  } catch {
    return;
  }
  if (!told.open || told.clock.over) {
    waiting.clear();
    location.assign(form.dataset.resultUrl);
    return;
  }
  countdown.correct(told.clock.left_ms);
  tell(told.clock.reasons);
  for (const [id, chosen] of Object.entries(told.answers)) take(id, chosen);
}

function take(id, chosen) {
  const section = items.get(id);
  if (!section || waiting.has(id) || `${chosenIn(section)}` === `${chosen}`) return;
  show(id, chosen);
  say(id, chosen.length ? "✓ 已保存" : "");
  count();
}

function tell(reasons) {
  const place = form.querySelector("[data-reasons]");
  if (reasons.length === place.childElementCount) return;
  place.replaceChildren(
    ...reasons.map((reason) => Object.assign(document.createElement("p"), { className: "alert", textContent: reason })),
  );
}

async function endByClock() {
  await send();
  if (ending) return;
  await look(); // an outage may have moved the end, or another page handed in
  if (!countdown.ended || ending) return;
  if (navigator.onLine === false) {
    banner.lastChild.textContent = "时间到了。网络断了，联网后自动交卷，按时间内已保存的答案评分。";
    banner.hidden = false;
    return;
  }
  onlyWhatWaits();
  ending = true;
  const anyway = Object.assign(document.createElement("input"), { type: "hidden", name: "then", value: "anyway" });
  form.append(anyway);
  form.submit();
}

// A tab that was left behind must not overwrite what the other one has saved since.
function onlyWhatWaits() {
  for (const [id, section] of items) {
    section.querySelector("input[name=shown]").disabled = !waiting.has(id);
  }
}

// A text is saved when its typing pauses, not only when the field is left.
form.addEventListener("input", (event) => {
  if (!event.target.matches("input[data-field], textarea[data-field]")) return;
  clearTimeout(typing);
  typing = setTimeout(keep, TYPING_MS, event.target.closest("[data-item]"));
});

form.addEventListener("change", (event) => {
  const section = event.target.closest("[data-item]");
  if (section) keep(section);
});

function keep(section) {
  clearTimeout(typing);
  waiting.put(section.dataset.item, chosenIn(section));
  say(section.dataset.item, "正在保存……", "waiting");
  count();
  send();
}

form.addEventListener("submit", (event) => {
  if (navigator.onLine !== false) {
    onlyWhatWaits();
    return;
  }
  event.preventDefault();
  banner.hidden = false;
  banner.scrollIntoView({ block: "center" });
});

window.addEventListener("pageshow", () => {
  for (const input of form.querySelectorAll("input[name=shown]")) input.disabled = false;
});
window.addEventListener("online", async () => {
  await send();
  if (countdown.ended) endByClock();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") look();
});
tabs?.addEventListener("message", ({ data }) => take(data.id, data.chosen));
setInterval(() => {
  if (document.visibilityState === "visible") look();
}, LOOK_MS);

Waiting.forgetOthers(form.dataset.quiz);
for (const [id, { chosen }] of waiting.entries) {
  if (!items.has(id)) continue;
  show(id, chosen);
  say(id, "正在保存……", "waiting");
}
count();
if (waiting.size) send();
