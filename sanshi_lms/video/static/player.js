// The player: our own controls on a plain <video data-player>, which keeps all its events, so that
// other scripts (learning's watch.js) listen to the element itself.

import { isApple, Source } from "./source.js";

const STEP_SECONDS = 5;
const RATES = [0.75, 1, 1.25, 1.5, 2];
const MEMORY = "sanshi.player";

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY)) || {};
  } catch {
    return {}; // storage may be forbidden
  }
}

function remember(values) {
  try {
    localStorage.setItem(MEMORY, JSON.stringify({ ...remembered(), ...values }));
  } catch {
    // then the next page starts with the usual choices
  }
}

// Seconds from "754", "12:34" or "1:02:03"; NaN for anything else.
export function secondsOf(text) {
  if (!/^\d+(:\d{1,2}){0,2}(\.\d+)?$/.test(text || "")) return NaN;
  return text.split(":").reduce((total, part) => total * 60 + Number(part), 0);
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

// Where to start: a link to a second (#t=75, ?t=75) before the place where the person stopped.
function wantedStart(video) {
  const hash = secondsOf(new URLSearchParams(location.hash.slice(1)).get("t"));
  const query = secondsOf(new URLSearchParams(location.search).get("t"));
  const link = Number.isNaN(hash) ? query : hash;
  const start = Number.isNaN(link) ? Number(video.dataset.start) || 0 : link;
  const length = Number(video.dataset.seconds);
  return start >= length - 1 && Number.isNaN(link) ? 0 : Math.min(Math.max(0, start), Math.max(0, length - 0.5));
}

class Player {
  constructor(video) {
    this.video = video;
    this.frame = video.closest("[data-player-frame]");
    this.message = this.part("message");
    this.source = new Source(video, (sentence, action) => this.tell(sentence, action));
    this.start = wantedStart(video);
    this.dragging = false;
    video.controls = false;
    this.part("bar").hidden = false;
    this.frame.querySelector(".player__big").hidden = false;
    this.listen();
    this.recall();
    this.source.connect(this.start);
    if (this.start > 0) {
      this.show(this.start);
      this.tell(`从 ${clock(this.start)} 开始播放`, "begin");
    }
  }

  part(name) {
    return this.frame.querySelector(`[data-part=${name}]`);
  }

  listen() {
    const { video, frame } = this;
    const on = (names, act) => names.split(" ").forEach((name) => video.addEventListener(name, act));
    on("play playing pause ended", () => this.reflect());
    on("waiting seeking", () => { this.part("wait").hidden = video.paused && !video.seeking; });
    on("playing seeked canplay pause", () => { this.part("wait").hidden = true; });
    on("timeupdate", () => { if (!this.dragging) this.show(video.currentTime); });
    on("volumechange", () => this.reflect());
    on("ratechange", () => this.reflect());
    on("play", () => { if (this.source.failures === 0) this.tell(""); });
    frame.addEventListener("pointerdown", () => this.source.ready(this.start || -1), { once: true });
    frame.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act) this[act]?.();
    });
    video.addEventListener("click", () => { if (!video.controls) this.toggle(); });
    this.listenToChoices();
    // A script beside the player, such as embed.js, asks for what its buttons do.
    on("player:do", ({ detail: { act, value } }) => { if (["play", "go", "rate"].includes(act)) this[act](value); });
    // In an iPhone's own full screen only the browser can show captions.
    on("webkitbeginfullscreen webkitendfullscreen", (event) => {
      const inside = event.type === "webkitbeginfullscreen";
      for (const track of video.textTracks) {
        if (track.mode !== "disabled") track.mode = inside ? "showing" : "hidden";
      }
    });
    window.addEventListener("hashchange", () => this.go(secondsOf(new URLSearchParams(location.hash.slice(1)).get("t"))));
  }

  listenToChoices() {
    const seek = this.part("seek");
    seek.addEventListener("input", () => { this.dragging = true; this.show(Number(seek.value)); });
    seek.addEventListener("change", () => { this.dragging = false; this.go(Number(seek.value)); });
    this.part("speed").addEventListener("change", (event) => this.rate(Number(event.target.value)));
    this.part("captions")?.addEventListener("change", (event) => this.captions(event.target.value));
  }

  recall() {
    const { rate = 1, captions = "0", muted = false } = remembered();
    this.video.muted = Boolean(muted);
    this.rate(RATES.includes(rate) ? rate : 1, false);
    this.captions(this.video.textTracks[Number(captions)] || captions === "" ? captions : "0", false);
    this.reflect();
  }

  // What the buttons do.

  toggle() {
    return this.video.paused ? this.play() : this.video.pause();
  }

  play() {
    this.source.ready(this.start || -1);
    return this.video.play().catch((error) => {
      if (error.name !== "NotAllowedError") return;
      this.tell("请再点一次播放。");
      this.video.dispatchEvent(new CustomEvent("player:blocked"));
    });
  }

  go(seconds) {
    if (!Number.isFinite(seconds)) return;
    const { video } = this;
    const place = Math.min(Math.max(0, seconds), Math.max(0, (video.duration || Number(video.dataset.seconds)) - 0.1));
    this.tell("");
    this.show(place);
    if (video.readyState === 0) {
      this.start = place;
      this.source.ready(place);
      video.addEventListener("loadedmetadata", () => { video.currentTime = place; }, { once: true });
    } else {
      video.currentTime = place;
    }
  }

  rate(value, keep = true) {
    this.video.defaultPlaybackRate = value;
    this.video.playbackRate = value;
    this.part("speed").value = String(value);
    if (keep) remember({ rate: value });
  }

  captions(choice, keep = true) {
    const menu = this.part("captions");
    if (!menu) return;
    const tracks = [...this.video.textTracks];
    tracks.forEach((track, number) => {
      const chosen = choice !== "" && number === Number(choice);
      track.mode = chosen ? "hidden" : "disabled"; // hidden: we show its cues ourselves
      track.oncuechange = chosen ? () => this.say(track) : null;
    });
    const strip = this.part("caption");
    strip.hidden = choice === "";
    strip.lang = choice === "" ? "zh-CN" : tracks[Number(choice)].language;
    strip.textContent = "";
    menu.value = choice;
    if (keep) remember({ captions: choice });
  }

  say(track) {
    const words = [...(track.activeCues || [])].map((cue) => cue.getCueAsHTML().textContent);
    this.part("caption").textContent = words.join("\n");
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

  retry() { this.source.retry(); }
  reload() { location.reload(); }
  begin() { this.go(0); this.toggle(); }

  // What the person sees.

  show(seconds) {
    const seek = this.part("seek");
    seek.value = String(seconds);
    seek.setAttribute("aria-valuetext", clock(seconds));
    this.part("now").textContent = clock(seconds);
  }

  reflect() {
    const { video, frame } = this;
    const playing = !video.paused && !video.ended;
    frame.dataset.state = playing ? "playing" : "paused";
    frame.toggleAttribute("data-muted", video.muted);
    frame.querySelector("[data-act=mute]").setAttribute("aria-pressed", String(video.muted));
    for (const button of frame.querySelectorAll("[data-act=toggle]")) {
      button.setAttribute("aria-label", playing ? "暂停" : "播放");
    }
  }

  tell(sentence, action) {
    this.message.replaceChildren(sentence || "");
    this.message.hidden = !sentence;
    if (!action) return;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.act = action;
    button.textContent = { retry: "重试", reload: "刷新页面", begin: "从头播放" }[action];
    this.message.append(button);
  }

  key(event) {
    const { video } = this;
    const acts = {
      " ": () => this.toggle(),
      k: () => this.toggle(),
      ArrowLeft: () => this.go(video.currentTime - STEP_SECONDS),
      ArrowRight: () => this.go(video.currentTime + STEP_SECONDS),
      ArrowUp: () => { video.volume = Math.min(1, video.volume + 0.1); },
      ArrowDown: () => { video.volume = Math.max(0, video.volume - 0.1); },
      m: () => this.mute(),
      f: () => this.fullscreen(),
      c: () => {
        const menu = this.part("captions");
        if (menu) this.captions(menu.value === "" ? "0" : "");
      },
      "<": () => this.rate(RATES[Math.max(0, RATES.indexOf(video.playbackRate) - 1)]),
      ">": () => this.rate(RATES[Math.min(RATES.length - 1, RATES.indexOf(video.playbackRate) + 1)]),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

const players = [...document.querySelectorAll("video[data-player]")].map((video) => new Player(video));

// Keys reach the first player of the page, unless they belong to a field, a button or a shortcut.
document.addEventListener("keydown", (event) => {
  if (!players.length || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const here = event.target.closest("input, textarea, select, [contenteditable], button, a, summary");
  const field = here && !here.matches("button, a, summary");
  const pressed = here && (event.key === " " || event.key === "Enter");
  if (field || pressed) return;
  const inside = players[0].frame.contains(event.target);
  if (event.key.startsWith("ArrowUp") || event.key.startsWith("ArrowDown")) {
    if (!inside) return; // these scroll the page
  }
  players[0].key(event);
});
