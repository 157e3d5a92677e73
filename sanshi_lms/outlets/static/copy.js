// Copies titles, links and whole articles. Buttons stay hidden where the browser cannot copy: then
// the text is selected by hand, and the archive has everything too.

const DONE = "已复制";

function told(button, text) {
  const before = button.textContent;
  button.textContent = text;
  setTimeout(() => { button.textContent = before; }, 2000);
}

if (navigator.clipboard && window.isSecureContext) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.querySelector(`[data-copied="${button.dataset.copy}"]`);
      await navigator.clipboard.writeText(source.textContent.trim());
      told(button, DONE);
    });
  }
}

// Whole articles go by the event and not by navigator.clipboard: that one reads HTML through the
// policy of this page, which forbids inline styles, and the editor would get bare text.
for (const button of document.querySelectorAll("[data-copy-article]")) {
  button.hidden = false;
  let article = "";
  fetch(button.dataset.copyArticle).then((answer) => answer.text()).then((page) => {
    article = /<body[^>]*>([\s\S]*)<\/body>/.exec(page)[1];
  }).catch(() => { button.hidden = true; });
  button.addEventListener("click", () => {
    const give = (event) => {
      event.clipboardData.setData("text/html", article);
      event.clipboardData.setData("text/plain", article.replace(/<[^>]+>/g, "\n").replace(/\n{2,}/g, "\n").trim());
      event.preventDefault();
    };
    document.addEventListener("copy", give, { once: true });
    const copied = article && document.execCommand("copy");
    document.removeEventListener("copy", give);
    told(button, copied ? `${DONE}，去公众号后台粘贴` : "没有复制成，请下载素材");
  });
}
