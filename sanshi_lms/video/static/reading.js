// The text of the lecture: the line that is spoken is marked and kept in sight, unless the person
// reads elsewhere; a line leads to its second; words can be found.

import { remember, remembered, spoken } from "./choices.js";

const REST_MS = 4000; // so long after the person's own scrolling nothing moves by itself

export class Reading {
  constructor(player) {
    this.player = player;
    this.pane = player.part("pane");
    if (!this.pane) return;
    this.scroller = player.part("scroll");
    this.list = player.part("lines");
    this.following = true;
    this.take();
    this.listen();
    const kept = remembered().pane;
    if (typeof kept === "boolean") player.room.dataset.pane = kept ? "open" : "closed";
    this.reflect();
  }

  take() {
    this.lines = [...this.list.querySelectorAll("li[data-start]")];
    this.starts = this.lines.map((line) => Number(line.dataset.start));
    this.current = -1;
    this.hits = [];
    this.hit = -1;
    this.lines.forEach((line) => this.makeButton(line));
  }

  // The text in the language of the captions.
  async speak(language, url) {
    if (!this.pane || this.list.lang === language) return;
    this.list.lang = language;
    try {
      const answer = await fetch(url);
      if (!answer.ok || this.list.lang !== language) return;
      const page = new DOMParser().parseFromString(`<ol>${await answer.text()}</ol>`, "text/html");
      this.list.replaceChildren(...page.querySelectorAll("li"));
    } catch {
      return; // no line just now: the text stays as it was
    }
    this.take();
    this.search(this.player.part("query").value);
    this.mark(this.player.video.currentTime);
  }

  // Written as text by the server; a button only when there is somebody to press it.
  makeButton(line) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...line.childNodes);
    line.append(button);
    const at = button.querySelector(".reading__at");
    at.setAttribute("aria-label", spoken(Number(line.dataset.start)));
  }

  listen() {
    const { player, scroller } = this;
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("li[data-start]");
      if (!line || String(getSelection())) return; // who marks words to copy them does not want to go
      this.follow();
      player.go(Number(line.dataset.start) + 0.01);
      if (player.video.paused) player.toggle();
    });
    player.video.addEventListener("timeupdate", () => this.mark(player.video.currentTime));
    player.video.addEventListener("seeking", () => this.mark(player.video.currentTime));
    for (const name of ["wheel", "touchmove", "pointerdown"]) {
      scroller.addEventListener(name, () => this.leave(), { passive: true });
    }
    scroller.addEventListener("keydown", (event) => {
      if (/^(Arrow|Page|Home|End|Tab)/.test(event.key)) this.leave();
    });
    const query = player.part("query");
    player.part("find").hidden = false;
    query.addEventListener("input", () => this.search(query.value));
    player.part("find").addEventListener("submit", (event) => {
      event.preventDefault();
      this.step(1);
    });
    query.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.shiftKey) {
        event.preventDefault();
        this.step(-1);
      } else if (event.key === "Escape" && query.value) {
        event.stopPropagation();
        query.value = "";
        this.search("");
      }
    });
    matchMedia("(min-width: 68em)").addEventListener("change", () => this.reflect());
  }

  get shown() {
    return this.pane && getComputedStyle(this.pane).display !== "none";
  }

  toggle() {
    if (!this.pane) return;
    const open = !this.shown;
    this.player.room.dataset.pane = open ? "open" : "closed";
    remember({ pane: open });
    this.reflect();
    if (!open) return this.player.room.querySelector(".player-under [data-act=pane]")?.focus({ preventScroll: true });
    this.follow();
    this.pane.scrollIntoView({ block: "nearest" });
    return this.scroller.focus({ preventScroll: true }); // not the field: it would open a phone's keyboard
  }

  reflect() {
    const { shown } = this;
    for (const button of this.player.room.querySelectorAll("[data-act=pane][aria-expanded]")) {
      button.setAttribute("aria-expanded", String(shown));
    }
    if (shown) this.keepInSight();
  }

  mark(seconds) {
    let number = this.starts.length - 1;
    while (number > 0 && this.starts[number] > seconds + 0.05) number -= 1;
    if (number === this.current) return;
    this.lines[this.current]?.firstElementChild.removeAttribute("aria-current");
    this.current = number;
    this.lines[number]?.firstElementChild.setAttribute("aria-current", "true");
    this.keepInSight();
  }

  keepInSight() {
    const line = this.lines[this.current];
    if (!line || !this.following || !this.shown) return;
    const [box, inside] = [line.getBoundingClientRect(), this.scroller.getBoundingClientRect()];
    // Only the pane scrolls, never the page: the person may be reading something else on it.
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = this.scroller.scrollTop + box.top - inside.top - (inside.height - box.height) / 3;
    this.scroller.scrollTo({ top, behavior: calm ? "auto" : "smooth" });
  }

  leave() {
    this.following = false;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.comeBack(), REST_MS);
    this.offer();
  }

  // After a rest we follow again only if the spoken line is still in sight.
  comeBack() {
    if (this.following) return;
    if (this.inSight() && !this.hits.length) this.follow();
    else this.offer();
  }

  inSight() {
    const line = this.lines[this.current];
    if (!line) return true;
    const [box, inside] = [line.getBoundingClientRect(), this.scroller.getBoundingClientRect()];
    return box.bottom > inside.top && box.top < inside.bottom;
  }

  offer() {
    const button = this.pane.querySelector("[data-act=follow]");
    requestAnimationFrame(() => { button.hidden = this.following || this.inSight(); });
  }

  follow() {
    this.following = true;
    clearTimeout(this.resting);
    this.offer();
    this.keepInSight();
  }

  search(words) {
    const wanted = words.trim().toLowerCase();
    this.hits = [];
    for (const line of this.lines) this.paint(line.querySelector(".reading__words"), wanted);
    this.hit = -1;
    const count = this.player.part("count");
    for (const act of ["previous", "next"]) this.pane.querySelector(`[data-act=${act}]`).disabled = !this.hits.length;
    if (this.hits.length) return this.step(1);
    count.textContent = wanted ? "没有" : "";
    if (!wanted) this.follow();
    return undefined;
  }

  paint(element, wanted) {
    const text = element.textContent;
    const low = text.toLowerCase();
    const parts = [];
    let from = 0;
    for (let at = wanted ? low.indexOf(wanted) : -1; at >= 0; at = low.indexOf(wanted, from)) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(at, at + wanted.length);
      parts.push(text.slice(from, at), mark);
      this.hits.push(mark);
      from = at + wanted.length;
    }
    if (parts.length || element.childElementCount) element.replaceChildren(...parts, text.slice(from));
  }

  step(by) {
    if (!this.hits.length) return;
    this.hits[this.hit]?.classList.remove("reading__hit");
    this.hit = (this.hit + by + this.hits.length) % this.hits.length;
    const mark = this.hits[this.hit];
    mark.classList.add("reading__hit");
    this.player.part("count").textContent = `${this.hit + 1}/${this.hits.length}`;
    this.leave();
    const [box, inside] = [mark.getBoundingClientRect(), this.scroller.getBoundingClientRect()];
    this.scroller.scrollTop += box.top - inside.top - inside.height / 3;
  }
}
