// Captions below the picture: which language, how large, or none.

import { elder, remember, remembered } from "./choices.js";

const SIZES = ["s", "m", "l", "x"];

export class Captions {
  constructor(player) {
    this.player = player;
    this.strip = player.part("caption");
    this.language = "";
    if (!this.strip) return;
    const { captions = this.tracks[0]?.language, size } = remembered();
    this.choose(captions, false);
    this.size(SIZES.includes(size) ? size : elder() ? "l" : "m", false);
    // In an iPhone's own full screen only the browser can show captions.
    for (const name of ["webkitbeginfullscreen", "webkitendfullscreen"]) {
      player.video.addEventListener(name, () => {
        const inside = name === "webkitbeginfullscreen";
        for (const track of this.tracks) {
          if (track.mode !== "disabled") track.mode = inside ? "showing" : "hidden";
        }
      });
    }
  }

  get tracks() {
    return [...this.player.video.textTracks].filter((track) => track.kind === "captions");
  }

  // `language` "" shows none. Who reads a language that this video lacks reads its first one.
  choose(language, keep = true) {
    if (!this.strip) return;
    const { tracks } = this;
    const wanted = String(language);
    const track = wanted === "" ? null : tracks.find((one) => one.language === wanted) || tracks[0];
    for (const one of tracks) {
      one.mode = one === track ? "hidden" : "disabled"; // hidden: we show its cues ourselves
      one.oncuechange = one === track ? () => this.say(one) : null;
    }
    this.language = track ? track.language : "";
    this.strip.hidden = !track;
    this.strip.lang = track ? track.language : "zh-CN";
    this.strip.textContent = "";
    if (track?.cues) this.say(track);
    this.player.check("captions", this.language);
    this.player.frame.toggleAttribute("data-captions", Boolean(track));
    const element = [...this.player.video.querySelectorAll("track")].find((one) => one.track === track);
    if (element) this.player.reading.speak(track.language, element.dataset.text);
    if (keep) remember({ captions: track ? track.language : "" });
  }

  toggle() {
    const { captions } = remembered();
    this.choose(this.language ? "" : captions || this.tracks[0]?.language);
  }

  size(value, keep = true) {
    this.player.frame.dataset.captionSize = value;
    this.player.check("size", value);
    if (keep) remember({ size: value });
  }

  say(track) {
    const words = [...(track.activeCues || [])].map((cue) => cue.getCueAsHTML().textContent);
    this.strip.textContent = words.join("\n");
  }
}
