// Uploads videos by the tus protocol: several at once, in pieces, continued after any break.
// The server's refusals are sentences for people and are shown as they are.

import { leftText } from "./states.js";

const PIECE_BYTES = 5 * 1024 * 1024;
const AT_ONCE = 2;
const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];
const panel = document.querySelector("[data-upload]");
const list = panel.querySelector("[data-part=list]");
const waiting = [];
let running = 0;

function bytes(count) {
  if (count < 1e6) return `${Math.ceil(count / 1000)} KB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// One line of the list: name, bar, words, and one button whose meaning follows the state.
class Row {
  constructor(file) {
    this.item = element("li", "upload__item");
    this.item.dataset.uploading = "";
    this.bar = element("progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `上传进度：${file.name}`);
    this.words = element("p", "small muted", "等待上传…");
    this.button = element("button", "button button--quiet", "取消");
    this.button.type = "button";
    const head = element("div", "row row--spread");
    head.append(element("strong", "upload__name", file.name), this.button);
    this.item.append(head, this.bar, this.words);
    list.append(this.item);
  }

  say(words, bad = false) {
    this.words.textContent = words;
    this.words.classList.toggle("upload__bad", bad);
  }

  offer(label, act) {
    this.button.textContent = label;
    this.button.onclick = act;
    this.button.hidden = !label;
  }

  end() {
    delete this.item.dataset.uploading;
  }

  // From here on states.js shows how the transcoding goes, as it does in the list below.
  becomeVideo(id, url) {
    const name = this.item.querySelector(".upload__name");
    const link = element("a", "upload__name", name.textContent);
    link.href = url;
    name.replaceWith(link);
    this.button.remove();
    const badge = element("span", "badge badge--warn", "已传完，排队等待转码");
    const left = element("span", "small muted");
    left.dataset.part = "left";
    const line = element("p", "row");
    line.append(badge, " ", left);
    const progress = element("div", "progress");
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", "转码进度");
    progress.append(this.bar, element("span", "progress__value", "0%"));
    this.words.dataset.part = "message";
    this.words.hidden = true;
    this.item.append(line, progress, this.words);
    Object.assign(this.item.dataset, { standing: id, moving: "" });
  }
}

class Sending {
  constructor(file) {
    this.file = file;
    this.row = new Row(file);
    this.samples = [];
    this.sent = 0;
    this.upload = new window.tus.Upload(file, {
      endpoint: panel.dataset.to,
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_MS,
      metadata: { filename: file.name },
      headers: { "X-CSRFToken": panel.dataset.token },
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return status === 0 || status === 409 || status === 423 || status >= 500 && status !== 507;
      },
      onProgress: (sent, total) => this.progress(sent, total),
      onError: (error) => this.failed(error),
      onSuccess: () => this.done(),
    });
    this.row.offer("取消", () => this.cancel());
  }

  async begin() {
    const known = await this.upload.findPreviousUploads().catch(() => []);
    if (known.length) this.upload.resumeFromPreviousUpload(known[0]);
    this.begun = true;
    this.row.offer("暂停", () => this.pause());
    this.upload.start();
  }

  progress(reported, total) {
    // A retry begins by reporting nothing sent; what the server has acknowledged stays.
    this.sent = Math.max(this.sent, reported);
    const sent = this.sent;
    const now = performance.now();
    this.samples.push([now, sent]);
    this.samples = this.samples.filter(([at]) => now - at < 15_000);
    const [first, before] = this.samples[0];
    const speed = now - first > 1500 ? (sent - before) / ((now - first) / 1000) : 0;
    const left = speed > 0 ? `，${leftText((total - sent) / speed)}` : "";
    this.row.bar.value = (sent / total) * 100;
    this.row.say(`已传 ${Math.floor((sent / total) * 100)}%（${bytes(sent)} / ${bytes(total)}）${left}`);
  }

  async pause() {
    await this.upload.abort();
    this.row.say("已暂停。关掉页面也不要紧，以后选同一个文件会接着传。");
    this.row.offer("继续", () => this.resume());
    finished();
  }

  resume() {
    this.samples = [];
    this.row.offer("暂停", () => this.pause());
    running += 1;
    this.upload.start();
  }

  cancel() {
    const place = waiting.indexOf(this);
    if (place >= 0) waiting.splice(place, 1);
    this.row.item.remove();
  }

  failed(error) {
    const answer = error.originalResponse;
    const status = answer?.getStatus() ?? 0;
    const sentence = status >= 400 && status !== 500 ? answer.getBody() : "";
    this.row.say(sentence || "网络断开了，上传停在这里。连上网后点“继续”，不会从头再来。", true);
    if (status >= 400 && status < 500) this.drop();
    else this.row.offer("继续", () => this.resume());
    finished();
  }

  drop() {
    this.row.end();
    this.row.bar.hidden = true;
    this.row.offer("知道了", () => this.row.item.remove());
    if (this.upload.url) this.upload.abort(true).catch(() => {});
  }

  async done() {
    this.row.bar.value = 100;
    this.row.say("已传完，正在登记…");
    this.row.offer("");
    try {
      const answer = await fetch(`${this.upload.url}/video`, {
        method: "POST",
        headers: { "X-CSRFToken": panel.dataset.token, Accept: "application/json" },
      });
      if (!answer.ok) throw new Error(await answer.text());
      const { id, url } = await answer.json();
      this.row.becomeVideo(id, url);
    } catch (error) {
      this.row.say(error.message || "已传完，稍后会出现在下面的列表里。", true);
    }
    this.row.end();
    finished();
  }
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    waiting.shift().begin();
  }
}

function finished() {
  running -= 1;
  next();
}

function take(files) {
  const largest = Number(panel.dataset.largest);
  for (const file of files) {
    const sending = new Sending(file);
    const wrong = file.size === 0
      ? "这个文件是空的（0 字节），可能没有拷贝完整。请检查原文件后重新选择。"
      : file.size > largest ? `文件太大，单个视频最大 ${bytes(largest)}。请压缩或分成几段后再上传。` : "";
    if (wrong) {
      sending.row.say(wrong, true);
      sending.drop();
    } else {
      waiting.push(sending);
    }
  }
  next();
}

const chooser = panel.querySelector("input[type=file]");
chooser.addEventListener("change", () => {
  take(chooser.files);
  chooser.value = "";
});
for (const name of ["dragover", "dragleave", "drop"]) {
  panel.addEventListener(name, (event) => {
    event.preventDefault();
    panel.classList.toggle("upload--over", name === "dragover");
    if (name === "drop") take(event.dataTransfer.files);
  });
}
window.addEventListener("beforeunload", (event) => {
  if (running > 0) event.preventDefault();
});
