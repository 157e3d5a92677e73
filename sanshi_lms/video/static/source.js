// How the bytes reach the <video>: HLS by the phone itself on Apple devices, by hls.js elsewhere,
// and one plain MP4 where neither works. Tells the page in plain words when something is wrong.

const RETRIES = 4;
const RETRY_MS = 2500;

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

// Connects `video` to its media. `tell(sentence, action)` shows a message; action is "retry",
// "reload" or nothing. Returns an object whose ready() begins loading, at a position in seconds.
export class Source {
  constructor(video, tell) {
    this.video = video;
    this.tell = tell;
    this.hls = null;
    this.kind = "";
    this.failures = 0;
    this.started = false;
  }

  async connect(position) {
    const { video } = this;
    const native = video.canPlayType("application/vnd.apple.mpegurl") !== "";
    if (native && isApple()) return this.direct(video.dataset.hls, "native", position);
    if (window.MediaSource || window.ManagedMediaSource) {
      try {
        if (!window.Hls) await script(video.dataset.hlsScript);
        if (window.Hls.isSupported()) return this.byScript(position);
      } catch {
        // The script did not arrive: the browser's own ways remain.
      }
    }
    if (native) return this.direct(video.dataset.hls, "native", position);
    return this.direct(video.dataset.plain, "plain", position);
  }

  direct(url, kind, position) {
    this.kind = kind;
    const { video } = this;
    const resume = !video.paused;
    video.preload = "metadata";
    video.src = url;
    if (position > 0) {
      video.addEventListener("loadedmetadata", () => { video.currentTime = position; }, { once: true });
    }
    if (this.handler) video.removeEventListener("error", this.handler);
    this.handler = () => this.nativeError();
    video.addEventListener("error", this.handler);
    if (resume) video.play().catch(() => {});
  }

  byScript(position) {
    const { Hls } = window;
    this.kind = "hls.js";
    this.hls = new Hls({
      autoStartLoad: false,
      startPosition: position > 0 ? position : -1,
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
    this.hls.loadSource(this.video.dataset.hls);
    this.hls.attachMedia(this.video);
    if (position > 0) this.ready(position); // shows the picture of that second before play
  }

  // Begin loading: at the first sign that the person wants to watch.
  ready(position = -1) {
    if (this.started || !this.hls) return;
    this.started = true;
    const begin = () => this.hls.startLoad(position);
    if (this.hls.levels.length) begin();
    else this.hls.once(window.Hls.Events.MANIFEST_PARSED, begin);
  }

  retry() {
    this.failures = 0;
    this.tell("");
    if (this.hls) {
      if (!this.hls.levels.length) this.hls.loadSource(this.video.dataset.hls);
      this.hls.startLoad(this.video.currentTime || -1);
    } else {
      this.direct(this.video.currentSrc || this.video.dataset.plain, this.kind, this.video.currentTime);
    }
    this.video.play().catch(() => {});
  }

  scriptError(data) {
    const status = data.response?.code;
    if (!data.fatal) return;
    if (status === 403) return this.tell(SAY.ended, "reload");
    if (status === 404) return this.tell(SAY.gone);
    if (data.type === window.Hls.ErrorTypes.NETWORK_ERROR) return this.networkError();
    if (data.type === window.Hls.ErrorTypes.MEDIA_ERROR && this.failures < 2) {
      this.failures += 1;
      return this.hls.recoverMediaError();
    }
    return this.giveUpHls();
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
      this.tell(SAY.network, "retry");
    }
  }

  giveUpHls() {
    const position = this.video.currentTime;
    this.hls?.destroy();
    this.hls = null;
    this.direct(this.video.dataset.plain, "plain", position);
  }

  async nativeError() {
    const position = this.video.currentTime;
    if (this.kind === "native") return this.direct(this.video.dataset.plain, "plain", position);
    try {
      const answer = await fetch(this.video.dataset.hls, { method: "HEAD" });
      if (answer.status === 403) return this.tell(SAY.ended, "reload");
      if (!answer.ok) return this.tell(SAY.gone);
    } catch {
      return this.tell(SAY.network, "retry");
    }
    return this.tell(SAY.device);
  }
}
