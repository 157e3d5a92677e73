// Sends the check-in again by itself while the line is weak; opens an early page at its hour.

const RETRY_MS = 4000;
const form = document.querySelector("[data-check-in]");
const early = document.querySelector("[data-check-in-opens]");

function say(words) {
  const line = form.querySelector("[data-line]");
  line.hidden = false;
  line.textContent = words;
}

async function send() {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (response.ok) {
      window.location.replace(response.url);
    } else {
      form.submit(); // the server's own page says what is wrong and what to do
    }
  } catch {
    say("网络不好，正在自动重试。请不要关闭这一页，扫码已经保留。");
    setTimeout(send, RETRY_MS);
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  say("正在签到…");
  send();
});

if (early) {
  const wait = Number(early.dataset.checkInOpens) * 1000 + 500;
  if (wait < 2 ** 31) setTimeout(() => window.location.reload(), wait);
}
