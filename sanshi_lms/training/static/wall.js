// Keeps the code on the wall fresh: asks for the next one when this one's time is up, and says so
// when the line is gone. Codes already scanned stay good for a while, so a short break does no harm.

const wall = document.querySelector("[data-wall]");
const RETRY_SECONDS = 3;

function show(answer) {
  wall.querySelector("[data-code]").innerHTML = answer.svg;
  wall.querySelector("[data-count]").textContent = answer.count;
}

async function renew() {
  const trouble = wall.querySelector("[data-trouble]");
  try {
    const response = await fetch(wall.dataset.wall, { cache: "no-store" });
    if (!response.ok || response.redirected) throw new Error("no code");
    const answer = await response.json();
    show(answer);
    trouble.hidden = true;
    later(answer.seconds);
  } catch {
    trouble.hidden = false;
    later(RETRY_SECONDS);
  }
}

function later(seconds) {
  // A little after the change, so that the server is surely in the next window.
  setTimeout(renew, Math.min(seconds, 8) * 1000 + 200);
}

if (wall) later(Number(wall.dataset.seconds));
