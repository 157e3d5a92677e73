// "播放不了？": looks by itself where it breaks, says so in plain words, offers what plays anyway,
// and gives a code under which the administrator finds what the browser said.

const PATIENCE_MS = 8000;
const SLOW_BYTES_PER_SECOND = 40_000;
const WORDS = {
  network: ["现在连不上网", "请检查网络，或者关掉 Wi-Fi 用流量再试。"],
  slow: ["网络太慢", "打开“省流”，或者先只听声音，会顺畅很多。"],
  ended: ["页面放得太久，播放地址已过期", "刷新一下页面就好，会从看到的地方接着放。"],
  gone: ["服务器上的视频文件打不开", "不是您的问题。请把下面的编号告诉管理员。"],
  blocked: ["播放程序没有加载出来", "可能被网络或插件拦住了，先用普通文件播放。"],
  codec: ["这个浏览器放不了这种视频", "请更新微信或浏览器，或者先试试普通文件。"],
  decode: ["画面解码出了错", "换标清或普通文件一般能放。"],
  fine: ["检查都正常", "可能是一时的网络波动，请再点一次播放。"],
};

async function ask(url, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  const began = performance.now();
  try {
    const answer = await fetch(url, { ...options, cache: "no-store", signal: stop.signal });
    const body = options.method === "HEAD" ? "" : await answer.arrayBuffer();
    return { status: answer.status, bytes: body.byteLength || 0, body, ms: Math.max(1, performance.now() - began) };
  } catch (error) {
    return { status: 0, bytes: 0, body: "", ms: performance.now() - began, error: error.name };
  } finally {
    clearTimeout(timer);
  }
}

export class Trouble {
  constructor(player) {
    this.player = player;
    this.panel = player.part("trouble");
    this.busy = false;
  }

  async open() {
    if (!this.panel || this.busy) return;
    this.busy = true;
    this.part("trouble-result").hidden = true;
    this.part("trouble-checks").replaceChildren();
    this.part("trouble-title").textContent = "正在检查…";
    this.panel.hidden = false;
    this.panel.focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: "nearest" });
    this.checks = [];
    const cause = await this.look();
    this.tell(cause);
    await this.report(cause);
    this.busy = false;
  }

  close() {
    this.panel.hidden = true;
    this.player.room.querySelector("[data-act=trouble]").focus({ preventScroll: true });
  }

  part(name) {
    return this.player.part(name);
  }

  // A line of the list; true when the check is passed.
  check(name, good, detail) {
    const line = document.createElement("li");
    line.dataset.good = String(good);
    line.textContent = `${name}：${good ? "正常" : "有问题"}`;
    this.part("trouble-checks").append(line);
    this.checks.push(`${name}=${good ? "ok" : "bad"} ${detail}`);
    return good;
  }

  // The first check that fails names the cause.
  async look() {
    const { video, source } = this.player;
    const { hls, hlsScript } = video.dataset;
    const here = await ask(hlsScript, { method: "HEAD" });
    if (!this.check("网络", navigator.onLine && here.status !== 0, `${here.status} ${Math.round(here.ms)}ms`)) return "network";
    const master = await ask(hls);
    if (!this.check("播放地址", master.status !== 403, String(master.status))) return "ended";
    if (!this.check("视频文件", await this.files(master), this.filesDetail)) return this.filesCause;
    if (!this.check("网速", this.speed > SLOW_BYTES_PER_SECOND, `${Math.round(this.speed / 1000)}kB/s`)) return "slow";
    if (!this.check("播放程序", source.kind !== "plain" || !window.MediaSource || Boolean(window.Hls), source.kind)) return "blocked";
    if (!this.check("视频格式", this.supported(), video.dataset.codecs)) return "codec";
    const error = video.error || source.errors.some((one) => /mediaError.*fatal|MediaError [34]/.test(one));
    if (!this.check("画面解码", !error, video.error?.message || "")) return "decode";
    return "fine";
  }

  // The list of sizes, the list of pieces of the smallest, and its first bytes.
  async files(master) {
    this.speed = Infinity;
    this.filesDetail = String(master.status);
    this.filesCause = master.status ? "gone" : "network";
    if (master.status !== 200) return false;
    const { hls, plain } = this.player.video.dataset;
    const names = new TextDecoder().decode(master.body).split("\n").filter((line) => line && !line.startsWith("#"));
    const list = await ask(new URL(names.at(-1) || "", new URL(hls, location.href)));
    this.filesDetail += ` ${list.status}`;
    this.filesCause = list.status ? "gone" : "network";
    if (list.status !== 200) return false;
    const bytes = await ask(plain, { headers: { Range: "bytes=0-199999" } });
    this.filesDetail += ` ${bytes.status} ${bytes.bytes}B/${Math.round(bytes.ms)}ms`;
    this.filesCause = bytes.status ? "gone" : "slow";
    if (![200, 206].includes(bytes.status)) return false;
    this.speed = (bytes.bytes / bytes.ms) * 1000;
    return true;
  }

  supported() {
    const { video } = this.player;
    const type = `video/mp4; codecs="${video.dataset.codecs}"`;
    const source = window.ManagedMediaSource || window.MediaSource;
    return Boolean(source?.isTypeSupported(type) || video.canPlayType(type));
  }

  tell(cause) {
    const [title, advice] = WORDS[cause];
    this.part("trouble-title").textContent = title;
    this.part("trouble-advice").textContent = advice;
    this.part("trouble-code").textContent = "";
    this.part("trouble-result").hidden = false;
    const offered = { ended: ["reload"], network: ["retry", "reload"], fine: ["retry", "small", "sound", "plain"] };
    const acts = offered[cause] || ["small", "sound", "plain"];
    for (const button of this.panel.querySelectorAll("[data-offer]")) button.hidden = !acts.includes(button.dataset.offer);
  }

  async report(cause) {
    const { video, source } = this.player;
    const detail = [...this.checks, ...source.errors, `${screen.width}x${screen.height}`, navigator.connection?.effectiveType];
    const place = this.part("trouble-code");
    const body = JSON.stringify({
      cause, path: source.kind, second: Math.round(video.currentTime), detail: detail.filter(Boolean).join("\n"),
    });
    try {
      const answer = await fetch(video.dataset.troubleUrl, { method: "POST", body });
      if (answer.status === 429) throw new Error("busy");
      const { code } = await answer.json();
      const shown = document.createElement("strong");
      shown.textContent = code;
      place.replaceChildren("还是放不出来？把这个编号告诉管理员：", shown);
    } catch {
      place.textContent = "现在发不出检查结果，所以没有编号。连上网后再点一次“重新检查”。";
    }
  }
}
