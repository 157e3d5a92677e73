// The player: our own controls on a plain <video data-player>, which keeps all its events, so that
// other scripts (learning's watch.js) listen to the element itself.

import { Captions } from "./captions.js";
import { Chapters } from "./chapters.js";
import { clock, RATES, remember, remembered, secondsOf } from "./choices.js";
import { Figures } from "./figures.js";
import { listenToKeys } from "./keys.js";
import { Panels } from "./panels.js";
import { Rail } from "./rail.js";
import { Reading } from "./reading.js";
import { isApple, Source } from "./source.js";
import { Stage } from "./stage.js";
import { Thumbs } from "./thumbs.js";
import { Trouble } from "./trouble.js";

// Where to start: a link to a second (#t=75, ?t=75) before the place where the person stopped.
function linkedSecond() {
  const hash = secondsOf(new URLSearchParams(location.hash.slice(1)).get("t"));
  return Number.isNaN(hash) ? secondsOf(new URLSearchParams(location.search).get("t")) : hash;
}

function wantedStart(video) {
  const link = linkedSecond();
  const start = Number.isNaN(link) ? Number(video.dataset.start) || 0 : link;
  const length = Number(video.dataset.seconds);
  return start >= length - 1 && Number.isNaN(link) ? 0 : Math.min(Math.max(0, start), Math.max(0, length - 0.5));
}

class Player {
  constructor(video) {
    this.video = video;
    this.room = video.closest("[data-player-room]");
    this.frame = video.closest("[data-player-frame]");
    this.message = this.part("message");
    this.source = new Source(video, (...words) => this.tell(...words));
    this.start = wantedStart(video);
    video.controls = false;
    for (const part of ["bar", "under"]) this.part(part).hidden = false;
    this.frame.querySelector(".player__big").hidden = false;
    this.rail = new Rail(this);
    this.panels = new Panels(this);
    this.reading = new Reading(this);
    this.captions = new Captions(this);
    this.stage = new Stage(this);
    this.doctor = new Trouble(this);
    new Thumbs(this);
    new Chapters(this);
    new Figures(this);
    this.listen();
    this.recall();
    this.connected = this.source.connect(this.start);
    if (this.start > 0) {
      this.rail.show(this.start);
      this.tell(`从 ${clock(this.start)} 开始播放`, "begin");
    }
  }

  part(name) {
    return this.room.querySelector(`[data-part=${name}]`);
  }

  parts(name) {
    return this.room.querySelectorAll(`[data-part=${name}]`);
  }

  // Shows in a menu what is chosen.
  check(group, value) {
    for (const input of this.room.querySelectorAll(`[data-choice=${group}]`)) input.checked = input.value === value;
  }

  word(menu, words) {
    const place = this.part(`word-${menu}`);
    if (place) place.textContent = words;
  }

  listen() {
    const { video, frame, room } = this;
    const on = (names, act) => names.split(" ").forEach((name) => video.addEventListener(name, act));
    on("play playing pause ended volumechange ratechange", () => this.reflect());
    on("waiting seeking", () => { this.part("wait").hidden = video.paused && !video.seeking; });
    on("playing seeked canplay pause", () => { this.part("wait").hidden = true; });
    on("play", () => { if (this.source.failures === 0) this.tell(""); });
    on("player:path", () => this.showPath());
    // A script beside the player, such as embed.js, asks for what its buttons do.
    on("player:do", ({ detail: { act, value } }) => { if (["play", "go", "rate"].includes(act)) this[act](value); });
    // A finger on its way to play starts the loading; one that opens a menu may still choose 省流.
    frame.addEventListener("pointerdown", (event) => {
      if (event.target.closest("[data-act=toggle]")) this.source.ready(this.start || -1);
    });
    room.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) this.act(button);
    });
    room.addEventListener("change", (event) => {
      const { choice } = event.target.dataset;
      if (choice) this.choose(choice, event.target.value);
    });
    this.part("volume").addEventListener("input", (event) => this.volume(Number(event.target.value)));
    this.part("saver")?.addEventListener("change", (event) => this.save(event.target.checked));
    window.addEventListener("hashchange", () => this.go(linkedSecond()));
  }

  act(button) {
    const { act, opens } = button.dataset;
    if (act === "open") return this.panels.toggle(opens, button);
    if (button.closest(".acts")) this.panels.close();
    return this[act]?.();
  }

  choose(group, value) {
    if (group === "captions") this.captions.choose(value);
    if (group === "size") this.captions.size(value);
    if (group === "speed") this.rate(Number(value));
    if (group === "quality") this.quality(value);
  }

  recall() {
    const { rate = 1, muted = false, volume = 1, quality = "auto", saver } = remembered();
    this.video.volume = volume >= 0 && volume <= 1 ? volume : 1;
    this.video.muted = Boolean(muted);
    this.rate(RATES.includes(rate) ? rate : 1, false);
    this.quality(quality, false);
    // Who told the phone to save data need not tell us again.
    this.save(saver ?? Boolean(navigator.connection?.saveData), false);
    this.reflect();
  }

  // What the buttons do.

  toggle() {
    return this.video.paused ? this.play() : this.video.pause();
  }

  // Pressed while hls.js is on its way, over a slow line: what it then attaches would end the play.
  async play() {
    await this.connected;
    this.source.ready(this.start || -1);
    return this.video.play().catch((error) => {
      if (error.name !== "NotAllowedError") return;
      this.tell("请再点一次播放。");
      this.video.dispatchEvent(new CustomEvent("player:blocked"));
    });
  }

  // What is not made yet cannot be shown: we go as far as there is, and say so.
  go(seconds) {
    if (!Number.isFinite(seconds)) return;
    const { video, rail } = this;
    const far = video.readyState > 0 && seconds > rail.made - 1 && rail.made < rail.length - 0.5;
    const place = Math.min(Math.max(0, seconds), Math.max(0, rail.made - (far ? 2 : 0.1)));
    this.tell(far ? `后面还在制作，现在能看到 ${clock(rail.made)}。` : "");
    rail.show(place);
    if (video.readyState === 0) {
      this.start = place;
      this.source.ready(place);
      video.addEventListener("loadedmetadata", () => { video.currentTime = place; }, { once: true });
    } else {
      video.currentTime = place;
    }
  }

  back() { this.go((this.video.currentTime || this.start) - 10); }

  rate(value, keep = true) {
    this.video.defaultPlaybackRate = value;
    this.video.playbackRate = value;
    this.check("speed", String(value));
    this.word("speed", value === 1 ? "倍速" : `${value}×`);
    if (keep) remember({ rate: value });
  }

  quality(value, keep = true) {
    const choice = this.room.querySelector(`[data-choice=quality][value="${CSS.escape(value)}"]`);
    const wanted = choice ? value : "auto";
    this.check("quality", wanted);
    this.wanted = wanted;
    if (keep) {
      remember({ quality: wanted });
      const saver = this.part("saver");
      if (saver?.checked && wanted !== "auto" && wanted !== "sound") this.save(false);
    }
    return this.applyQuality();
  }

  // 省流: the smallest picture, whatever the line could carry.
  save(on, keep = true) {
    const saver = this.part("saver");
    if (!saver) return undefined;
    saver.checked = on;
    if (keep) remember({ saver: on });
    if (on && this.wanted !== "sound") {
      this.wanted = "auto";
      this.check("quality", "auto");
      if (keep) remember({ quality: "auto" });
    }
    return this.applyQuality();
  }

  applyQuality() {
    const names = [...this.room.querySelectorAll("[data-choice=quality]")].map((input) => input.value);
    const smallest = names.filter((name) => name !== "auto" && name !== "sound").at(-1);
    const saving = this.part("saver")?.checked && this.wanted === "auto";
    const listening = this.wanted === "sound";
    this.word("quality", listening ? "听声音" : saving ? "省流" : this.wanted === "auto" ? "自动" : this.wanted);
    this.frame.toggleAttribute("data-listening", listening);
    this.part("listening").hidden = !listening;
    return this.source.choose(saving ? smallest : this.wanted);
  }

  picture() { this.quality("auto"); }

  // What the check offers: take another way and play at once.
  async begun(take) {
    this.tell("");
    await take();
    this.source.ready(this.start || -1);
    this.play();
  }

  showPath() {
    const only = this.source.kind === "plain";
    const note = this.part("one-size");
    if (!note) return;
    note.hidden = !only;
    for (const input of this.room.querySelectorAll("[data-choice=quality]")) input.disabled = only;
    const saver = this.part("saver");
    if (saver) saver.disabled = only;
  }

  volume(value) {
    this.video.volume = value;
    this.video.muted = value === 0;
    remember({ volume: value, muted: value === 0 });
  }

  mute() {
    this.video.muted = !this.video.muted;
    remember({ muted: this.video.muted });
  }

  fullscreen() {
    const { frame, video } = this;
    if (document.fullscreenElement) return document.exitFullscreen();
    // An iPhone only knows the full screen of the video element itself.
    if (frame.requestFullscreen && !isApple()) return frame.requestFullscreen().catch(() => {});
    return video.webkitEnterFullscreen?.();
  }

  pip() { this.stage.smallWindow(); }
  pane() { this.reading.toggle(); }
  follow() { this.reading.follow(); }
  previous() { this.reading.step(-1); }
  next() { this.reading.step(1); }
  trouble() { this.doctor.open(); }
  untrouble() { this.doctor.close(); }
  small() { this.begun(() => this.save(true)); }
  sound() { this.begun(() => this.quality("sound")); }
  plain() { this.begun(() => this.source.plain()); }
  keys() { this.panels.toggle("keys"); }
  close() { this.panels.close(); }
  retry() { this.source.retry(); }
  reload() { location.reload(); }
  begin() { this.go(0); this.toggle(); }

  // What the person sees.

  reflect() {
    const { video, frame } = this;
    const playing = !video.paused && !video.ended;
    frame.dataset.state = playing ? "playing" : "paused";
    frame.toggleAttribute("data-muted", video.muted);
    this.part("volume").value = String(video.muted ? 0 : video.volume);
    frame.querySelector("button.player__button[data-act=mute]").setAttribute("aria-pressed", String(video.muted));
    this.part("mute-words").textContent = video.muted ? "打开声音" : "静音";
    for (const button of frame.querySelectorAll("[data-act=toggle]")) {
      button.setAttribute("aria-label", playing ? "暂停" : "播放");
    }
  }

  tell(sentence, ...actions) {
    this.message.replaceChildren(sentence || "");
    this.message.hidden = !sentence;
    for (const action of actions.filter(Boolean)) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.act = action;
      button.textContent = { retry: "重试", reload: "刷新页面", begin: "从头播放", trouble: "查原因" }[action];
      this.message.append(button);
    }
  }
}

const players = [...document.querySelectorAll("video[data-player]")].map((video) => new Player(video));
listenToKeys(players);
