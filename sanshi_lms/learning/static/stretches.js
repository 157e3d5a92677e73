// Arithmetic of [start, end] pairs in seconds of media time.

/** The union of pairs, in order. */
export function union(pairs) {
  const merged = [];
  for (const [start, end] of [...pairs].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** What of `pairs` lies outside `known`; both are unions. */
export function beyond(pairs, known) {
  let rest = pairs;
  for (const [from, to] of known) {
    rest = rest.flatMap(([start, end]) =>
      end <= from || start >= to
        ? [[start, end]]
        : [[start, from], [to, end]].filter(([a, b]) => b - a > 0.01),
    );
  }
  return rest;
}

const exact = (seconds) => Math.round(seconds * 1000) / 1000;

/** What a media element has played since its page was opened. */
export function playedBy(media) {
  const pairs = [];
  for (let i = 0; i < media.played.length; i += 1) {
    pairs.push([media.played.start(i), media.played.end(i)].map(exact));
  }
  return union(pairs.filter(([start, end]) => end > start));
}

export const positionOf = (media) => exact(media.currentTime);
