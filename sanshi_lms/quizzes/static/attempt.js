// Saves each answer as it is given. What the server has not acknowledged stays in this device's
// storage and is sent again when the line is back, also after the page was closed.

const form = document.querySelector("form[data-quiz]");
const KEY = `sanshi.quiz.${form.dataset.quiz}`;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
const TIMEOUT_MS = 15_000;

const banner = form.querySelector("[data-alert]");
const counter = form.querySelector("[data-answered]");
const items = new Map([...form.querySelectorAll("[data-item]")].map((el) => [el.dataset.item, el]));

// Private browsing may refuse storage: then answers wait in memory only.
let waiting = readWaiting();
let sending = false;
let retryMs = FIRST_RETRY_MS;
let timer = 0;

function readWaiting() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function keepWaiting() {
  try {
    if (Object.keys(waiting).length) localStorage.setItem(KEY, JSON.stringify(waiting));
    else localStorage.removeItem(KEY);
  } catch {
    // nothing to do: the form itself still holds the answers
  }
}

function forgetOldAttempts() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("sanshi.quiz.") && key !== KEY) localStorage.removeItem(key);
    }
  } catch {
    // no storage, nothing old
  }
}

function chosenIn(section) {
  return [...section.querySelectorAll("input:checked")].map((input) => Number(input.value));
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
    for (let id; (id = Object.keys(waiting)[0]); ) {
      if (!(await sendOne(id))) return;
    }
    banner.hidden = true;
    retryMs = FIRST_RETRY_MS;
  } finally {
    sending = false;
  }
}

// Returns whether to go on with the next answer.
async function sendOne(id) {
  const chosen = waiting[id];
  let answer;
  try {
    answer = await fetch(form.dataset.answersUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      body: JSON.stringify({ item: Number(id), chosen }),
      signal: AbortSignal.timeout?.(TIMEOUT_MS),
    });
  } catch {
    return later();
  }
  if (answer.ok) {
    // Changed while it was under way: keep it waiting, the loop sends it again.
    if (JSON.stringify(waiting[id]) === JSON.stringify(chosen)) delete waiting[id];
    keepWaiting();
    if (!(id in waiting)) say(id, chosen.length ? "✓ 已保存" : "");
    return true;
  }
  if (answer.status >= 500 || answer.status === 429) return later();
  return refused(id, answer);
}

function later() {
  banner.hidden = false;
  for (const id of Object.keys(waiting)) say(id, "等待联网后保存", "waiting");
  timer = setTimeout(send, retryMs);
  retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  return false;
}

async function refused(id, answer) {
  const message = (await answer.json().catch(() => null))?.error?.message;
  say(id, message ?? "没有保存成功，请刷新页面后再试。", "failed");
  if (answer.status === 409) {
    waiting = {};
    keepWaiting();
    location.assign(form.dataset.resultUrl);
    return false;
  }
  if (answer.status === 401 || answer.status === 400) {
    // Signed out, or the page is a day old: a reload mends both, and what waits is kept.
    return false;
  }
  delete waiting[id];
  keepWaiting();
  return true;
}

form.addEventListener("change", (event) => {
  const section = event.target.closest("[data-item]");
  if (!section) return;
  waiting[section.dataset.item] = chosenIn(section);
  keepWaiting();
  say(section.dataset.item, "正在保存……", "waiting");
  count();
  send();
});

form.addEventListener("submit", (event) => {
  if (navigator.onLine !== false) return;
  event.preventDefault();
  banner.hidden = false;
  banner.scrollIntoView({ block: "center" });
});

window.addEventListener("online", send);

forgetOldAttempts();
for (const [id, chosen] of Object.entries(waiting)) {
  const section = items.get(id);
  if (!section) {
    delete waiting[id];
    continue;
  }
  for (const input of section.querySelectorAll("input[type=radio], input[type=checkbox]")) {
    input.checked = chosen.includes(Number(input.value));
  }
  say(id, "正在保存……", "waiting");
}
count();
if (Object.keys(waiting).length) send();
