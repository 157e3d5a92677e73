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
  for (const button of document.querySelectorAll("[data-copy-article]")) {
    if (!window.ClipboardItem) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        const answer = await fetch(button.dataset.copyArticle);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const article = page.body.innerHTML.trim();
        await navigator.clipboard.write([new ClipboardItem({
          "text/html": new Blob([article], { type: "text/html" }),
          "text/plain": new Blob([page.body.textContent.trim()], { type: "text/plain" }),
        })]);
        told(button, `${DONE}，去公众号后台粘贴`);
      } catch {
        told(button, "没有复制成，请下载素材");
      }
    });
  }
}
