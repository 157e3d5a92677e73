// Shows how far files of the server's inbox are taken. Asks only while something moves and somebody
// looks; when one is done or failed the page shows it anew, unless an upload is going on in it.

const EVERY_MS = 1500;
const address = document.querySelector("script[data-inbox]").dataset.inbox;

function moving() {
  return [...document.querySelectorAll("[data-importing]")];
}

async function look() {
  if (!moving().length || document.hidden) return;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { imports } = await answer.json();
  const byKey = new Map(imports.map((one) => [one.key, one]));
  for (const item of moving()) {
    const found = byKey.get(item.dataset.file);
    if (found?.state === "working") {
      item.querySelector("progress").value = found.percent;
      item.querySelector(".progress__value").textContent = `${found.percent}%`;
    } else {
      item.removeAttribute("data-importing");
      item.querySelector(".progress__value").textContent = found?.message || "导入好了";
    }
  }
  if (!moving().length && !document.querySelector("[data-uploading]")) location.reload();
}

async function loop() {
  await look().catch(() => {}); // the line is gone for a moment; the next round tells
  if (moving().length) setTimeout(loop, EVERY_MS);
}

loop();
