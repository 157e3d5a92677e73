// Notes beside the player. What was typed is on the device with each keystroke, and stays there
// until the server has it: a dropped line, a closed lid or a killed app loses nothing. Each note has
// a key of its own, so that sending it twice does no harm.

const WAITING = "sanshi-notes:";
const DRAFT = "sanshi-note-draft:";
const AGAIN_MS = 15_000;

const memory = new Map(); // private mode has no room: notes then live as long as the page

function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? memory.get(name);
  } catch {
    return memory.get(name);
  }
}

function keep(name, value) {
  memory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // The memory of the page has it.
  }
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

class Notes {
  constructor(section) {
    this.section = section;
    this.form = section.querySelector("form.notes__form");
    this.text = this.form.elements.text;
    this.at = this.form.elements.at; // missing in lessons without seconds
    this.list = section.querySelector("[data-notes-list]");
    this.lesson = Number(section.dataset.lesson);
    this.queueName = WAITING + section.dataset.person;
    this.draftName = `${DRAFT}${section.dataset.person}:${this.lesson}`;
    this.media = document.querySelector("video[data-player], audio[data-player]");
    this.typedTime = false;
    this.writing = false;
    this.sending = false;
    this.recall();
    this.listen();
    this.showWaiting();
    this.flush();
  }

  get queue() { return kept(this.queueName) ?? []; }
  set queue(items) { keep(this.queueName, items.length ? items : null); }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.take(event.submitter?.name === "bookmark");
    });
    this.text.addEventListener("input", () => {
      if (!this.writing) this.stamp();
      this.writing = Boolean(this.text.value);
      this.keepDraft();
    });
    this.at?.addEventListener("input", () => {
      this.typedTime = Boolean(this.at.value);
      this.keepDraft();
    });
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) {
      this.media?.addEventListener(name, () => this.followTime());
    }
    this.followTime();
    document.addEventListener("click", (event) => this.seek(event));
    this.section.addEventListener("click", (event) => {
      const button = event.target.closest("[data-note-back]");
      if (button) this.takeBack(button.dataset.noteBack);
    });
    window.addEventListener("online", () => this.flush());
    setInterval(() => { if (this.queue.length) this.flush(); }, AGAIN_MS);
  }

  // The second is that of the first sign typed, not of the button: who writes for a minute means
  // what was said when they began.
  followTime() {
    if (!this.text.value) this.stamp();
  }

  stamp() {
    if (!this.at || !this.media || this.typedTime) return;
    const begun = this.media.readyState > 0 ? this.media.currentTime : Number(this.media.dataset.start);
    this.at.value = clock(begun || 0);
  }

  keepDraft() {
    const [text, at] = [this.text.value, this.at?.value ?? ""];
    keep(this.draftName, text ? { text, at } : null);
    if (text) this.say("还没有保存。正在写的内容已存在这台设备上，不会丢。");
    else this.say("");
  }

  recall() {
    const draft = kept(this.draftName);
    if (!draft?.text || this.text.value) return;
    this.text.value = draft.text;
    this.writing = true;
    if (this.at) this.at.value = draft.at;
    this.say("这是您上次写的，还没有保存。");
  }

  take(bookmark) {
    const text = this.text.value.trim();
    if (!text && !bookmark) {
      this.say("还没有写内容，请先写几个字再保存。");
      this.text.focus();
      return;
    }
    const second = this.at?.value ?? null;
    this.queue = [...this.queue, { key: newKey(), lesson: this.lesson, second, text: bookmark ? "" : text, bookmark }];
    if (!bookmark) this.text.value = "";
    if (!this.text.value) {
      this.typedTime = this.writing = false;
      keep(this.draftName, null);
    }
    this.followTime();
    this.showWaiting();
    this.flush();
  }

  async flush() {
    if (this.sending) return;
    this.sending = true;
    try {
      for (const note of this.queue.filter((one) => !one.refused)) {
        if (!(await this.send(note))) break;
      }
    } catch {
      this.say("网络不通，笔记先存在这台设备上，恢复后会自动保存。");
    } finally {
      this.sending = false;
      this.showWaiting();
    }
    // What was written while the last one was on its way.
    if (this.queue.some((one) => !one.refused && !one.tried)) this.flush();
  }

  /** Send one note; false when the rest must wait too. */
  async send(note) {
    this.change(note.key, { tried: true });
    const answer = await fetch(this.section.dataset.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrf_token.value },
      body: JSON.stringify(note),
    });
    if (answer.status === 401) {
      this.say("登录已过期。笔记已存在这台设备上，重新登录后打开本课会自动保存。");
      return false;
    }
    if (answer.status === 429 || answer.status >= 500) {
      this.say("服务器正忙，笔记先存在这台设备上，稍后自动再试。");
      return false;
    }
    const body = await answer.json();
    if (answer.ok) {
      this.queue = this.queue.filter((one) => one.key !== note.key);
      if (note.lesson === this.lesson) this.show(body.list);
      this.say("笔记已保存。");
      return true;
    }
    const sentence = body.error?.message ?? "这条笔记没有保存上，请刷新页面。";
    if (answer.status === 400) { // the page is too old: a fresh one sends it
      this.say(`${sentence}笔记已存在这台设备上。`);
      return false;
    }
    this.change(note.key, { refused: sentence });
    return true;
  }

  change(key, values) {
    this.queue = this.queue.map((one) => (one.key === key ? { ...one, ...values } : one));
  }

  takeBack(key) {
    const note = this.queue.find((one) => one.key === key);
    if (!note) return;
    this.queue = this.queue.filter((one) => one.key !== key);
    this.text.value = [this.text.value, note.text].filter(Boolean).join("\n");
    this.writing = Boolean(this.text.value);
    this.keepDraft();
    this.showWaiting();
    this.text.focus();
  }

  show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    this.list.replaceChildren(...page.body.childNodes);
  }

  showWaiting() {
    const place = this.section.querySelector("[data-notes-waiting]");
    const mine = this.queue.filter((one) => one.lesson === this.lesson);
    place.replaceChildren(...mine.map((note) => this.line(note)));
    place.hidden = mine.length === 0;
  }

  line(note) {
    const item = document.createElement("li");
    item.className = "notes__item notes__item--waiting";
    const add = (tag, className, words) => {
      const element = document.createElement(tag);
      element.className = className;
      element.textContent = words;
      item.append(element);
      return element;
    };
    if (note.second) add("span", "notes__at", note.second);
    add("p", "notes__text", note.text || "书签");
    add("p", "notes__state", note.refused ?? "还没有保存，先存在这台设备上");
    if (note.refused) {
      const button = add("button", "button button--quiet", note.text ? "拿回去改" : "知道了");
      button.type = "button";
      button.dataset.noteBack = note.key;
    }
    return item;
  }

  /** A click on a time plays from there, without loading the page anew. */
  seek(event) {
    const link = event.target.closest("[data-note-second]");
    if (!link || !this.media || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const value = Number(link.dataset.noteSecond);
    for (const act of ["go", "play"]) {
      this.media.dispatchEvent(new CustomEvent("player:do", { detail: { act, value } }));
    }
    this.media.closest("[data-player-room]")?.scrollIntoView({ block: "nearest" });
  }

  say(sentence) {
    const line = this.section.querySelector("[data-notes-line]");
    line.textContent = sentence;
    line.hidden = !sentence;
  }
}

for (const section of document.querySelectorAll("[data-notes]")) new Notes(section);
