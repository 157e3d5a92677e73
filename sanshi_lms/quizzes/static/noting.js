// Notes focus lost and texts pasted where the paper has announced it. Nobody waits for it: what a
// broken line loses stays lost, answers are what counts.

const form = document.querySelector("form[data-quiz]");
const SHORTEST_MS = 2_000;
const WAITING_MOST = 50;
const waiting = [];
let leftAt = null;
let sending = false;

async function send() {
  if (sending) return;
  sending = true;
  try {
    while (waiting.length) {
      const answer = await fetch(form.dataset.notesUrl, {
        method: "POST",
        keepalive: true,
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: JSON.stringify(waiting[0]),
      });
      if (answer.status >= 500 || answer.status === 429) return;
      waiting.shift();
    }
  } catch {
    // the line is gone; what waits goes with the next one
  } finally {
    sending = false;
  }
}

function note(kind, amount) {
  if (waiting.length < WAITING_MOST) waiting.push({ kind, amount });
  send();
}

function left() {
  leftAt ??= Date.now();
}

function back() {
  if (leftAt === null || document.hidden) return;
  const away = Date.now() - leftAt;
  leftAt = null;
  // A dialogue of the phone or a short look at the time is no leaving.
  if (away >= SHORTEST_MS) note("away", Math.round(away / 1000));
}

window.addEventListener("blur", left);
window.addEventListener("focus", back);
document.addEventListener("visibilitychange", () => (document.hidden ? left() : back()));
form.addEventListener("paste", (event) => {
  note("paste", event.clipboardData?.getData("text").length ?? 0);
});
window.addEventListener("online", send);
