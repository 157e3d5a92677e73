// The bar: where we are, what is loaded, what is not made yet; a look at a second before going there.

import { clock, spoken } from "./choices.js";

export class Rail {
  constructor(player) {
    this.player = player;
    this.rail = player.part("rail");
    this.seek = player.part("seek");
    this.peek = player.part("peek");
    this.dragging = false;
    this.onPeek = []; // who has something to show of a second: thumbnails, chapters
    this.listen();
    this.size();
  }

  get length() {
    const { video } = this.player;
    const told = Number(video.dataset.seconds);
    if (this.player.source.growing && told) return told;
    return Number.isFinite(video.duration) && video.duration > 0 ? video.duration : told;
  }

  // How far the video is made: all of it, unless it is being made while we watch.
  get made() {
    const { video, source } = this.player;
    if (!source.growing || !video.seekable.length) return this.length;
    return Math.min(this.length, video.seekable.end(video.seekable.length - 1));
  }

  listen() {
    const { seek, rail, player } = this;
    seek.addEventListener("input", () => {
      this.dragging = true;
      this.show(Number(seek.value));
      this.look(Number(seek.value));
    });
    seek.addEventListener("change", () => {
      this.dragging = false;
      this.hide();
      player.go(Number(seek.value));
    });
    rail.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" || this.dragging) this.look(this.secondAt(event.clientX));
    });
    for (const name of ["pointerleave", "pointercancel", "pointerup"]) rail.addEventListener(name, () => this.hide());
    for (const name of ["loadedmetadata", "durationchange", "progress", "emptied", "seeked"]) {
      player.video.addEventListener(name, () => this.size());
    }
    // At the edge of what is made a player waits; that is no fault of the line.
    player.video.addEventListener("waiting", () => {
      this.waits = this.made < this.length - 0.5 && player.video.currentTime > this.made - 1;
      if (this.waits) player.tell("后面还在制作，做好会接着放。");
    });
    player.video.addEventListener("playing", () => {
      if (this.waits) player.tell("");
      this.waits = false;
    });
    player.video.addEventListener("timeupdate", () => {
      if (!this.dragging) this.show(player.video.currentTime);
    });
  }

  // The thumb of a range never leaves its bar: its centre runs from half a thumb to half a thumb.
  secondAt(x) {
    const box = this.seek.getBoundingClientRect();
    const thumb = parseFloat(getComputedStyle(this.rail).getPropertyValue("--thumb")) || 16;
    const share = (x - box.left - thumb / 2) / Math.max(1, box.width - thumb);
    return Math.min(1, Math.max(0, share)) * this.length;
  }

  size() {
    const { video } = this.player;
    const length = this.length;
    this.seek.max = String(length);
    this.player.part("length").textContent = clock(length);
    let loaded = 0;
    for (let i = 0; i < video.buffered.length; i += 1) {
      if (video.buffered.start(i) <= video.currentTime + 0.5) loaded = Math.max(loaded, video.buffered.end(i));
    }
    this.part("loaded", loaded / length);
    const unmade = this.player.part("unmade");
    unmade.hidden = this.made > length - 0.5;
    this.part("made", this.made / length);
  }

  part(name, share) {
    this.rail.style.setProperty(`--${name}`, String(Math.min(1, Math.max(0, share || 0))));
  }

  show(seconds) {
    this.seek.value = String(seconds);
    this.seek.setAttribute("aria-valuetext", `${spoken(seconds)}，共 ${spoken(this.length)}`);
    this.player.part("now").textContent = clock(seconds);
    this.part("at", seconds / this.length);
  }

  look(second) {
    const share = second / this.length;
    this.peek.hidden = false;
    this.player.part("peek-time").textContent = second > this.made ? `${clock(second)} 还在制作` : clock(second);
    for (const tell of this.onPeek) tell(second);
    // It stays inside the player, however near the end the finger is.
    const half = this.peek.offsetWidth / 2;
    const width = this.rail.offsetWidth;
    const place = Math.min(Math.max(share * width, half), Math.max(half, width - half));
    this.peek.style.setProperty("--place", `${place}px`);
  }

  hide() {
    if (!this.dragging) this.peek.hidden = true;
  }
}
