// What the editor's buttons and keys do, on the model, the rows and the video of an editor.

const NUDGE = 0.1;

export class Acts {
  // `key` names the cue of a button in the list; everything else acts on the open one.

  open(key) {
    this.rows.edit(key);
    if (this.video?.paused) this.seek(this.model.get(key).start);
  }

  move(by) {
    const key = this.rows.neighbour(by);
    if (key) this.open(key);
  }

  playCue(key) {
    this.seek(this.model.get(key).start);
    this.play();
  }

  replay() { if (this.rows.open) this.playCue(this.rows.open); }

  toggle() {
    if (!this.video) return undefined;
    if (!this.video.paused) return this.video.pause();
    if (this.video.readyState === 0) this.seek(this.now);
    return this.play();
  }

  seek(seconds) {
    if (!this.video) return;
    const place = seconds + 0.001; // exactly at it still shows the one before
    if (this.video.readyState > 0) {
      this.video.currentTime = place;
      return;
    }
    // Nothing is loaded yet: the player knows how, by a link to a second.
    history.replaceState(null, "", `#t=${place.toFixed(3)}`);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }

  play() {
    const begin = () => this.video.play().catch(() => {});
    if (!this.video || !this.video.paused) return;
    if (this.video.readyState > 0) begin();
    else this.video.addEventListener("loadedmetadata", begin, { once: true });
  }

  nudge(name, by) {
    const cue = this.model.get(this.rows.open);
    if (!cue) return;
    const kind = `nudge ${cue.key} ${name}`;
    if (name === "both") this.model.setTimes(cue.key, { start: cue.start + by, end: cue.end + by }, kind);
    else this.model.setTimes(cue.key, { [name]: cue[name] + by }, kind);
  }

  earlier() { this.nudge("both", -NUDGE); }
  later() { this.nudge("both", NUDGE); }

  setTime(name) {
    if (this.rows.open && this.video) this.model.setTimes(this.rows.open, { [name]: this.now });
  }

  split() {
    const key = this.rows.open;
    const next = key && this.model.split(key, this.rows.words.selectionStart, this.now);
    if (next) this.rows.edit(next, { cursor: 0 });
    else if (key) this.notice("请先把光标放在要拆开的两个字中间。", true);
  }

  joinOpen() {
    const cue = this.model.get(this.rows.open);
    if (cue && this.model.merge(cue.key)) this.rows.edit(cue.key, { cursor: cue.text.length });
  }

  add() { this.rows.edit(this.model.add(this.now)); }

  addAfter() {
    const cue = this.model.get(this.rows.open);
    if (cue) this.rows.edit(this.model.add(cue.end));
  }

  remove() {
    if (!this.rows.open) return;
    const next = this.model.remove(this.rows.open);
    if (next) this.rows.edit(next);
  }

  undo() { this.model.undo(); }
  redo() { this.model.redo(); }

  openFind() { this.panel("find", "find-what"); }
  openShift() { this.panel("shift", "shift-by"); }

  panel(name, field) {
    const panel = this.part(name);
    panel.hidden = !panel.hidden;
    const act = { find: "openFind", shift: "openShift" }[name];
    this.root.querySelector(`[data-act=${act}]`).setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) this.part(field).select();
  }

  findNext() {
    const what = this.part("find-what").value;
    const key = this.model.find(what, this.rows.open);
    this.part("find-told").textContent = key ? `在第 ${this.model.at(key) + 1} 句` : "没有找到。";
    if (!key) return;
    this.rows.edit(key, { focus: false });
    const place = this.rows.words.value.indexOf(what);
    this.rows.words.setSelectionRange(place, place + what.length);
  }

  replaceAll() {
    const count = this.model.replaceAll(this.part("find-what").value, this.part("find-with").value);
    this.part("find-told").textContent = count ? `替换了 ${count} 处，可以撤销。` : "没有找到。";
  }

  shiftFromHere() {
    if (this.rows.open) this.shift(this.rows.open);
    else this.notice("请先点开一句，再从它开始平移。", true);
  }

  shift(from) {
    const by = Number(this.part("shift-by").value.normalize("NFKC").trim() || "x");
    if (!Number.isFinite(by) || by === 0) return this.notice("请填平移的秒数，例如 0.5 或 -1.2。", true);
    const room = this.model.shift(by, from);
    if (room !== null) return this.notice(`最早的一句在 ${room} 秒，最多只能提前 ${room} 秒。`, true);
    return this.notice(`已平移 ${by} 秒，可以撤销。`);
  }
}
