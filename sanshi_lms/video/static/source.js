// How the bytes reach the <video>: HLS by the phone itself on Apple devices, by hls.js elsewhere,
// and one plain MP4 where neither works. Tells the page in plain words when something is wrong.

const RETRIES = 4;
const RETRY_MS = 2500;
const KEPT_ERRORS = 8;

const SAY = {
  slow: "网络不太稳定，正在重试…",
  offline: "网络断了，连上后会接着播放。",
  ended: "页面放得太久，视频地址已失效。",
  gone: "这个视频暂时不能播放，请稍后再试或联系管理员。",
  network: "网络连不上，视频没有加载出来。",
  device: "这台设备播放不了这个视频，请换用手机自带的浏览器或 Chrome 打开。",
};

export function isApple() {
  const ipad = navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1;
  return ipad || /iP(hone|ad|od)/.test(navigator.userAgent);
}

function script(url) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = url;
    element.addEventListener("load", resolve, { once: true });
    element.addEventListener("error", () => reject(new Error(url)), { once: true });
    document.head.append(element);
  });
}

function next(target, name) {
  return new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));
}

// Connects `video` to its media. `tell(sentence, action)` shows a message; action is "retry",
// "reload" or nothing. ready() begins loading, at a position in seconds. `kind` is the path taken:
// "native", "hls.js" or "plain".
export class Source {
  constructor(video, tell) {
    this.video = video;
    this.tell = tell;
    this.hls = null;
    this.kind = "";
    this.failures = 0;
    this.started = false;
    this.wanted = "auto"; // or "sound", or a rendition such as "360p"
    this.errors = []; // what went wrong lately, for people who look into it
  }

  // What the chosen quality is called in the folder of the media.
  get address() {
    const { hls } = this.video.dataset;
    if (this.wanted === "sound") return hls.replace(/master\.m3u8$/, "sound/index.m3u8");
    // Who chooses by himself gets a list with one size only; hls.js is told which one to take.
    const one = this.kind === "native" && this.wanted !== "auto";
    return one ? hls.replace(/master\.m3u8$/, `only-${this.wanted}.m3u8`) : hls;
  }

  get growing() {
    return this.video.hasAttribute("data-growing");
  }

  async connect(position) {
    const { video } = this;
    const native = video.canPlayType("application/vnd.apple.mpegurl") !== "";
    if (!(native && isApple()) && (window.MediaSource || window.ManagedMediaSource)) {
      try {
        if (!window.Hls) await script(video.dataset.hlsScript);
        if (window.Hls.isSupported()) return this.byScript(position);
      } catch {
        this.note("hls.js", "did not arrive"); // the browser's own ways remain
      }
    }
    return this.direct(native ? "native" : "plain", position);
  }

  direct(kind, position) {
    this.path(kind);
    const { video } = this;
    const resume = !video.paused;
    const start = position > 0 ? position : 0;
    video.preload = "metadata";
    video.src = kind === "plain" ? video.dataset.plain : this.address;
    if (start || this.growing) {
      video.addEventListener("loadedmetadata", () => { video.currentTime = start; }, { once: true });
    }
    if (this.handler) video.removeEventListener("error", this.handler);
    this.handler = () => this.nativeError();
    video.addEventListener("error", this.handler);
    if (resume) video.play().catch(() => {});
  }

  byScript(position) {
    const { Hls } = window;
    this.path("hls.js");
    this.started = false;
    this.hls = new Hls({
      autoStartLoad: false,
      // A lecture that is still being made starts at its beginning too, not where it grows.
      startPosition: position > 0 || this.growing ? position : -1,
      workerPath: this.video.dataset.hlsWorker,
      maxBufferLength: 30,
      maxMaxBufferLength: 60,
      backBufferLength: 60,
      capLevelToPlayerSize: true,
      startLevel: -1,
      // A phone on mobile data begins at a size that surely flows, then climbs.
      abrEwmaDefaultEstimate: 900_000,
    });
    this.hls.on(Hls.Events.ERROR, (_, data) => this.scriptError(data));
    this.hls.on(Hls.Events.FRAG_BUFFERED, () => {
      if (this.failures) this.tell("");
      this.failures = 0;
    });
    this.hls.on(Hls.Events.MANIFEST_PARSED, () => this.level());
    this.hls.on(Hls.Events.LEVEL_LOADED, (_, data) => {
      if (this.growing && !data.details.live) this.takeTheWhole();
    });
    this.hls.loadSource(this.address);
    this.hls.attachMedia(this.video);
    if (position > 0) this.ready(position); // shows the picture of that second before play
  }

  // Begin loading: at the first sign that the person wants to watch.
  ready(position = -1) {
    if (this.started || !this.hls) return;
    this.started = true;
    const from = this.growing ? Math.max(0, position) : position;
    const begin = () => this.hls.startLoad(from);
    if (this.hls.levels.length) begin();
    else this.hls.once(window.Hls.Events.MANIFEST_PARSED, begin);
  }

  // Take another size, or the sound alone. What was watched stays watched: the pause before the
  // change lets listeners read `played`, which a new source empties.
  async choose(wanted) {
    const before = this.wanted;
    this.wanted = wanted;
    if (before === wanted || !this.kind) return;
    const between = [before, wanted].includes("sound");
    if (this.kind === "hls.js" && !between) return this.level();
    if (this.kind === "plain") return;
    return this.anew();
  }

  // The lecture is wholly made now. Its first list named only the sizes of that time, and hls.js
  // reads it once: who goes on with it would see the smallest picture to the end.
  async takeTheWhole() {
    this.video.removeAttribute("data-growing");
    if (this.wanted === "sound") return;
    try {
      const text = await (await fetch(this.address)).text();
      const sizes = text.match(/#EXT-X-STREAM-INF/g)?.length ?? 0;
      if (this.hls && sizes > this.hls.levels.length) await this.anew();
    } catch {
      // no line: it goes on as it is
    }
  }

  // Read the list anew and go on where it stands.
  async anew() {
    const { video } = this;
    const [position, playing, begun] = [video.currentTime, !video.paused, this.started || video.readyState > 0];
    if (playing) {
      const paused = next(video, "pause");
      video.pause();
      await paused;
    }
    if (this.kind === "hls.js") {
      this.hls.destroy();
      this.byScript(position);
      if (begun) this.ready(position);
    } else {
      this.direct("native", position);
    }
    if (playing) await video.play().catch(() => {});
  }

  level() {
    const { hls, wanted } = this;
    if (!hls?.levels.length || wanted === "sound") return;
    const number = hls.levels.findIndex((level) => [].concat(level.url).some((url) => url.includes(`/${wanted}/`)));
    if (number === hls.manualLevel) return; // -1 is automatic
    if (!this.started && number >= 0) hls.startLevel = number;
    hls.nextLevel = number;
  }

  retry() {
    this.failures = 0;
    this.tell("");
    if (this.hls) {
      if (!this.hls.levels.length) this.hls.loadSource(this.address);
      this.hls.startLoad(this.video.currentTime || -1);
    } else {
      this.direct(this.kind, this.video.currentTime);
    }
    this.video.play().catch(() => {});
  }

  path(kind) {
    this.kind = kind;
    this.video.dataset.path = kind;
    this.video.dispatchEvent(new CustomEvent("player:path"));
  }

  note(...words) {
    this.errors = [...this.errors, words.filter(Boolean).join(" ").slice(0, 160)].slice(-KEPT_ERRORS);
  }

  scriptError(data) {
    const status = data.response?.code;
    this.note(data.type, data.details, status, data.fatal && "fatal", data.error?.message);
    if (!data.fatal) return;
    if (status === 403) return this.fail(SAY.ended, "reload");
    if (status === 404) return this.fail(SAY.gone);
    if (data.type === window.Hls.ErrorTypes.NETWORK_ERROR) return this.networkError();
    if (data.type === window.Hls.ErrorTypes.MEDIA_ERROR && this.failures < 2) {
      this.failures += 1;
      return this.hls.recoverMediaError();
    }
    return this.plain();
  }

  // It will not play by itself any more.
  fail(sentence, action = "") {
    this.tell(sentence, action, "trouble");
    this.video.dispatchEvent(new CustomEvent("player:failed"));
  }

  networkError() {
    this.failures += 1;
    if (!navigator.onLine) {
      this.tell(SAY.offline);
      window.addEventListener("online", () => this.retry(), { once: true });
    } else if (this.failures <= RETRIES) {
      this.tell(SAY.slow);
      setTimeout(() => this.hls?.startLoad(this.video.currentTime || -1), RETRY_MS * this.failures);
    } else {
      this.fail(SAY.network, "retry");
    }
  }

  // The one file that everything plays.
  plain() {
    const position = this.video.currentTime;
    this.hls?.destroy();
    this.hls = null;
    this.direct("plain", position);
  }

  async nativeError() {
    const position = this.video.currentTime;
    this.note(this.kind, "MediaError", this.video.error?.code, this.video.error?.message);
    if (this.kind === "native") return this.direct("plain", position);
    try {
      const answer = await fetch(this.video.dataset.hls, { method: "HEAD" });
      if (answer.status === 403) return this.fail(SAY.ended, "reload");
      if (!answer.ok) return this.fail(SAY.gone);
    } catch {
      return this.fail(SAY.network, "retry");
    }
    return this.fail(SAY.device);
  }
}
