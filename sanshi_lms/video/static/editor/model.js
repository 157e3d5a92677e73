// The captions being edited, and their history. A cue never changes: an edit puts another object in
// its place, so that undo is a list of lists and a row knows at once whether it must be redrawn.

const STEPS = 300;
const PAUSE_MS = 1000;
const SHORTEST = 0.1;

const round = (seconds) => Math.round(seconds * 1000) / 1000;
const byTime = (a, b) => a.start - b.start || a.end - b.end;

// "75.5", "1:15.5" or "1:02:03,5" in seconds; NaN for anything else. Full-width signs count too.
export function secondsOf(text) {
  const plain = text.normalize("NFKC").trim().replace(",", ".");
  if (!/^\d+(:\d{1,2}){0,2}(\.\d{0,3})?$/.test(plain)) return NaN;
  return round(plain.split(":").reduce((total, part) => total * 60 + Number(part), 0));
}

export function clock(seconds) {
  const [whole, rest] = [Math.floor(Math.round(seconds * 1000) / 1000), Math.round(seconds * 1000) % 1000];
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  const shown = `${two(m)}:${two(s)}.${String(rest).padStart(3, "0").replace(/0{1,2}$/, "")}`;
  return h ? `${h}:${shown}` : shown;
}

// As a list shows it: to the tenth.
export function brief(seconds) {
  return clock(Math.floor(seconds * 10 + 0.001) / 10);
}

// Two lines of words made one: Chinese needs no space between them, other scripts do.
function joined(a, b) {
  return /[\w,.!?;:]$/.test(a) && /^\w/.test(b) ? `${a} ${b}` : a + b;
}

export class Model {
  constructor(onChange) {
    this.onChange = onChange;
    this.made = 0;
    this.load([]);
  }

  // rows: [[start, end, text], …], as they were last saved.
  load(rows) {
    this.base = rows.map(([start, end, text], place) => ({ key: `b${place}`, start, end, text }));
    this.cues = this.base;
    this.past = [];
    this.future = [];
    this.last = null;
    this.onChange();
  }

  // `cues` were saved; what was edited while they travelled is still to be saved.
  saved(cues) {
    this.base = cues;
    this.onChange();
  }

  // Begin from what somebody else saved, with `cues` on screen.
  rebase(base, cues) {
    [this.base, this.cues, this.past, this.future] = [base, cues, [], []];
    this.onChange();
  }

  get rows() {
    return this.cues.map(({ start, end, text }) => [start, end, text]);
  }

  get dirty() {
    if (this.cues === this.base) return false;
    return this.cues.length !== this.base.length || this.cues.some((cue, place) => {
      const was = this.base[place];
      return cue !== was && (cue.start !== was.start || cue.end !== was.end || cue.text !== was.text);
    });
  }

  // How what is on screen differs from what was saved.
  changes() {
    const before = new Map(this.base.map((cue) => [cue.key, cue]));
    const found = { words: 0, times: 0, added: 0, removed: 0 };
    for (const cue of this.cues) {
      const was = before.get(cue.key);
      before.delete(cue.key);
      if (!was) found.added += 1;
      else if (was.text !== cue.text) found.words += 1;
      else if (was.start !== cue.start || was.end !== cue.end) found.times += 1;
    }
    found.removed = before.size;
    return found;
  }

  at(key) {
    return this.cues.findIndex((cue) => cue.key === key);
  }

  get(key) {
    return this.cues[this.at(key)];
  }

  // The cue that is shown at a moment, or none.
  shownAt(seconds) {
    let [low, high] = [0, this.cues.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.cues[middle].start <= seconds) low = middle + 1;
      else high = middle;
    }
    for (let place = low - 1; place >= 0 && place > low - 4; place -= 1) {
      if (this.cues[place].end > seconds) return this.cues[place];
    }
    return undefined;
  }

  // `kind` joins keystrokes of one burst into one step of undo.
  put(cues, kind = null) {
    const moment = Date.now();
    const same = kind && this.last?.kind === kind && moment - this.last.moment < PAUSE_MS;
    if (!same) this.past.push(this.cues);
    if (this.past.length > STEPS) this.past.shift();
    this.future = [];
    this.last = { kind, moment };
    this.cues = cues;
    this.onChange();
  }

  undo() { return this.step(this.past, this.future); }
  redo() { return this.step(this.future, this.past); }

  step(from, to) {
    if (!from.length) return false;
    to.push(this.cues);
    this.cues = from.pop();
    this.last = null;
    this.onChange();
    return true;
  }

  fresh(start, end, text) {
    this.made += 1;
    return { key: `n${Date.now()}-${this.made}`, start: round(start), end: round(end), text };
  }

  replaced(key, ...cues) {
    return this.cues.flatMap((cue) => (cue.key === key ? cues : [cue]));
  }

  setText(key, text) {
    const cue = this.get(key);
    if (cue && cue.text !== text) this.put(this.replaced(key, { ...cue, text }), `text ${key}`);
  }

  setTimes(key, { start, end }, kind = null) {
    const cue = this.get(key);
    const times = { start: Math.max(0, round(start ?? cue.start)), end: round(end ?? cue.end) };
    if (times.start === cue.start && times.end === cue.end) return;
    this.put(this.replaced(key, { ...cue, ...times }).sort(byTime), kind);
  }

  // The words part at `cursor`; the time where the video stands, if that agrees with the words.
  split(key, cursor, playing) {
    const cue = this.get(key);
    const [first, second] = [cue.text.slice(0, cursor).trim(), cue.text.slice(cursor).trim()];
    if (!first || !second) return null;
    const share = first.length / (first.length + second.length);
    const spoken = cue.start + (cue.end - cue.start) * share;
    // Where the video merely stopped at an edge of the cue, nobody chose that place.
    const chosen = playing > (cue.start + spoken) / 2 && playing < (spoken + cue.end) / 2;
    const middle = round(chosen ? playing : spoken);
    const next = this.fresh(middle, cue.end, second);
    this.put(this.replaced(key, { ...cue, end: middle, text: first }, next));
    return next.key;
  }

  merge(key) {
    const place = this.at(key);
    const [cue, next] = [this.cues[place], this.cues[place + 1]];
    if (!next) return false;
    const both = { ...cue, end: Math.max(cue.end, next.end), text: joined(cue.text, next.text) };
    this.put(this.cues.flatMap((one) => (one === cue ? [both] : one === next ? [] : [one])));
    return true;
  }

  // Returns the key of the cue that stands in its place now, if any.
  remove(key) {
    const place = this.at(key);
    this.put(this.replaced(key));
    return (this.cues[place] || this.cues[place - 1])?.key;
  }

  // A cue of two seconds from `start`, shorter where the next one begins.
  add(start) {
    const next = this.cues.find((cue) => cue.start > start + SHORTEST);
    const cue = this.fresh(start, Math.min(start + 2, next?.start ?? Infinity), "");
    this.put([...this.cues, cue].sort(byTime));
    return cue.key;
  }

  // Moves all cues, or those from `from` on. Returns how far back they could go at most, if not.
  shift(by, from = null) {
    const place = from === null ? 0 : this.at(from);
    const room = this.cues[place]?.start ?? 0;
    if (by < -room) return room;
    const moved = (cue) => ({ ...cue, start: round(cue.start + by), end: round(cue.end + by) });
    this.put(this.cues.map((cue, number) => (number < place ? cue : moved(cue))).sort(byTime));
    return null;
  }

  find(what, after) {
    const from = this.at(after) + 1;
    const order = [...this.cues.slice(from), ...this.cues.slice(0, from)];
    return what ? order.find((cue) => cue.text.includes(what))?.key : undefined;
  }

  replaceAll(what, words) {
    if (!what) return 0;
    let count = 0;
    const cues = this.cues.map((cue) => {
      const parts = cue.text.split(what);
      count += parts.length - 1;
      return parts.length > 1 ? { ...cue, text: parts.join(words) } : cue;
    });
    if (count) this.put(cues);
    return count;
  }
}

// What is wrong with a cue (it cannot be saved) or odd about it (it can).
export function problemOf(cue, next, seconds) {
  if (!cue.text.trim()) return { bad: true, words: "没有文字，请填上，或者删除这一句。" };
  if (!(cue.end > cue.start)) return { bad: true, words: "结束时间要晚于开始时间。" };
  if (next && next.start < cue.end - 0.0005) return { words: `和下一句重叠了 ${(cue.end - next.start).toFixed(1)} 秒。` };
  if (seconds && cue.start >= seconds) return { words: "超出了视频的长度。" };
  const speed = cue.text.replace(/\s/g, "").length / (cue.end - cue.start);
  if (speed > 12) return { words: `每秒 ${Math.round(speed)} 个字，观众可能来不及看。` };
  return null;
}
