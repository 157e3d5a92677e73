// One file on its way by the tus protocol: in pieces with checksums, continued after any break.

import { FileUnreadable, forget, pieceHash, wholeHash } from "./hashing.js";
import { Pace, bytes } from "./pace.js";
import { leftText } from "./states.js";
import { Row } from "./upload_row.js";

// A piece counts once all of it has come and adds up. A broken line costs no more than one piece,
// so pieces are as long as some seconds of this line.
const FIRST_PIECE = 1024 * 1024;
const SMALLEST_PIECE = 256 * 1024;
const LARGEST_PIECE = 8 * 1024 * 1024;
const PIECE_SECONDS = 4;
const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 20_000, ...Array(20).fill(30_000)];
const WHOLE_HASH = "X-Upload-Sha256";
const CHANGED = "这个文件在上传途中被改动、移走或者拔掉了。请重新选择它：没有改过就接着传，改过就从头传。";
let keys = 0;

export class Sending {
  // States: checking, twin, waiting, sending, paused, stopped (by a fault), finishing, ended.
  constructor(file, desk) {
    keys += 1;
    Object.assign(this, { file, desk, key: keys, state: "checking", sent: 0, kept: 0, turn: 0, whole: null });
    this.row = new Row(desk.list, file.name);
    this.row.offer(["取消", () => this.leave()]);
    this.pace = new Pace();
    this.upload = new window.tus.Upload(file, {
      endpoint: desk.to,
      chunkSize: FIRST_PIECE,
      retryDelays: RETRY_MS,
      storeFingerprintForResuming: false, // the server knows what it waits for, on any machine
      metadata: { filename: file.name },
      onBeforeRequest: (request) => this.prepare(request),
      onShouldRetry: (error) => this.again(error),
      onUploadUrlAvailable: () => this.arrivedAt(this.upload.url),
      onChunkComplete: (size, kept) => this.measure(size, kept),
      onProgress: (sent, total) => this.progress(sent, total),
      onError: (error) => this.failed(error),
      onSuccess: () => this.done(),
    });
  }

  get active() {
    return ["checking", "waiting", "sending", "finishing"].includes(this.state);
  }

  become(state) {
    this.state = state;
    this.desk.changed();
  }

  // Ready to go: from the beginning, or behind what the server has under `known`.
  ready(print, known) {
    if (print) this.upload.options.metadata.fingerprint = print;
    const unit = document.getElementById("unit")?.value.trim(); // whose it will be, where the page asks
    if (unit) this.upload.options.metadata.unit = unit;
    if (known) {
      this.upload.options.uploadUrl = known.url;
      this.sent = known.received;
      this.kept = known.received;
      this.row.share(known.received / known.size);
      this.row.say(`找到上次没传完的部分（${bytes(known.received)}），从那里接着传…`);
    } else {
      this.row.say("排队等待上传…");
    }
    this.row.offer(["取消", () => this.leave()]);
    this.become("waiting");
  }

  start() {
    this.state = "sending";
    this.pace = new Pace();
    this.offerPause();
    this.upload.start();
  }

  // What was being prepared for sending is not sent any more.
  halt() {
    this.turn += 1;
    return this.upload.abort();
  }

  offerPause() {
    this.row.offer(["暂停", () => this.pause()], ["取消", () => this.askToLeave()]);
  }

  offerResume() {
    this.row.offer(["继续", () => this.resume(), "primary"], ["取消", () => this.askToLeave()]);
  }

  async prepare(request) {
    request.setHeader("X-CSRFToken", this.desk.token);
    if (request.getMethod() !== "PATCH") return;
    const { turn } = this;
    const start = Number(request.getHeader("Upload-Offset"));
    const end = Math.min(start + this.upload.options.chunkSize, this.file.size);
    try {
      const found = await pieceHash(this.key, this.file, start, end);
      if (turn !== this.turn) await new Promise(() => {}); // halted meanwhile: leave it unsent
      if (!found) return;
      request.setHeader("Upload-Checksum", `sha256 ${found.checksum}`);
      if (found.whole) {
        this.whole = found.whole;
        request.setHeader(WHOLE_HASH, found.whole);
      }
    } catch (error) {
      this.unreadable = error instanceof FileUnreadable;
      throw error;
    } finally {
      this.pieceBegan = performance.now();
    }
  }

  measure(size, kept) {
    this.kept = kept;
    const speed = size / Math.max((performance.now() - this.pieceBegan) / 1000, 0.001);
    const aim = Math.round(speed * PIECE_SECONDS);
    this.upload.options.chunkSize = Math.max(SMALLEST_PIECE, Math.min(aim, LARGEST_PIECE));
  }

  arrivedAt(url) {
    // The server forgot what it had, and begins anew.
    if (this.url && this.url !== url) Object.assign(this, { sent: 0, kept: 0 });
    this.url = url;
  }

  progress(reported, total) {
    if (this.state !== "sending") return;
    // A retry begins by reporting nothing sent; what the server has acknowledged stays.
    this.sent = Math.max(this.sent, reported);
    this.pace.note(performance.now(), this.sent);
    this.row.share(this.sent / total);
    const speed = this.pace.speed();
    const pace = speed ? `，每秒 ${bytes(speed)}，${leftText(this.pace.left(total - this.sent))}` : "";
    const share = Math.floor((this.sent / total) * 100);
    this.row.say(`已传 ${share}%（${bytes(this.sent)} / ${bytes(total)}）${pace}`);
    this.desk.moved();
  }

  again(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    if (this.unreadable) return false;
    const passing = [0, 409, 423, 460].includes(status) || (status >= 500 && status !== 507);
    if (passing) {
      this.row.say(navigator.onLine
        ? "线路不稳，正在重新连接，已传的部分都在…"
        : "网络断开了，已传的部分都在。连上网后会自动接着传。");
    }
    return passing;
  }

  failed(error) {
    const answer = error.originalResponse;
    const status = answer?.getStatus() ?? 0;
    const plain = (answer?.getHeader("Content-Type") ?? "").startsWith("text/plain");
    const sentence = status >= 400 && status !== 500 && plain ? answer.getBody() : "";
    if (this.unreadable) {
      this.refuse(CHANGED);
    } else if ([413, 415, 422].includes(status)) {
      this.refuse(sentence || "服务器没有接收这个文件，请换一个再试。");
    } else {
      this.stale = [400, 401, 403].includes(status);
      const usual = this.stale
        ? "登录已经过期。请在新窗口里重新登录，再回来点“继续”，已传的部分不会丢。"
        : "网络断开了，上传停在这里。连上网后会自动接着传，也可以点“继续”，不会从头再来。";
      this.row.say(sentence || usual, true);
      this.offerResume();
      this.byNetwork = status === 0 || status >= 500;
      this.desk.say(`${this.file.name}：${sentence || usual}`);
      this.become("stopped");
    }
  }

  refuse(sentence) {
    this.row.refuse(sentence);
    this.desk.say(`${this.file.name}：${sentence}`);
    forget(this.key);
    this.become("ended");
  }

  async pause() {
    this.state = "paused";
    await this.halt();
    this.sent = this.kept;
    this.row.share(this.kept / this.file.size);
    this.row.say(`已暂停在 ${Math.floor((this.kept / this.file.size) * 100)}%。关掉页面也不要紧，两天内选同一个文件会接着传。`);
    this.offerResume();
    this.become("paused");
  }

  async resume() {
    if (this.stale) await this.desk.refresh();
    this.row.say("正在接着传…");
    this.row.offer(["取消", () => this.askToLeave()]);
    this.become("waiting");
  }

  // The line is back: no need to wait for the next attempt.
  async online() {
    if (this.state === "stopped" && this.byNetwork) this.resume();
    if (this.state !== "sending") return;
    await this.halt();
    if (this.state === "sending") this.upload.start();
  }

  askToLeave() {
    const { active } = this;
    this.halt();
    this.become("paused");
    const back = () => (active ? this.resume() : this.pause());
    this.row.ask("确定取消吗？已经传上去的部分会删掉。", "确定取消", () => this.leave(), back);
  }

  leave() {
    this.turn += 1;
    if (this.upload.url) this.upload.abort(true).catch(() => {});
    this.desk.say(`已取消：${this.file.name}`);
    this.row.item.remove();
    forget(this.key);
    this.become("ended");
  }

  async done() {
    this.state = "finishing";
    this.row.share(1);
    this.row.offer();
    this.row.say("已传完，正在核对…");
    try {
      this.whole ??= await wholeHash(this.file, (share) => this.row.share(share));
      const headers = { "X-CSRFToken": this.desk.token, Accept: "application/json" };
      if (this.whole) headers[WHOLE_HASH] = this.whole;
      const answer = await fetch(`${this.upload.url}/video`, { method: "POST", headers });
      if (!answer.ok) throw new Error(await answer.text());
      const made = await answer.json();
      this.row.becomeVideo(made);
      this.desk.say(`已传完：${this.file.name}`);
    } catch (error) {
      const known = /[\u4e00-\u9fff]/.test(error.message) && !error.message.includes("<");
      this.row.say(known ? error.message : "已传完，稍后会出现在下面的列表里。", known);
      this.row.end();
    }
    forget(this.key);
    this.become("ended");
  }
}
