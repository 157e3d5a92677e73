// One file in the list of uploads: name, buttons, bar, words.

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function button(label, name, act, kind = "quiet") {
  const made = element("button", `button button--${kind}`, label);
  made.type = "button";
  made.setAttribute("aria-label", `${label}：${name}`);
  made.addEventListener("click", act);
  return made;
}

export class Row {
  constructor(list, name) {
    this.name = name;
    this.item = element("li", "upload__item");
    this.item.dataset.uploading = "";
    this.bar = element("progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `上传进度：${name}`);
    this.words = element("p", "upload__words small muted", "正在检查…");
    this.acts = element("div", "upload__acts");
    const head = element("div", "upload__head");
    head.append(element("strong", "upload__name", name), this.acts);
    this.item.append(head, this.bar, this.words);
    list.append(this.item);
  }

  say(words, bad = false) {
    this.words.textContent = words;
    this.words.classList.toggle("upload__bad", bad);
  }

  share(share) {
    this.bar.value = Math.floor(share * 1000) / 10;
  }

  // Each act is [label, function, kind]. The focus stays in the row when its button goes away.
  offer(...acts) {
    const had = this.acts.contains(document.activeElement);
    const made = acts.map(([label, act, kind]) => button(label, this.name, act, kind));
    this.acts.replaceChildren(...made);
    if (had) made[0]?.focus();
  }

  // Asks once more in place; `back` puts the buttons there again.
  ask(question, yes, act, back) {
    this.say(question);
    this.offer([yes, act, "danger-solid"], ["不取消", back]);
  }

  end() {
    delete this.item.dataset.uploading;
  }

  refuse(sentence) {
    this.end();
    this.bar.hidden = true;
    this.say(sentence, true);
    this.offer(["知道了", () => this.item.remove()]);
  }

  link(url, label) {
    const made = element("a", "upload__link", label);
    made.href = url;
    this.words.append(" ", made);
  }

  // From here on states.js shows how the transcoding goes, as it does in the list below.
  becomeVideo({ id, url, checked }) {
    const link = element("a", "upload__name", this.name);
    link.href = url;
    this.item.querySelector(".upload__name").replaceWith(link);
    this.acts.remove();
    const badge = element("span", "badge badge--warn", "已传完，排队等待转码");
    const left = element("span", "small muted");
    left.dataset.part = "left";
    const line = element("p", "row");
    line.append(badge, " ", left);
    const progress = element("div", "progress");
    this.share(0);
    this.bar.setAttribute("aria-label", "转码进度");
    progress.append(this.bar, element("span", "progress__value", "0%"));
    this.words.dataset.part = "message";
    this.words.hidden = true;
    this.item.append(line, progress, this.words);
    if (checked) {
      this.item.append(element("p", "small muted", "已核对：服务器收到的和您手上的文件完全一样。"));
    }
    Object.assign(this.item.dataset, { standing: id, moving: "" });
    this.end();
  }
}
