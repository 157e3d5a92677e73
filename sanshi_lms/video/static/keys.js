// Keys reach the first player of the page, unless they belong to a field, a button or a shortcut.

import { RATES } from "./choices.js";

const STEP = 5;
const LONG_STEP = 10;

function act(player, key) {
  const { video } = player;
  const by = (seconds) => player.go((video.readyState ? video.currentTime : player.start) + seconds);
  const faster = (step) => {
    const here = RATES.indexOf(video.playbackRate);
    player.rate(RATES[Math.min(RATES.length - 1, Math.max(0, here + step))]);
  };
  const acts = {
    " ": () => player.toggle(),
    k: () => player.toggle(),
    ArrowLeft: () => by(-STEP),
    ArrowRight: () => by(STEP),
    j: () => by(-LONG_STEP),
    l: () => by(LONG_STEP),
    ArrowUp: () => player.volume(Math.min(1, video.volume + 0.1)),
    ArrowDown: () => player.volume(Math.max(0, video.volume - 0.1)),
    m: () => player.mute(),
    f: () => player.fullscreen(),
    c: () => player.captions.toggle(),
    t: () => player.pane(),
    "?": () => player.keys(),
    "<": () => faster(-1),
    ">": () => faster(1),
  };
  if (/^[0-9]$/.test(key)) return () => player.go((Number(key) / 10) * player.rail.length);
  return acts[key];
}

export function listenToKeys(players) {
  document.addEventListener("keydown", (event) => {
    if (!players.length || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    const [player] = players;
    const here = event.target.closest("input, textarea, select, [contenteditable], button, a, summary");
    const field = here && !here.matches("button, a, summary, [data-part=seek]");
    const pressed = here && (event.key === " " || event.key === "Enter") && !here.matches("[data-part=seek]");
    if (field || pressed) return;
    const inside = player.frame.contains(event.target);
    const arrow = event.key.startsWith("Arrow");
    if (arrow && player.room.contains(event.target) && !inside) return; // the text scrolls
    if (event.key.startsWith("ArrowUp") || event.key.startsWith("ArrowDown")) {
      if (!inside) return; // these scroll the page
    }
    const does = act(player, event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!does) return;
    event.preventDefault();
    player.stage.wake();
    does();
  });
}
