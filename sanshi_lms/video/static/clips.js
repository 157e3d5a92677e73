// The 视频号 kit: a stretch is chosen by two clicks on the transcript; what is being made tells how far
// it is. Without this the two lists and the typed times do the same.

const root = document.querySelector("[data-clips]");
const part = (name) => root.querySelector(`[data-part=${name}]`);
const form = root.querySelector("form.editor__main");

const secondsOf = (text) => {
  const plain = text.normalize("NFKC").trim();
  if (!/^(?:(?:\d{1,2}:)?\d{1,3}:)?\d{1,5}(?:\.\d{1,3})?$/.test(plain)) return NaN;
  return plain.split(":").reduce((sum, one) => sum * 60 + Number(one), 0);
};

function clock(seconds) {
  const tenths = Math.round(seconds * 10);
  const [h, m, s] = [Math.floor(tenths / 36000), Math.floor(tenths / 600) % 60, Math.floor(tenths / 10) % 60];
  const two = (n) => String(n).padStart(2, "0");
  const told = h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
  return tenths % 10 ? `${told}.${tenths % 10}` : told;
}

function spoken(seconds) {
  const whole = Math.floor(seconds + 0.001);
  return whole < 60 ? `${whole} 秒` : `${Math.floor(whole / 60)} 分${whole % 60 ? ` ${whole % 60} 秒` : "钟"}`;
}

function choosing() {
  const longest = JSON.parse(root.dataset.longest);
  const video = root.querySelector("video[data-player]");
  const lines = [...root.querySelectorAll("[data-part=lines] > li")];
  const { start, end, first, last } = form.elements;
  const whole = Number(root.dataset.seconds);
  const latest = last.options.length - 1;
  let open = null; // the line of the first click, while the second is awaited

  const stretch = () => [
    start.value.trim() ? secondsOf(start.value) : Number(first.value),
    end.value.trim() ? Math.min(secondsOf(end.value), whole + 1) : last.selectedIndex < latest ? Number(last.value) : whole,
  ];

  function show() {
    const [from, to] = stretch();
    for (const line of lines) {
      const inside = Number(line.dataset.start) > from - 0.06 && Number(line.dataset.end) < to + 0.06;
      line.firstElementChild.setAttribute("aria-pressed", String(inside));
    }
    const most = longest[form.elements.purpose.value];
    const told = part("chosen");
    const bad = !(to > from) || to - from > most;
    told.toggleAttribute("data-bad", bad);
    told.textContent = !(to > from)
      ? "起止时间还不对，请重新选。"
      : `选了 ${clock(from)}–${clock(to)}，共 ${spoken(to - from)}。${to - from > most ? `这种用途最长 ${spoken(most)}，请选短一些。` : ""}`;
  }

  function choose(line) {
    const [from, to] = [Number(line.dataset.start), Number(line.dataset.end)];
    const other = open;
    open = other ? null : line;
    const begin = other ? Math.min(from, Number(other.dataset.start)) : from;
    const stop = other ? Math.max(to, Number(other.dataset.end)) : to;
    start.value = clock(begin);
    end.value = clock(Math.min(stop, whole));
    if (video && !other && video.readyState) video.currentTime = from;
    show();
  }

  for (const line of lines) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.append(...line.childNodes);
    line.append(button);
    button.addEventListener("click", () => choose(line));
  }
  if (lines.length) {
    part("how").hidden = false;
    part("lines").removeAttribute("tabindex");
  }
  // What the lists had chosen, as times: with the transcript to click they would say it twice.
  if (!start.value && first.selectedIndex > 0) start.value = clock(Number(first.value));
  if (!end.value && last.selectedIndex < latest) end.value = clock(Number(last.value));
  first.selectedIndex = 0;
  last.selectedIndex = latest;
  part("lists").hidden = true;
  if (video && part("here")) {
    part("here").hidden = false;
    part("here").addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (!act) return;
      open = null;
      form.elements[act].value = clock(video.currentTime);
      show();
    });
  }
  form.addEventListener("input", () => {
    open = null;
    show();
  });
  show();
}

async function watch() {
  while (part("made").hasAttribute("data-moving")) {
    await new Promise((done) => setTimeout(done, 2500));
    if (document.hidden) continue;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part=made]");
      if (!fresh) return;
      // A question that somebody has opened is not taken from under the finger.
      if (!part("made").querySelector("details[open]")) part("made").replaceWith(document.adoptNode(fresh));
    } catch {
      // The line comes back, or the page is loaded again.
    }
  }
}

if (form) choosing();
watch();
