// Three versions made one: what both began from, what I made of it, what somebody else saved.

const same = (a, b) => a.start === b.start && a.end === b.end && a.text === b.text;

// Finds for each cue of `base` what became of it in `rows`: itself, or one that kept its beginning
// or its words. What is left over in `rows` is new.
const NAMES = [
  (cue) => `${cue.start} ${cue.end} ${cue.text}`,
  (cue) => cue.start,
  (cue) => cue.text,
];

function matched(base, rows) {
  const theirs = new Map();
  const left = new Set(rows);
  for (const name of NAMES) {
    const pool = new Map();
    for (const row of left) {
      if (!pool.has(name(row))) pool.set(name(row), []);
      pool.get(name(row)).push(row);
    }
    for (const cue of base) {
      const found = theirs.has(cue.key) ? undefined : pool.get(name(cue))?.shift();
      if (!found) continue;
      theirs.set(cue.key, found);
      left.delete(found);
    }
  }
  return { theirs, fresh: [...left] };
}

// base, mine: cues with keys; rows: [[start, end, text], …] of somebody else.
// Returns { base, cues, taken, disputed }: what is in `disputed` both changed; mine stays and theirs
// is told. `taken` counts what came from them.
export function merged(base, mine, rows) {
  const others = rows.map(([start, end, text], place) => ({ key: `b${place}`, start, end, text }));
  const { theirs, fresh } = matched(base, others);
  const before = new Map(base.map((cue) => [cue.key, cue]));
  const kept = new Set(mine.map((cue) => cue.key));
  const disputed = new Map();
  const cues = [];
  let taken = fresh.length;
  for (const cue of mine) {
    const was = before.get(cue.key);
    const other = theirs.get(cue.key);
    if (!was) {
      if (!others.some((one) => same(one, cue))) cues.push({ ...cue, key: `m${cue.key}` });
    } else if (same(was, cue)) {
      if (!other || !same(other, was)) taken += 1;
      if (other) cues.push(other);
    } else if (!other) {
      const again = { ...cue, key: `m${cue.key}` }; // its old key may be another cue's now
      disputed.set(again.key, "对方删除了这一句");
      cues.push(again);
    } else {
      if (!same(other, was) && !same(other, cue)) disputed.set(other.key, `对方改成：${other.text}`);
      cues.push({ ...cue, key: other.key });
    }
  }
  for (const was of base) {
    const other = theirs.get(was.key);
    if (!kept.has(was.key) && other && !same(other, was)) {
      disputed.set(other.key, "您删除了这一句，对方改过它");
      cues.push(other);
    }
  }
  cues.push(...fresh);
  cues.sort((a, b) => a.start - b.start || a.end - b.end);
  return { base: others, cues, taken, disputed };
}
