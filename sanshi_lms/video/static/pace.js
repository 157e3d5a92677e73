// How fast bytes go and how long the rest takes, from the last fifteen seconds.

const WINDOW_MS = 15_000;
const ENOUGH_MS = 1500;

export class Pace {
  samples = [];

  note(at, bytes) {
    this.samples.push([at, bytes]);
    this.samples = this.samples.filter(([before]) => at - before < WINDOW_MS);
  }

  // Bytes a second; 0 while it is too early to say.
  speed() {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || last[0] - first[0] < ENOUGH_MS) return 0;
    return Math.max(last[1] - first[1], 0) / ((last[0] - first[0]) / 1000);
  }

  // Seconds that `rest` bytes take; null while it is too early to say.
  left(rest) {
    const speed = this.speed();
    return speed > 0 ? rest / speed : null;
  }
}

export function bytes(count) {
  if (count < 1e6) return `${Math.ceil(count / 1000)} KB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}
