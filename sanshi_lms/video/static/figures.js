// How watching went, for the lecture's figures: starts, time to the first picture, stalls. Sent in
// batches, forgotten if it cannot be sent, never used for credit.

const EVERY_MS = 60_000;
const SHORTEST_STALL_MS = 300; // shorter ones nobody notices

export class Figures {
  constructor(player) {
    this.player = player;
    this.url = player.video.dataset.figuresUrl;
    this.sums = this.nothing();
    this.asked = null; // when play was asked for, until the first picture
    this.shown = false;
    this.stalledAt = null;
    this.movedAt = null;
    if (this.url && navigator.sendBeacon) this.listen();
  }

  nothing() {
    return { plays: 0, seconds: 0, stalls: 0, stalled_ms: 0, failures: 0 };
  }

  listen() {
    const { video } = this.player;
    const on = (name, act) => video.addEventListener(name, act);
    on("play", () => {
      if (!this.shown && this.asked === null) this.asked = performance.now();
    });
    on("playing", () => this.moving());
    on("waiting", () => this.halted());
    on("pause", () => this.stopped());
    on("ended", () => this.stopped());
    on("seeking", () => {
      this.count();
      this.stalledAt = null; // who jumps expects to wait
    });
    on("seeked", () => { if (!video.paused) this.movedAt = performance.now(); });
    on("player:failed", () => {
      if (!this.shown && !this.failed) this.sums.failures = 1;
      this.failed = true;
    });
    setInterval(() => this.send(), EVERY_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.send();
    });
    window.addEventListener("pagehide", () => this.send());
  }

  moving() {
    const now = performance.now();
    if (!this.shown && this.asked !== null) {
      this.shown = true;
      this.sums.plays = 1;
      this.sums.first_frame_ms = Math.round(now - this.asked);
    }
    if (this.stalledAt !== null) {
      const long = now - this.stalledAt;
      if (long >= SHORTEST_STALL_MS) {
        this.sums.stalls += 1;
        this.sums.stalled_ms += Math.round(long);
      }
      this.stalledAt = null;
    }
    this.movedAt ??= now;
  }

  // The browser waits for data in the middle of playing.
  halted() {
    this.count();
    const { video } = this.player;
    const atEdge = video.currentTime > this.player.rail.made - 1; // nothing is made yet: no stall
    if (this.shown && !video.paused && !video.seeking && !atEdge) this.stalledAt = performance.now();
  }

  stopped() {
    this.count();
    this.stalledAt = null;
  }

  count() {
    if (this.movedAt !== null) this.sums.seconds += (performance.now() - this.movedAt) / 1000;
    this.movedAt = null;
  }

  send() {
    const playing = this.movedAt !== null;
    this.count();
    if (playing) this.movedAt = performance.now();
    const { sums } = this;
    if (!sums.plays && !sums.failures && !sums.stalls && sums.seconds < 1) return;
    this.sums = { ...this.nothing(), seconds: sums.seconds % 1 };
    navigator.sendBeacon(this.url, JSON.stringify({ ...sums, seconds: Math.floor(sums.seconds) }));
  }
}
