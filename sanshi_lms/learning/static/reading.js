// Tells the server, while a text is looked at, that it is; the server's clock does the counting.

const EVERY_MS = 15_000;

class ReadingTime {
  constructor(panel) {
    this.panel = panel;
    this.line = panel.querySelector("[data-reading-line]");
    this.bar = panel.querySelector("[data-reading-bar]");
    document.addEventListener("visibilitychange", () => this.beat(!document.hidden));
    this.timer = setInterval(() => this.beat(), EVERY_MS);
    this.beat();
  }

  async beat(back = false) {
    // The last beat of a page that hides counts the seconds before it hid.
    try {
      const answer = await fetch(this.panel.dataset.url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ session: this.panel.dataset.session, back }),
        keepalive: true,
      });
      const body = await answer.json();
      this.show(answer.ok ? body : { message: body.error?.message });
    } catch {
      this.show({ message: "网络不通，这段时间暂时记不上，恢复后会接着记。" });
    }
    if (document.hidden) clearInterval(this.timer);
    else this.again();
  }

  again() {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.beat(), EVERY_MS);
  }

  show({ message, spent_seconds: spent, complete }) {
    if (message) this.line.textContent = message;
    if (this.bar && spent !== undefined) this.bar.value = spent;
    if (complete) location.reload();
  }
}

for (const panel of document.querySelectorAll("[data-reading]")) new ReadingTime(panel);
