// The chapters' box: what is typed is shown at once, and the playing moment can be put in. The
// server reads the lines anew; here they are only understood well enough to be shown.

const LINE = /^[[(（【]?\s*(\d{1,3}(?::\d{2}){1,2}(?:[.,]\d{1,3})?)\s*[\])）】]?[\s:：、,.—–-]*(.*)$/;
const root = document.querySelector("[data-chapters]");
const video = root.querySelector("video[data-player]");
const text = root.querySelector("[data-part=text]");
const preview = root.querySelector("[data-part=preview]");
const fault = root.querySelector("[data-part=fault]");
const here = root.querySelector("[data-act=here]");

const secondsOf = (time) => time.replace(",", ".").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

function clock(seconds) {
  const whole = Math.floor(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

function show() {
  const rows = [];
  const unread = [];
  let last = -1;
  text.value.split("\n").forEach((raw, number) => {
    const line = raw.trim();
    if (!line) return;
    const match = LINE.exec(line.replace(/[０-９：]/g, (sign) => sign.normalize("NFKC")));
    const start = match && match[2].trim() ? secondsOf(match[1]) : NaN;
    if (!(start > last) || start >= Number(text.dataset.seconds || Infinity)) {
      unread.push(number + 1);
      return;
    }
    last = start;
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.start = String(start);
    const time = Object.assign(document.createElement("span"), { textContent: clock(start) });
    button.append(time, match[2].trim());
    const row = document.createElement("li");
    row.append(button);
    rows.push(row);
  });
  preview.replaceChildren(...rows);
  root.querySelector("[data-part=none]")?.toggleAttribute("hidden", rows.length > 0);
  fault.hidden = !unread.length;
  fault.textContent = `第 ${unread.slice(0, 5).join("、")} 行还看不懂，或者时间不对。`;
}

function addHere() {
  const lines = text.value.replace(/\n+$/, "");
  const line = `${clock(video.currentTime)} `;
  const before = lines ? `${lines}\n` : "";
  text.value = before + line;
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
  show();
}

text.addEventListener("input", show);
preview.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !video) return;
  if (video.readyState > 0) {
    video.currentTime = Number(button.dataset.start);
    return;
  }
  // Nothing is loaded yet: the player knows how, by a link to a second.
  history.replaceState(null, "", `#t=${button.dataset.start}`);
  dispatchEvent(new HashChangeEvent("hashchange"));
});
if (here && video) {
  here.hidden = false;
  here.addEventListener("click", addHere);
}
