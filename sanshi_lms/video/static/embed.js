// Lets the page around the frame drive the player: docs/embedding.md. Only the direct parent is
// heard, only from an origin on the administrator's list, and only that origin is answered.

const API = "sanshi.player";
const VERSION = 1;
const RATES = [0.5, 2];

const video = document.querySelector("video[data-player]");
const allowed = document.body.dataset.allowed.split(" ");
let outside = "";
let toldPercent = -1;

// Whether a CSP source ("https://*.example.cn", "'self'", "*") means this origin.
function means(source, origin) {
  if (source === "*") return /^https?:/.test(origin);
  if (source === "'self'") return origin === location.origin;
  const [scheme, host] = source.split("://");
  const from = new URL(origin);
  const port = (address) => address.port || { "http:": "80", "https:": "443" }[address.protocol];
  const wanted = new URL(`${scheme}://${host.replace("*.", "")}`);
  // As in CSP, http: also means the safer https:.
  const schemes = scheme === "http" ? ["http:", "https:"] : ["https:"];
  const samePort = port(from) === port(wanted) || (!wanted.port && !from.port);
  const sameHost = host.startsWith("*.") ? from.hostname.endsWith(`.${wanted.hostname}`) : from.hostname === wanted.hostname;
  return schemes.includes(from.protocol) && samePort && sameHost;
}

function watchedShare() {
  let seconds = 0;
  for (let i = 0; i < video.played.length; i += 1) seconds += video.played.end(i) - video.played.start(i);
  return Math.min(1, seconds / (video.duration || Number(video.dataset.seconds)));
}

function say(event, more = {}) {
  if (!outside) return;
  window.parent.postMessage({
    api: API,
    version: VERSION,
    event,
    video: Number(video.dataset.videoId),
    position: video.currentTime,
    duration: video.duration || Number(video.dataset.seconds),
    paused: video.paused,
    rate: video.playbackRate,
    ...more,
  }, outside);
}

function ask(act, value) {
  video.dispatchEvent(new CustomEvent("player:do", { detail: { act, value } }));
}

const number = (value, [least, most]) => typeof value === "number" && value >= least && value <= most;

const COMMANDS = {
  hello: () => say("ready"),
  play: () => { if (video.paused) ask("play"); },
  pause: () => video.pause(),
  seek: (value) => (number(value, [0, Infinity]) ? ask("go", value) : say("error", { message: "seek: seconds from 0" })),
  rate: (value) => (number(value, RATES) ? ask("rate", value) : say("error", { message: "rate: 0.5 to 2" })),
};

window.addEventListener("message", ({ source, origin, data }) => {
  if (source !== window.parent || source === window || data?.api !== API) return;
  if (origin === "null" || !allowed.some((one) => means(one, origin))) return;
  outside = origin;
  if (Object.hasOwn(COMMANDS, data.command)) COMMANDS[data.command](data.value);
  else say("error", { message: `no such command: ${data.command}` });
});

for (const name of ["play", "pause", "ended"]) video.addEventListener(name, () => say(name));
video.addEventListener("player:blocked", () => say("error", { message: "play: the browser wants a tap first" }));
video.addEventListener("timeupdate", () => {
  say("time");
  const percent = Math.floor(watchedShare() * 100);
  if (percent > toldPercent) {
    toldPercent = percent;
    say("progress", { watched: percent / 100 });
  }
});

// The title leads to our page at the second where the viewer is now.
for (const link of document.querySelectorAll("[data-embed-link]")) {
  const page = link.href;
  link.addEventListener("click", () => {
    const second = Math.floor(video.currentTime);
    link.href = second ? `${page}?t=${second}` : page;
    video.pause();
  });
}
