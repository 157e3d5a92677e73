// Keeps the progress of videos that are being made up to date. Polls only while something moves and
// somebody looks; when a video is finished the page shows it anew.

const EVERY_MS = 1500;
const TONES = { ready: "good", failed: "bad", working: "river", early: "river", waiting: "warn", stopped: "warn" };
const address = document.querySelector("script[data-states]").dataset.states;

function moving() {
  return [...document.querySelectorAll("[data-standing][data-moving]")];
}

export function leftText(seconds) {
  if (!Number.isFinite(seconds) || seconds === null) return "";
  if (seconds < 60) return "不到 1 分钟";
  if (seconds < 5400) return `大约还要 ${Math.round(seconds / 60)} 分钟`;
  return `大约还要 ${Math.round(seconds / 360) / 10} 小时`;
}

function show(row, state) {
  const percent = Math.floor(state.progress * 100);
  const bar = row.querySelector("progress");
  if (bar) {
    bar.value = percent;
    row.querySelector(".progress__value").textContent = `${percent}%`;
  }
  const badge = row.querySelector(".badge");
  badge.textContent = state.label;
  badge.className = `badge badge--${TONES[state.state]}`;
  row.querySelector("[data-part=left]").textContent = leftText(state.seconds_left);
  const message = row.querySelector("[data-part=message]");
  message.textContent = state.message;
  message.hidden = !state.message;
  // It became playable: the page has a player to show now.
  const became = state.state === "early" && row.dataset.state !== "early";
  row.dataset.state = state.state;
  if (!state.moves) row.removeAttribute("data-moving");
  return became || !state.moves;
}

async function look() {
  const rows = moving();
  if (!rows.length || document.hidden) return;
  const ids = rows.map((row) => row.dataset.standing).join(",");
  const answer = await fetch(`${address}?ids=${ids}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { states } = await answer.json();
  const byId = new Map(states.map((state) => [String(state.id), state]));
  let finished = false;
  for (const row of rows) {
    const state = byId.get(row.dataset.standing);
    if (state) finished = show(row, state) || finished;
  }
  // An upload, an unread refusal or a half-written field on the same page must survive a reload.
  const keep = "[data-uploading], .upload__bad, :focus:is(input:not([type=file]), textarea, select)";
  // Nor may it stop what somebody is watching: the player goes on by itself.
  const watched = [...document.querySelectorAll("video")].some((video) => video.currentTime > 0);
  const last = rows.length === 1 || !moving().length;
  if (finished && last && !watched && !document.querySelector(keep)) {
    location.reload();
  }
}

async function loop() {
  try {
    await look();
  } catch {
    // the line is gone for a moment; the next round tells
  }
  setTimeout(loop, EVERY_MS);
}

loop();
