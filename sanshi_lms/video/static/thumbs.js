// Little pictures of a second above the bar, cut from a sheet; without a sheet there are none.

const STAMP = /(?:(\d+):)?(\d{1,2}):(\d{2})\.(\d{3})/;

function seconds(text) {
  const [, h, m, s, ms] = STAMP.exec(text) || [];
  return s === undefined ? NaN : Number(h || 0) * 3600 + Number(m) * 60 + Number(s) + Number(ms) / 1000;
}

// [{start, url, x, y, w, h}, …] of a WebVTT file whose lines name pieces of pictures.
export function read(text, base) {
  const pieces = [];
  let start = NaN;
  for (const line of text.split(/\r?\n/)) {
    const [from, to] = line.split(" --> ");
    const where = /^(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(line.trim());
    if (to) start = seconds(from);
    else if (where && Number.isFinite(start)) {
      const [x, y, w, h] = where.slice(2).map(Number);
      pieces.push({ start, url: new URL(where[1], base).href, x, y, w, h });
    }
  }
  return pieces;
}

export class Thumbs {
  constructor(player) {
    this.url = player.video.dataset.thumbs;
    this.picture = player.part("picture");
    this.pieces = null;
    this.sheets = new Map(); // address → whether it has come
    if (this.url) player.rail.onPeek.push((second) => this.show(second));
  }

  // Fetched at the first look, so that nobody pays for what nobody asks for.
  async load() {
    this.pieces = [];
    try {
      const base = new URL(this.url, location.href);
      const answer = await fetch(base);
      if (answer.ok) this.pieces = read(await answer.text(), base);
    } catch {
      this.pieces = null; // no line just now: the next look tries again
    }
  }

  async show(second) {
    if (!this.pieces) await this.load();
    const piece = this.pieces?.filter((one) => one.start <= second).at(-1);
    this.picture.hidden = !piece || !this.has(piece.url);
    if (!piece) return;
    const { style } = this.picture;
    style.setProperty("width", `${piece.w}px`);
    style.setProperty("height", `${piece.h}px`);
    style.setProperty("background-image", `url("${piece.url}")`);
    style.setProperty("background-position", `-${piece.x}px -${piece.y}px`);
  }

  has(url) {
    if (!this.sheets.has(url)) {
      this.sheets.set(url, false);
      const sheet = new Image();
      sheet.onload = () => {
        this.sheets.set(url, true);
        this.picture.hidden = false;
      };
      sheet.src = url;
    }
    return this.sheets.get(url);
  }
}
