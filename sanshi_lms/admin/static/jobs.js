// Keeps the list of background jobs up to date without a reload: states, progress, counts. Polls
// quickly while something on the page moves, slowly otherwise, and not while nobody looks.

const MOVING_MS = 1500;
const STILL_MS = 6000;
const address = document.querySelector("script[data-jobs-at]").dataset.jobsAt;
const list = document.querySelector("[data-jobs]");
const STATES = ["pending", "leased", "done", "failed"];

function part(name, inside = document) {
  return inside.querySelector(`[data-part=${name}]`);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !text;
}

function show(row, job) {
  const badge = part("label", row).querySelector(".badge");
  badge.className = job.tone ? `badge badge--${job.tone}` : "badge";
  if (badge.textContent !== job.label) badge.textContent = job.label;
  part("bar", row).hidden = job.state !== "leased";
  part("bar", row).querySelector("progress").value = job.percent;
  part("bar", row).querySelector(".progress__value").textContent = `${job.percent}%`;
  write(part("times", row), job.times);
  write(part("message", row), job.message);
  part("detail", row).hidden = !job.detail;
  part("detail", row).querySelector("pre").textContent = job.detail;
  part("retry", row).hidden = !job.may_retry;
  part("cancel", row).hidden = !job.may_cancel;
  if (job.state !== "pending" && job.state !== "leased") row.removeAttribute("data-moving");
}

function showCounts(counts, newest) {
  const [waiting, running] = STATES.map((state) => counts[state] ?? 0);
  const summary =
    running || waiting ? `正在做 ${running} 个，等候 ${waiting} 个。` : "现在没有任务在做。";
  write(part("summary"), summary);
  for (const chip of part("chips").querySelectorAll("a")) {
    const state = new URL(chip.href).searchParams.get("state");
    if (state) chip.textContent = chip.textContent.replace(/\d+$/, counts[state] ?? 0);
  }
  part("fresh").hidden = newest <= Number(list.dataset.newest);
}

function moving() {
  return [...list.querySelectorAll("[data-job][data-moving]")];
}

async function look() {
  if (document.hidden) return;
  const rows = moving();
  const ids = rows.map((row) => row.dataset.job).join(",");
  const answer = await fetch(`${address}?ids=${ids}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { jobs, counts, newest } = await answer.json();
  const byId = new Map(jobs.map((job) => [String(job.id), job]));
  for (const row of rows) {
    const job = byId.get(row.dataset.job);
    if (job) show(row, job);
  }
  showCounts(counts, newest);
}

async function loop() {
  try {
    await look();
  } catch {
    // the line is gone for a moment; the next round tells
  }
  setTimeout(loop, moving().length ? MOVING_MS : STILL_MS);
}

loop();
