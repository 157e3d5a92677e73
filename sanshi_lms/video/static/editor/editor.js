// The caption editor: the video beside the words. Works on the plain <video data-player>.

import { Acts } from "./acts.js";
import { Draft } from "./draft.js";
import { keyOf } from "./keys.js";
import { merged } from "./merge.js";
import { Model, problemOf } from "./model.js";
import { Rows } from "./rows.js";

const PATIENCE_MS = 60_000;
const told = ({ words, times, added, removed }) => [
  [words, "改文字"], [times, "改时间"], [added, "新增"], [removed, "删除"],
].filter(([count]) => count).map(([count, verb]) => `${verb} ${count} 句`).join("、");
const unkeyed = (cues) => cues.map(({ start, end, text }) => [start, end, text]);

class Editor extends Acts {
  constructor(root) {
    super();
    this.root = root;
    this.video = root.querySelector("video[data-player]");
    this.notes = new Map(); // what somebody else made of a cue that both changed
    this.version = null;
    this.model = new Model(() => this.changed());
    this.rows = new Rows(root, this.model, this.notes);
    this.draft = new Draft(root.dataset.draft, () => this.kept(), (failed) => this.draftFailed(failed));
    this.listen();
    this.load();
  }

  part(name) { return this.root.querySelector(`[data-part=${name}]`); }

  get now() { return this.video ? this.video.currentTime : 0; }

  listen() {
    this.root.addEventListener("click", (event) => this.clicked(event.target.closest("button")));
    document.addEventListener("keydown", (event) => {
      const act = this.version === null ? null : keyOf(event, this.rows.editor.contains(event.target));
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // the player listens to some of these keys
      this[act[0]](...act.slice(1));
    }, { capture: true });
    this.part("find").addEventListener("submit", (event) => { event.preventDefault(); this.findNext(); });
    this.part("shift").addEventListener("submit", (event) => { event.preventDefault(); this.shift(null); });
    this.root.querySelector("form[data-checked]")?.addEventListener("submit", (event) => {
      if (this.model.dirty) event.preventDefault();
    });
    const { video } = this;
    if (!video) return;
    for (const name of ["timeupdate", "seeked", "pause"]) video.addEventListener(name, () => this.follow());
    video.addEventListener("play", () => this.watch());
  }

  watch() {
    if (this.video.paused) return;
    this.follow();
    requestAnimationFrame(() => this.watch());
  }

  follow() {
    const cue = this.model.shownAt(this.now);
    const preview = this.part("preview");
    if (preview.textContent !== (cue?.text ?? "")) preview.textContent = cue?.text ?? "";
    this.rows.mark(cue?.key, this.part("follow").checked && !this.video.paused);
  }

  clicked(button) {
    // The player's own buttons are its own business.
    if (!button || this.version === null || button.closest("[data-player-frame]")) return;
    const { act, nudge, set } = button.dataset;
    const row = button.closest("[data-key]");
    if (nudge) this.nudge(nudge, Number(button.dataset.by));
    else if (set) this.setTime(set);
    else if (act && typeof this[act] === "function") this[act](row?.dataset.key);
  }

  // Loading, saving, and what somebody else saved meanwhile.

  async load() {
    try {
      const answer = await fetch(this.root.dataset.api);
      if (!answer.ok) throw new Error(String(answer.status));
      const { version, cues } = await answer.json();
      const draft = this.draft.read();
      this.version = version;
      this.model.load(cues);
      if (draft) this.restore(draft, cues);
    } catch {
      this.notice("字幕没有载入成功。请检查网络，然后刷新页面。", true);
      this.part("summary").textContent = "没有载入";
    }
  }

  restore(draft, rows) {
    const base = draft.base.map(([start, end, text], place) => ({ key: `b${place}`, start, end, text }));
    const mine = draft.cues.map(([key, start, end, text]) => ({ key, start, end, text }));
    if (draft.version === this.version) this.model.rebase(base, mine);
    else this.merge(base, mine, rows);
    if (!this.model.dirty) return;
    const meanwhile = draft.version === this.version ? "" : "这期间别人保存过新版本，已经合并。";
    this.notice(`已恢复这台设备上没有保存的修改。${meanwhile}`, false, [["放弃这些修改", () => this.discard(rows)]]);
  }

  discard(rows) {
    this.notes.clear();
    this.model.load(rows);
    this.rows.close();
    this.notice("");
  }

  async save() {
    if (!this.rows.takeTyped()) return; // a time that is still being typed counts
    if (this.saving || !this.model.dirty) return;
    const bad = this.model.cues.find((cue) => problemOf(cue)?.bad);
    if (bad) {
      this.rows.edit(bad.key);
      this.notice(`第 ${this.model.at(bad.key) + 1} 句：${problemOf(bad).words}`, true);
      return;
    }
    const sent = this.model.cues;
    this.saving = true;
    this.changed();
    try {
      const answer = await this.post({ version: this.version, cues: unkeyed(sent) });
      if (answer.ok) this.done(await answer.json(), sent);
      else await this.refused(answer, sent);
    } catch {
      this.notice("没有保存成功：网络断了，或者太慢。您的修改还在这台设备上，请稍后再点“保存”。", true);
    }
    this.saving = false;
    this.changed();
  }

  post(body) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.root.dataset.token };
    // A line that neither answers nor breaks must not keep the button shut for ever.
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return fetch(this.root.dataset.api, { method: "POST", headers, body: JSON.stringify(body), signal });
  }

  done({ version, changes }, sent) {
    this.version = version;
    this.notes.clear();
    this.rows.stale();
    this.model.saved(sent);
    this.draft.write();
    const field = this.root.querySelector("form[data-checked] [name=version]");
    if (field) field.value = String(version);
    this.notice(`已保存：${changes || "没有变化"}。`);
  }

  async refused(answer, sent) {
    const { error, faults } = await answer.json().catch(() => ({}));
    const sentence = error?.message || "没有保存成功，请稍后再试。您的修改还在这台设备上。";
    if (answer.status === 409) return this.conflict(sentence);
    this.notice(sentence, true);
    if (faults?.length) this.rows.edit(sent[faults[0].cue - 1]?.key);
    return undefined;
  }

  // Nothing of either side is lost: both are merged, and the person saves what they have seen.
  async conflict(sentence) {
    const answer = await fetch(this.root.dataset.api, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    const { version, cues } = await answer.json();
    this.version = version;
    const { taken, disputed } = this.merge(this.model.base, this.model.cues, cues);
    const both = disputed.size ? `有 ${disputed.size} 句两边都改过，先保留您的，对方的写在那一句下面。` : "";
    this.notice(`${sentence}已把对方改的 ${taken} 句合并进来。${both}看过后请再点一次“保存”。`, true,
      [["改用对方的版本", () => this.discard(cues)]]);
  }

  merge(base, mine, rows) {
    const result = merged(base, mine, rows);
    this.notes.clear();
    for (const [key, note] of result.disputed) this.notes.set(key, note);
    this.rows.close();
    this.model.rebase(result.base, result.cues);
    const first = [...result.disputed.keys()][0];
    if (first) this.rows.edit(first);
    return result;
  }

  kept() {
    if (this.version === null) return undefined;
    if (!this.model.dirty) return null;
    const keys = new Map(this.model.base.map((cue, place) => [cue.key, `b${place}`]));
    const cues = this.model.cues.map(({ key, start, end, text }) => [keys.get(key) || `n${key}`, start, end, text]);
    return { version: this.version, base: unkeyed(this.model.base), cues };
  }

  draftFailed(failed) {
    if (failed && !this.warned) this.notice("这台设备存不下草稿了，请及时点“保存”。", true);
    this.warned = failed;
  }

  // What the person sees.

  changed() {
    if (this.version === null || !this.rows) return;
    const { model } = this;
    this.rows.render();
    this.part("count").textContent = `${model.cues.length} 句`;
    this.part("empty").hidden = model.cues.length > 0;
    const changes = model.dirty ? told(model.changes()) || "顺序有变化" : "";
    this.part("summary").textContent = this.saving ? "正在保存…" : changes ? `还没保存：${changes}` : "没有要保存的修改";
    this.act("save").disabled = this.saving || !model.dirty;
    this.act("undo").disabled = !model.past.length;
    this.act("redo").disabled = !model.future.length;
    const hint = this.part("checked-hint");
    if (hint) hint.hidden = !model.dirty;
    if (this.video) this.follow();
    this.draft.soon();
  }

  act(name) { return this.root.querySelector(`[data-act=${name}]`); }

  notice(sentence, bad = false, choices = []) {
    const place = this.part("notice");
    place.hidden = !sentence;
    place.replaceChildren(sentence);
    place.toggleAttribute("data-bad", bad);
    for (const [label, act] of choices) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
      button.addEventListener("click", act, { once: true });
      place.append(button);
    }
  }
}

new Editor(document.querySelector("[data-caption-editor]"));
