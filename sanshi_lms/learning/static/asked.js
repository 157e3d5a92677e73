// 弹题: when playing reaches a question, stop and ask it. The server sends it without the answer and
// marks it; a wrong answer offers that minute again and a new try.

import { element, openDialog } from "./asking.js";

// A step of play is a fraction of a second, at any speed; a longer one was a jump.
const LONGEST_STEP_SECONDS = 3;

function clock(seconds) {
  const rest = Math.floor(seconds % 60);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}

function button(label, kind, act) {
  const found = element("button", { type: "button", class: `button ${kind ? `button--${kind}` : ""}` }, label);
  found.addEventListener("click", act);
  return found;
}

class Questions {
  constructor(panel, media) {
    this.panel = panel;
    this.media = media;
    this.last = null;
    this.rows = [...panel.querySelectorAll("[data-question]")];
    this.drawMarks();
    media.addEventListener("timeupdate", () => this.follow());
    media.addEventListener("seeking", () => { this.last = null; });
    for (const row of this.rows) {
      row.querySelector("a").addEventListener("click", (event) => {
        event.preventDefault();
        this.open(row);
      });
    }
  }

  /** Show on the player's bar where something is asked. */
  drawMarks() {
    const length = Number(this.media.dataset.seconds);
    const track = this.media.closest("[data-player-room]")?.querySelector(".rail__track");
    if (!track || !length) return;
    for (const row of this.rows) {
      row.mark = element("b", { class: "rail__question" });
      row.mark.style.setProperty("--here", String(Math.min(1, row.dataset.second / length)));
      row.mark.toggleAttribute("data-right", row.dataset.right !== undefined);
      track.append(row.mark);
    }
  }

  follow() {
    const { currentTime, seeking } = this.media;
    if (seeking || this.dialog) return;
    const before = this.last;
    this.last = currentTime;
    if (before === null || currentTime - before > LONGEST_STEP_SECONDS) return;
    const due = this.rows.find(({ dataset: { second, right } }) => right === undefined && before < Number(second) && Number(second) <= currentTime);
    if (due) this.open(due);
  }

  url(row, rest = "") {
    return this.panel.dataset.url.replace(/0$/, row.dataset.question) + rest;
  }

  async open(row) {
    if (this.dialog) return;
    const { dialog, close } = openDialog(this.media, `视频 ${clock(Number(row.dataset.second))} 处的弹题`);
    this.dialog = dialog;
    this.close = (then) => {
      this.dialog = null;
      close();
      this.last = null;
      then?.();
    };
    await this.load(row);
  }

  async load(row) {
    this.dialog.replaceChildren(element("p", { role: "status" }, "正在取题目…"));
    try {
      const answer = await fetch(this.url(row), { headers: { Accept: "application/json" } });
      const body = await answer.json();
      if (answer.ok) this.show(row, body);
      else this.failed(row, body.error?.message ?? "题目暂时打不开。", answer.status === 410);
    } catch {
      this.failed(row, "网络不通，题目暂时打不开。");
    }
  }

  failed(row, message, gone = false) {
    const again = button("再试一次", "primary", () => this.load(row));
    const on = button("继续看", "quiet", () => this.close(() => this.play()));
    this.dialog.replaceChildren(element("p", { role: "alert" }, message), element("div", { class: "asking__buttons" }, ...(gone ? [on] : [again, on])));
    (gone ? on : again).focus();
  }

  show(row, question) {
    const title = element("h2", { tabindex: "-1" }, `${question.kind_label}${question.multiple ? "（可选多个）" : ""}`);
    const stem = element("div", { class: "prose", id: "asking-stem" });
    stem.innerHTML = question.stem; // the server's own Markdown, cleaned there
    const choices = element("div", { class: "choices", role: question.multiple ? "group" : "radiogroup", "aria-labelledby": "asking-stem" });
    question.options.forEach((text, place) => {
      const input = element("input", { type: question.multiple ? "checkbox" : "radio", name: "place", value: String(place) });
      choices.append(element("label", { class: "choice" }, input, element("span", { class: "choice__text" }, text)));
    });
    const verdict = element("div", { role: "status", "aria-live": "assertive" });
    const send = element("button", { type: "submit", class: "button button--primary" }, "就选这个");
    const later = button("先不答，继续看", "quiet", () => this.close(() => this.play()));
    const form = element("form", { class: "stack stack--tight" }, stem, choices, verdict, element("div", { class: "asking__buttons" }, send, later));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.answer(row, question.number, form, verdict);
    });
    this.dialog.replaceChildren(title, form);
    title.focus();
    this.dialog.scrollTop = 0;
  }

  async answer(row, number, form, verdict) {
    const places = [...form.querySelectorAll("input:checked")].map((input) => Number(input.value));
    if (!places.length) {
      verdict.className = "asking__verdict asking__verdict--wrong";
      verdict.textContent = "请先选一个答案。";
      return;
    }
    const send = form.querySelector("[type=submit]");
    send.disabled = true;
    try {
      const answer = await fetch(this.url(row, "/tries"), {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.panel.dataset.csrf },
        body: JSON.stringify({ number, places }),
      });
      const body = await answer.json();
      if (!answer.ok) return this.failed(row, body.error?.message ?? "没有交上。");
      return body.right ? this.right(row, body) : this.wrong(row, body);
    } catch {
      send.disabled = false;
      verdict.className = "asking__verdict asking__verdict--wrong";
      verdict.textContent = "网络不通，没有交上。请再点一次。";
      return undefined;
    }
  }

  right(row, body) {
    row.dataset.right = "";
    row.mark?.setAttribute("data-right", "");
    row.querySelector("a").hidden = true;
    const words = element("div", { class: "asking__verdict asking__verdict--right", role: "status", tabindex: "-1" }, element("h2", {}, "答对了"));
    const why = element("div", { class: "prose" });
    why.innerHTML = body.explanation;
    if (body.explanation) words.append(why);
    const on = button("继续播放", "primary", () => this.close(() => this.play()));
    this.dialog.replaceChildren(words, element("div", { class: "asking__buttons" }, on));
    words.focus();
    this.tell(body);
  }

  wrong(row, body) {
    const words = element("div", { class: "asking__verdict asking__verdict--wrong", role: "status", tabindex: "-1" }, element("h2", {}, "还不对"), element("p", {}, "再看一遍这一分钟，答案就在里面；也可以直接再答一次。"));
    const see = button("再看一遍这一分钟", "primary", () => this.close(() => {
      this.media.currentTime = body.again_from;
      this.play();
    }));
    const again = button("再答一次", "", () => this.load(row));
    this.dialog.replaceChildren(words, element("div", { class: "asking__buttons" }, see, again));
    words.focus();
  }

  tell(body) {
    const left = this.rows.filter((row) => row.dataset.right === undefined).length;
    const line = this.panel.querySelector("[data-questions-line]");
    line.textContent = left ? `还有 ${left} 道弹题没答对。` : `这一课的 ${this.rows.length} 道弹题都答对了。`;
    const panel = this.panel.closest("[data-watch-panel]");
    if (body.lesson_complete) panel.querySelector("[data-watch-done]").hidden = false;
    if (body.course_complete) panel.querySelector("[data-watch-course]").hidden = false;
  }

  play() {
    this.media.play().catch(() => {});
  }
}

const panel = document.querySelector("[data-questions]");
const media = document.querySelector("video[data-player]");
if (panel && media) new Questions(panel, media);
