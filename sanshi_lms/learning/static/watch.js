// Reports what was played, in media time, every 15 seconds and when the page hides.
// The server's clock decides what counts. A report is kept on the device until it is
// acknowledged, so that a dropped line, a closed lid or a killed app loses nothing.

const EVERY_MS = 15_000;
const KEPT = "sanshi-watch:";

/** The union of [start, end] pairs, in order. */
function union(pairs) {
  const merged = [];
  for (const [start, end] of [...pairs].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** What of `pairs` lies outside `known`; both are unions. */
function beyond(pairs, known) {
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

function playedBy(media) {
  const pairs = [];
  for (let i = 0; i < media.played.length; i += 1) {
    pairs.push([media.played.start(i), media.played.end(i)].map((t) => Math.round(t * 1000) / 1000));
  }
  return union(pairs.filter(([start, end]) => end > start));
}

async function send(url, report, hiding) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(report),
    keepalive: hiding,
  });
}

/** Send what an earlier page could not: its reports wait under their session. */
async function sendLeftovers(url, session) {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(KEPT) && key !== KEPT + session);
  for (const key of keys) {
    try {
      for (const report of JSON.parse(localStorage.getItem(key))) {
        const answer = await send(url, report, false);
        if (answer.status === 401 || answer.status >= 500) return;
      }
      localStorage.removeItem(key);
    } catch {
      return; // no line yet: the next page tries again
    }
  }
}

class Watch {
  constructor(media) {
    this.media = media;
    this.url = media.dataset.reportUrl;
    this.session = media.dataset.session;
    this.panel = document.querySelector("[data-watch-panel]");
    this.sequence = 0;
    this.taken = []; // what waiting reports hold already
    this.waiting = [];
    this.sending = false;
    this.present = false;
    this.stopped = false;
    this.savedAt = null;
    media.addEventListener("pause", () => this.flush());
    media.addEventListener("ended", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush(true);
    });
    window.addEventListener("pagehide", () => this.flush(true));
    window.addEventListener("online", () => this.flush());
    // Somebody is there: what was played until now belongs to the time before this sign.
    media.addEventListener("watch:present", () => {
      this.collect();
      this.present = true;
    });
    setInterval(() => this.flush(), EVERY_MS);
    setInterval(() => this.tellAge(), 1000);
  }

  async start() {
    await sendLeftovers(this.url, this.session);
  }

  collect() {
    const fresh = beyond(playedBy(this.media), this.taken);
    if (fresh.length === 0) return;
    this.taken = union([...this.taken, ...fresh]);
    this.sequence += 1;
    this.waiting.push({
      session: this.session,
      sequence: this.sequence,
      stretches: fresh,
      position: Math.round(this.media.currentTime * 1000) / 1000,
      ...(this.present && { present: true }),
    });
    this.present = false;
    this.keep();
  }

  keep() {
    try {
      if (this.waiting.length) localStorage.setItem(KEPT + this.session, JSON.stringify(this.waiting));
      else localStorage.removeItem(KEPT + this.session);
    } catch {
      // Private mode has no room: reports then live as long as the page.
    }
  }

  async flush(hiding = false) {
    if (this.stopped) return;
    this.collect();
    if (this.sending && !hiding) return;
    this.sending = true;
    try {
      while (this.waiting.length && !this.stopped) {
        const report = this.waiting[0];
        const answer = await send(this.url, report, hiding);
        if (!(await this.take(answer))) break;
        // A page that hides sends beside a report on its way: drop this one, not the first.
        this.waiting = this.waiting.filter((other) => other !== report);
        this.keep();
      }
    } catch {
      this.say("网络不通，进度先存在这台设备上，恢复后会自动补上。");
    } finally {
      this.sending = false;
    }
  }

  /** Take the server's answer; false when the report must be sent again. */
  async take(answer) {
    if (answer.status === 401) {
      this.say("登录已过期。进度已存在这台设备上，重新登录后打开本课会自动补上。");
      return false;
    }
    if (answer.status === 429 || answer.status >= 500) {
      this.say("服务器正忙，进度先存在这台设备上，稍后自动再试。");
      return false;
    }
    const body = await answer.json();
    if (!answer.ok) {
      this.say(body.error?.message ?? "这段观看没有记上，请刷新页面。");
      return true;
    }
    this.stopped = body.reason === "superseded";
    if (body.message && body.reason !== "repeated") this.say(body.message);
    else this.savedAt = Date.now();
    this.tellAge();
    this.show(body);
    return true;
  }

  show(body) {
    if (!this.panel) return;
    const percent = body.share >= 1 ? 100 : Math.floor(body.share * 100);
    const bar = this.panel.querySelector("[data-watch-bar]");
    if (bar) bar.value = percent;
    const share = this.panel.querySelector("[data-watch-share]");
    if (share) share.textContent = `${percent}%`;
    if (body.lesson_complete) this.panel.querySelector("[data-watch-done]").hidden = false;
    if (body.course_complete) this.panel.querySelector("[data-watch-course]").hidden = false;
  }

  say(sentence) {
    this.savedAt = null;
    const line = this.panel?.querySelector("[data-watch-line]");
    if (line) line.textContent = sentence;
  }

  tellAge() {
    const line = this.panel?.querySelector("[data-watch-line]");
    if (!line || this.savedAt === null) return;
    const seconds = Math.round((Date.now() - this.savedAt) / 1000);
    line.textContent = seconds < 5 ? "进度已保存" : `进度已保存（${seconds} 秒前）`;
  }
}

for (const media of document.querySelectorAll("video[data-report-url][data-session]")) {
  new Watch(media).start();
}
