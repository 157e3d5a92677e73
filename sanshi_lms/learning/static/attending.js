// Keeps a first view in order, and asks from time to time whether somebody is there. Both are told
// gently here; what counts is decided by the server.

import { ask } from "./asking.js";

const SIGNS = ["pointerdown", "keydown", "touchstart"];
const SIGN_AFTER_SECONDS = 30;
const SLACK_SECONDS = 2;

/** What was not seen yet cannot be skipped: the place is put back, with a word. */
class Order {
  constructor(media, panel) {
    this.media = media;
    this.line = panel.querySelector("[data-watch-line]");
    this.reach = Number(panel.dataset.reach);
    media.addEventListener("timeupdate", () => this.follow());
    media.addEventListener("seeking", () => this.hold());
  }

  follow() {
    const { currentTime, seeking } = this.media;
    if (!seeking && currentTime <= this.reach + SLACK_SECONDS) this.reach = Math.max(this.reach, currentTime);
  }

  hold() {
    if (this.media.currentTime <= this.reach + SLACK_SECONDS) return;
    this.media.currentTime = this.reach;
    if (this.line) this.line.textContent = "这门课第一遍要按顺序看，已经回到您看到的地方。";
  }
}

/** After so many seconds of play without a sign, stop and ask; nothing seen before is lost. */
class Presence {
  constructor(media, seconds) {
    this.media = media;
    this.seconds = seconds;
    this.idle = 0;
    this.last = null;
    media.addEventListener("timeupdate", () => this.count());
    for (const name of ["seeking", "pause"]) media.addEventListener(name, () => { this.last = null; });
    for (const name of SIGNS) document.addEventListener(name, () => this.sign(), { passive: true, capture: true });
  }

  count() {
    const { currentTime, seeking } = this.media;
    if (!seeking && this.last !== null) this.idle += Math.max(0, currentTime - this.last);
    this.last = seeking ? null : currentTime;
    if (this.idle >= this.seconds && !this.asking) this.question();
  }

  sign() {
    if (this.asking || this.idle < SIGN_AFTER_SECONDS) return;
    this.here();
  }

  here() {
    this.idle = 0;
    this.media.dispatchEvent(new CustomEvent("watch:present"));
  }

  async question() {
    this.asking = true;
    await ask(this.media, {
      title: "还在看吗？",
      words: "有一会儿没有动静了，先停在这里。前面看的都已经算数，什么时候回来点一下都可以。",
      yes: "在看，继续播放",
    });
    this.asking = false;
    this.here();
    this.media.play().catch(() => {});
  }
}

const panel = document.querySelector("[data-watch-panel]");
const media = document.querySelector("video[data-report-url]");
if (panel && media) {
  if (panel.dataset.reach) new Order(media, panel);
  if (panel.dataset.presence) new Presence(media, Number(panel.dataset.presence));
}
