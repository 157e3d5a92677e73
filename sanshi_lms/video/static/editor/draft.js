// What is not saved yet, kept on this device: a closed tab or an empty battery loses nothing.

const WAIT_MS = 400;

export class Draft {
  // `take` returns what to keep, or null when there is nothing; `failed` hears that it was too much.
  constructor(name, take, failed) {
    Object.assign(this, { name, take, failed });
    this.timer = 0;
    // A phone may never come back to a hidden page.
    document.addEventListener("visibilitychange", () => this.write());
    addEventListener("pagehide", () => this.write());
  }

  read() {
    try {
      const found = JSON.parse(localStorage.getItem(this.name));
      return Array.isArray(found?.cues) && Array.isArray(found.base) ? found : null;
    } catch {
      return null;
    }
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), WAIT_MS);
  }

  write() {
    clearTimeout(this.timer);
    const kept = this.take();
    if (kept === undefined) return; // nothing is loaded yet
    try {
      if (kept === null) localStorage.removeItem(this.name);
      else localStorage.setItem(this.name, JSON.stringify(kept));
      this.failed(false);
    } catch {
      this.failed(kept !== null);
    }
  }
}
