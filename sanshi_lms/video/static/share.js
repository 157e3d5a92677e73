// "分享与嵌入": copies link and code, also so that they begin at the second where one is now.

function clock(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy"); // http: and older WeChat know only this
  }
}

class Share {
  constructor(box) {
    const part = (name) => box.querySelector(`[data-share-${name}]`);
    Object.assign(this, { box, part, at: part("at"), second: 0 });
    this.plain = { link: part("link").value, code: part("code")?.value, qr: part("qr").src };
    this.video = document.querySelector("video[data-player]");
    for (const button of box.querySelectorAll("[data-share-copy]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.copy(document.getElementById(button.dataset.shareCopy)));
    }
    this.at.addEventListener("change", () => this.write());
    box.addEventListener("toggle", () => this.look());
    for (const name of ["pause", "seeked", "timeupdate"]) this.video?.addEventListener(name, () => this.look());
  }

  // The second follows the player until the person has chosen it.
  look() {
    if (!this.box.open || this.at.checked || !this.video) return;
    this.second = Math.floor(this.video.currentTime);
    this.part("now").hidden = this.second === 0;
    this.part("time").textContent = clock(this.second);
  }

  write() {
    const start = this.at.checked ? `?t=${this.second}` : "";
    this.part("link").value = this.plain.link + start;
    if (this.plain.code) this.part("code").value = this.plain.code.replace(/(src="[^"?]*)/, `$1${start}`);
    this.part("qr").src = this.plain.qr + start;
    this.part("file").href = this.plain.qr + start;
    this.look();
  }

  async copy(field) {
    const done = await copy(field);
    this.part("said").textContent = done ? "已复制，可以粘贴了。" : "没有复制成功，请长按选中后复制。";
  }
}

for (const box of document.querySelectorAll("[data-share]")) new Share(box);
