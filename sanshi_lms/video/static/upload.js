// The upload panel: choosing files, noticing what is here already, the queue, the sum of it all.
// The server's refusals are sentences for people and are shown as they are.

import { fingerprint, wholeHash } from "./hashing.js";
import { Pace, bytes } from "./pace.js";
import { leftText } from "./states.js";
import { Sending } from "./upload_sending.js";

const AT_ONCE = 2;
const panel = document.querySelector("[data-upload]");
const part = (name) => panel.querySelector(`[data-part=${name}]`);
const chooser = panel.querySelector("input[type=file]");
const sendings = [];
let expected = null; // the unfinished upload whose file the person was asked to choose
let pace = new Pace();
let open = []; // the files that the sum is about

async function fetchJson(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the line is gone; the upload itself will tell
  }
}

const desk = {
  list: part("list"),
  to: panel.dataset.to,
  token: panel.dataset.token,

  // Heard by screen readers; what moves all the time is not.
  say(words) {
    part("said").textContent = words;
  },

  // A fresh token (signing in anew ends the old one), and what the server waits for.
  async refresh() {
    const found = await fetchJson(panel.dataset.unfinished);
    if (found) this.token = found.token;
    return found?.uploads ?? [];
  },

  changed() {
    const running = () => sendings.filter(({ state }) => ["sending", "finishing"].includes(state));
    for (const sending of sendings) {
      if (sending.state === "waiting" && running().length < AT_ONCE) sending.start();
    }
    open = sendings.filter(({ state }) => state !== "ended" && state !== "twin");
    pace = new Pace();
    this.moved();
  },

  moved() {
    const total = open.reduce((sum, { file }) => sum + file.size, 0);
    const sent = open.reduce((sum, sending) => sum + sending.sent, 0);
    const line = part("total");
    line.hidden = open.length < 2;
    pace.note(performance.now(), sent);
    const speed = pace.speed();
    const rest = speed ? `，每秒 ${bytes(speed)}，${leftText(pace.left(total - sent))}` : "";
    line.textContent = `共 ${open.length} 个文件，已传 ${bytes(sent)} / ${bytes(total)}${rest}`;
  },
};

function problem(file) {
  const largest = Number(panel.dataset.largest);
  if (file.size === 0) return "这个文件是空的（0 字节），可能没有拷贝完整。请检查原文件后重新选择。";
  return file.size > largest ? `文件太大，单个视频最大 ${panel.dataset.largestWords}。请压缩或分成几段后再上传。` : "";
}

function isTwin(one, other) {
  if (["ended", "twin"].includes(other.state)) return false;
  if (one.print && other.print) return one.print === other.print;
  return one.file.size === other.file.size && one.file.name === other.file.name;
}

// Reads the whole file only when a video of just its size is here.
async function sameVideo(sending) {
  const address = `${panel.dataset.same}?size=${sending.file.size}`;
  if (!sending.print || !(await fetchJson(address))?.possible) return null;
  sending.row.say("正在核对这个文件是不是已经传过…");
  const hash = await wholeHash(sending.file, (share) => sending.row.share(share));
  return hash ? (await fetchJson(`${address}&sha256=${hash}`))?.video : null;
}

function offerTwin(sending, video) {
  sending.become("twin");
  sending.row.bar.hidden = true;
  sending.row.end();
  sending.row.say("这个文件已经传过，就是视频");
  sending.row.link(video.url, `《${video.title}》`);
  const again = () => {
    sending.row.bar.hidden = false;
    sending.row.item.dataset.uploading = "";
    sending.ready(sending.print, null);
  };
  sending.row.offer(["不传了", () => sending.leave(), "primary"], ["仍然再传一份", again]);
  desk.say(`${sending.file.name}：这个文件已经传过，就是视频《${video.title}》。`);
}

async function examine(sending, unfinished, wanted) {
  const wrong = problem(sending.file);
  if (wrong) return sending.refuse(wrong);
  try {
    sending.print = await fingerprint(sending.file);
  } catch {
    return sending.refuse("读不出这个文件：可能被移走、拔掉或没有权限。请检查后重新选择。");
  }
  const before = sendings.slice(0, sendings.indexOf(sending));
  if (before.some((other) => isTwin(sending, other))) {
    return sending.refuse("这个文件已经在列表里了，不用再选一次。");
  }
  const known = sending.print && unfinished.find((one) => one.fingerprint === sending.print);
  if (wanted && known?.id !== wanted.id) {
    return sending.refuse(`这不是没传完的“${wanted.name}”。请选择原来的那个文件；如果要传新文件，请点上面的“选择视频文件”。`);
  }
  if (known) {
    document.querySelector(`[data-unfinished="${known.id}"]`)?.remove();
    part("unfinished")?.toggleAttribute("hidden", !part("unfinished").querySelector("li"));
  }
  const video = known ? null : await sameVideo(sending).catch(() => null);
  if (sending.state !== "checking") return undefined; // cancelled meanwhile
  return video ? offerTwin(sending, video) : sending.ready(sending.print, known);
}

async function take(files) {
  const wanted = expected;
  expected = null;
  const chosen = [...files].map((file) => new Sending(file, desk));
  sendings.push(...chosen);
  desk.changed();
  const unfinished = await desk.refresh();
  for (const sending of chosen) {
    if (sending.state === "checking") await examine(sending, unfinished, wanted);
  }
}

function takeChosen() {
  if (!chooser.files.length) return;
  take(chooser.files);
  chooser.value = "";
}

chooser.addEventListener("change", takeChosen);
takeChosen(); // what was chosen while this script was on its way over a slow line
chooser.addEventListener("cancel", () => {
  expected = null;
});
part("drop").addEventListener("click", () => {
  expected = null;
});
for (const name of ["dragover", "dragleave", "drop"]) {
  panel.addEventListener(name, (event) => {
    event.preventDefault();
    panel.classList.toggle("upload--over", name === "dragover");
    if (name === "drop") take(event.dataTransfer.files);
  });
}
for (const button of panel.querySelectorAll("[data-continue]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    expected = { id: button.dataset.continue, name: button.dataset.name };
    chooser.click();
  });
}
window.addEventListener("online", () => sendings.forEach((sending) => sending.online()));
window.addEventListener("beforeunload", (event) => {
  if (sendings.some((sending) => sending.active)) event.preventDefault();
});
