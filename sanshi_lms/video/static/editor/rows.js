// The list on screen: light rows, and one editor that stands in the row being edited. A thousand
// cues stay fluent because a row is touched only when its cue is another object than before.

import { brief, clock, problemOf, secondsOf } from "./model.js";

const copy = (root, name) => root.querySelector(`template[${name}]`).content.firstElementChild.cloneNode(true);

export class Rows {
  constructor(root, model, notes) {
    Object.assign(this, { root, model, notes });
    this.list = root.querySelector("[data-part=list]");
    this.rows = new Map();
    this.open = null;
    this.editor = copy(document, "data-cue-editor");
    this.words = this.editor.querySelector("textarea");
    this.seconds = Number(root.dataset.seconds);
    this.listen();
  }

  listen() {
    const { words, editor } = this;
    words.addEventListener("input", (event) => {
      this.fit();
      if (!event.isComposing) this.model.setText(this.open, words.value);
    });
    words.addEventListener("compositionend", () => this.model.setText(this.open, words.value));
    for (const field of editor.querySelectorAll("[data-time]")) {
      field.addEventListener("change", () => this.takeTime(field));
    }
  }

  // A time that was typed; what cannot be read stays on screen and says so.
  takeTime(field) {
    const seconds = secondsOf(field.value);
    field.setAttribute("aria-invalid", String(Number.isNaN(seconds)));
    if (Number.isNaN(seconds)) this.tellOf(this.rows.get(this.open), { bad: true, words: "时间看不懂，请写成“分:秒”，例如 01:12.5。" });
    else this.model.setTimes(this.open, { [field.dataset.time]: seconds });
  }

  // Takes what stands in the fields of the open cue. False when a time there cannot be read.
  takeTyped() {
    const here = document.activeElement;
    if (this.editor.contains(here) && here.dataset.time) this.takeTime(here);
    return this.open === null || !this.editor.querySelector("[aria-invalid=true]");
  }

  render() {
    const { cues } = this.model;
    const present = new Set(cues.map((cue) => cue.key));
    for (const [key, row] of this.rows) {
      if (present.has(key)) continue;
      row.element.remove();
      this.rows.delete(key);
      if (key === this.open) this.open = null;
    }
    let place = this.list.firstElementChild;
    cues.forEach((cue, number) => {
      const row = this.rows.get(cue.key) || this.make(cue.key);
      if (row.element === place) place = place.nextElementSibling;
      else this.list.insertBefore(row.element, place);
      this.draw(row, cue, number, cues[number + 1]);
    });
  }

  make(key) {
    const element = copy(document, "data-cue");
    element.dataset.key = key;
    const part = (name) => element.querySelector(`.cue__${name}`);
    const row = { element, number: part("number"), time: part("time"), text: part("text"), warning: part("warning") };
    this.rows.set(key, row);
    return row;
  }

  draw(row, cue, number, next) {
    if (row.place !== number) {
      row.place = number;
      row.number.textContent = String(number + 1);
    }
    if (row.cue !== cue) {
      row.cue = cue;
      row.time.textContent = brief(cue.start);
      row.time.setAttribute("aria-label", `从 ${brief(cue.start)} 播放`);
      row.text.textContent = cue.text || "（空）";
      if (cue.key === this.open) this.fill(cue);
      row.next = null;
    }
    const beside = next ? next.start : 0;
    if (row.next !== beside) {
      row.next = beside;
      const note = this.notes.get(cue.key);
      this.tellOf(row, problemOf(cue, next, this.seconds) || (note && { words: note }));
    }
  }

  // Judge every row again at the next drawing.
  stale() {
    for (const row of this.rows.values()) row.next = null;
  }

  tellOf(row, problem) {
    row.warning.hidden = !problem;
    row.warning.textContent = problem ? problem.words : "";
    row.element.toggleAttribute("data-bad", Boolean(problem?.bad));
  }

  // Open a cue for editing; the keyboard goes into its words unless it is elsewhere on purpose.
  edit(key, { focus = true, cursor = null } = {}) {
    const cue = this.model.get(key);
    if (!cue) return;
    if (this.open !== key) {
      this.close();
      this.open = key;
      const { element } = this.rows.get(key);
      element.setAttribute("data-open", "");
      element.querySelector(".cue__line").after(this.editor);
      this.fill(cue);
    }
    const row = this.rows.get(key).element;
    if (focus) this.words.focus({ preventScroll: true });
    if (cursor !== null) this.words.setSelectionRange(cursor, cursor);
    row.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.rows.get(this.open)?.element.removeAttribute("data-open");
    this.open = null;
    this.editor.remove();
  }

  fill(cue) {
    if (this.words.value !== cue.text) this.words.value = cue.text;
    for (const field of this.editor.querySelectorAll("[data-time]")) {
      field.value = clock(cue[field.dataset.time]);
      field.removeAttribute("aria-invalid");
    }
    this.fit();
  }

  // As high as its words.
  fit() {
    this.words.rows = Math.min(8, Math.max(2, this.words.value.split("\n").length));
  }

  neighbour(by) {
    const place = this.open === null ? (by > 0 ? -1 : this.model.cues.length) : this.model.at(this.open);
    return this.model.cues[place + by]?.key;
  }

  // The cue that is heard now.
  mark(key, follow) {
    if (this.marked === key) return;
    this.rows.get(this.marked)?.element.removeAttribute("data-now");
    this.marked = key;
    const element = this.rows.get(key)?.element;
    if (!element) return;
    element.setAttribute("data-now", "");
    if (follow && !this.editor.contains(document.activeElement)) element.scrollIntoView({ block: "nearest" });
  }
}
