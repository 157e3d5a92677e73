// Reports what was played, in media time, every 5 to 15 seconds, as the server asks, and at each
// pause, jump and hiding of the page. The server's clock decides what counts. A report is kept on
// the device until it is acknowledged, so that a dropped line, a closed lid or a killed app loses
// nothing; where we are is kept each second.

import { keep, keepPlace, leftovers, placeKept, settle } from "./kept.js";
import { beyond, playedBy, positionOf, union } from "./stretches.js";

const SOONEST_MS = 5_000;
const LATEST_MS = 15_000;
const KEEP_EVERY_MS = 5_000;
const JUMPED_MS = 1_000; // who drags about has arrived by then
const PATIENCE_MS = 20_000;
const MOVED_SECONDS = 2; // a place to go on that differs by less is the same
const END_SECONDS = 5; // who stopped so near the end begins anew
const LEAD_IN_SECONDS = 2; // the server goes on so much earlier than where one stopped
// The server has understood it, or never will.
const isSettled = ({ ok, status }) => ok || [400, 410, 413, 422].includes(status);

// Who is playing is further by the time the report is needed: no lead-in then.
function goingOn(media, place) {
  if (media.paused) return place;
  const latest = Number(media.dataset.seconds) - END_SECONDS - 0.1;
  return Math.max(place, Math.min(place + LEAD_IN_SECONDS, latest) || 0);
}

async function send(url, report, hiding = false) {
  const { at, tries, ...said } = report;
  report.tries = (tries ?? 0) + 1;
  const line = new AbortController();
  const patience = setTimeout(() => line.abort(), PATIENCE_MS);
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      // How long ago, by this device's own clock: no need for it to be right.
      body: JSON.stringify({ ...said, age: at ? Math.max(0, (Date.now() - at) / 1000) : 0 }),
      keepalive: hiding,
      signal: line.signal,
    });
  } finally {
    clearTimeout(patience);
  }
}

class Watch {
  constructor(media) {
    this.media = media;
    this.url = media.dataset.reportUrl;
    this.panel = document.querySelector("[data-watch-panel]");
    this.back = this.panel?.querySelector("[data-watch-back]");
    this.begin(media.dataset.session);
    this.every = SOONEST_MS;
    this.waiting = []; // reports that are whole, on their way or not
    this.rate = media.playbackRate;
    this.place = null; // where the last report said we are
    this.sending = false;
    this.present = false;
    this.stopped = false;
    this.savedAt = null;
    this.listen();
  }

  begin(session) {
    this.session = session;
    this.sequence = 0;
    this.draft = null; // the report that still grows
    this.taken = playedBy(this.media); // what reports hold already
  }

  listen() {
    const { media } = this;
    for (const name of ["pause", "ended"]) media.addEventListener(name, () => this.flush());
    // What was played until now was played at the speed before.
    media.addEventListener("ratechange", () => {
      this.close();
      this.rate = media.playbackRate;
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush(true);
    });
    window.addEventListener("pagehide", () => this.flush(true));
    window.addEventListener("online", () => this.round());
    // Somebody is there: what was played until now belongs to the time before this sign.
    media.addEventListener("watch:present", () => {
      this.close();
      this.present = true;
    });
    this.back?.addEventListener("click", () => this.takeBack());
    media.addEventListener("seeked", () => {
      clearTimeout(this.jumped);
      this.jumped = setTimeout(() => this.flush(), JUMPED_MS);
    });
    setInterval(() => this.collect(), KEEP_EVERY_MS);
    setInterval(() => this.tick(), 1000);
    this.goOnFromHere();
    this.sendLeftovers();
    this.again();
  }

  /** At two times the speed five seconds of the lecture are over in half the time. */
  again() {
    const hurry = this.every > SOONEST_MS ? 1 : Math.max(1, this.media.playbackRate);
    setTimeout(() => {
      this.round();
      this.again();
    }, this.every / hurry);
  }

  tick() {
    this.tellAge();
    if (!this.stopped && !this.media.paused) keepPlace(this.panel?.dataset.place, positionOf(this.media));
  }

  round() {
    this.flush();
    this.sendLeftovers();
  }

  /** Add what was played since to the report that grows. */
  collect() {
    if (this.stopped) return;
    const fresh = beyond(playedBy(this.media), this.taken);
    const place = positionOf(this.media);
    const moved = this.place !== null && Math.abs(place - this.place) > MOVED_SECONDS;
    if (fresh.length === 0 && !moved) return;
    this.taken = union([...this.taken, ...fresh]);
    this.draft ??= this.newReport();
    this.draft.stretches = union([...this.draft.stretches, ...fresh]);
    this.place = place;
    this.draft.position = goingOn(this.media, place);
    this.draft.at = Date.now();
    this.keep();
  }

  newReport() {
    const report = { session: this.session, sequence: (this.sequence += 1), stretches: [], rate: this.rate };
    if (this.present) report.present = true;
    this.present = false;
    return report;
  }

  /** Let the report that grows be whole. */
  close() {
    this.collect();
    if (!this.draft) return;
    this.waiting.push(this.draft);
    this.draft = null;
    this.keep();
  }

  keep() {
    const all = this.draft ? [...this.waiting, this.draft] : this.waiting;
    keep(this.session, all, this.draft !== null);
  }

  async flush(hiding = false) {
    this.close();
    if (this.sending && !hiding) return;
    this.sending = true;
    try {
      // A page that hides has no time to wait for one answer after the other.
      if (hiding) await Promise.all(this.waiting.map((report) => this.deliver(report, true)));
      else while (this.waiting.length && (await this.deliver(this.waiting[0]))) { /* the next one */ }
    } catch {
      this.say("网络不通，进度先存在这台设备上，恢复后会自动补上。");
    } finally {
      this.sending = false;
    }
  }

  /** Send one report; false when it must be sent again later. */
  async deliver(report, hiding = false) {
    const answer = await send(this.url, report, hiding);
    const body = await answer.json().catch(() => ({}));
    if (!isSettled(answer)) {
      this.say(body.error?.message ?? "服务器正忙，进度先存在这台设备上，稍后自动再试。");
      return false;
    }
    if (body.reason === "repeated" && report.tries === 1) {
      // Another page has sent this number for us, with less in it: what is new counts under a new one.
      report.sequence = this.sequence += 1;
      return this.deliver(report, hiding);
    }
    this.waiting = this.waiting.filter((other) => other !== report);
    this.keep();
    this.hear(answer, body);
    return true;
  }

  hear(answer, body) {
    if (!answer.ok) return this.say(body.error?.message ?? "这段观看没有记上，请刷新页面。");
    const asked = Number(body.again_seconds) * 1000 || LATEST_MS;
    this.every = Math.min(LATEST_MS, Math.max(SOONEST_MS, asked));
    this.stopped = body.reason === "superseded";
    this.offerBack(this.stopped);
    if (body.message && body.reason !== "repeated") this.say(body.message);
    else this.savedAt = Date.now();
    this.tellAge();
    this.show(body);
  }

  /** The older device goes on: its page gets a new session, which is then the newest. */
  async takeBack() {
    try {
      const answer = await send(this.back.dataset.url, { session: this.session });
      const body = await answer.json();
      if (!answer.ok) return this.say(body.error?.message ?? "没有接过来，请刷新页面。");
      this.stopped = false;
      this.begin(body.session);
      this.offerBack(false);
      this.say("好了，现在在这里计时，播放时会自动保存进度。");
    } catch {
      this.say("网络不通，请稍后再点一次。");
    }
    return undefined;
  }

  offerBack(offered) {
    if (this.back) this.back.hidden = !offered;
  }

  /** Send what other pages could not; what they knew of this lesson is where we go on. */
  async sendLeftovers() {
    for (const left of leftovers(this.session)) {
      try {
        const answer = await send(this.url, left.report);
        if (!isSettled(answer)) continue; // of somebody else, perhaps: it waits for them
        settle(left);
        if (answer.ok && left.page === location.pathname) this.goOn(await answer.json());
      } catch {
        return; // no line yet: the next round tries again
      }
    }
  }

  goOn(body) {
    this.show(body);
    this.goTo(body.resume_seconds);
  }

  /** The app was killed here a moment after it had last reported: this device knows better. */
  goOnFromHere() {
    const { place, saved } = this.panel?.dataset ?? {};
    const kept = placeKept(place, saved === "" ? Infinity : Number(saved));
    if (kept !== null && kept < this.media.dataset.seconds - END_SECONDS) this.goTo(kept);
  }

  goTo(place) {
    const { media } = this;
    const begun = media.played.length > 0 || !media.paused;
    const asked = /[?#&]t=/.test(location.search + location.hash); // a link to a moment
    if (begun || asked || Math.abs(place - Number(media.dataset.start)) <= MOVED_SECONDS) return;
    media.dataset.start = place;
    media.dispatchEvent(new CustomEvent("player:do", { detail: { act: "go", value: place } }));
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
  new Watch(media);
}
