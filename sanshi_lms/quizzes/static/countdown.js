// Counts down to the server's deadline. The device's clock plays no part: what is left comes from
// the server with every answer, and in between runs the monotonic clock, which nobody can set.

const SOON_SECONDS = [300, 60];

export class Countdown {
  constructor(line, onEnd) {
    this.line = line;
    this.onEnd = onEnd;
    this.ended = false;
    this.told = new Set();
    if (!line) return;
    this.correct(Number(line.dataset.leftMs));
    setInterval(() => this.#show(), 500);
  }

  correct(leftMs) {
    if (!this.line || leftMs === null || leftMs === undefined) return;
    this.endsAt = performance.now() + leftMs;
    if (leftMs > 0) this.ended = false;
    this.#show();
  }

  #show() {
    const seconds = Math.max(0, Math.ceil((this.endsAt - performance.now()) / 1000));
    const minutes = Math.floor(seconds / 60);
    this.line.querySelector("[data-left]").textContent =
      `${String(minutes).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    this.line.classList.toggle("quiz__clock--soon", seconds <= SOON_SECONDS[0]);
    for (const soon of SOON_SECONDS) {
      if (seconds === soon && !this.told.has(soon)) {
        this.told.add(soon);
        this.line.querySelector("[data-soon]").textContent = `还剩 ${soon / 60} 分钟`;
      }
    }
    if (seconds === 0 && !this.ended) {
      this.ended = true;
      this.onEnd();
    }
  }
}
