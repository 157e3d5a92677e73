// Live preview of Markdown: the server renders it, so the preview is what readers will get.
const PAUSE_MS = 350;

for (const editor of document.querySelectorAll("[data-editor]")) {
  const source = editor.querySelector("textarea");
  const pane = editor.querySelector(".editor__preview");
  const output = editor.querySelector("[data-editor-output]");
  const state = editor.querySelector("[data-editor-state]");
  const token = editor.closest("form").elements.csrf_token.value;
  let timer = 0;
  let latest = 0;

  async function render() {
    const number = ++latest;
    if (source.value.trim() === "") {
      pane.hidden = true;
      return;
    }
    try {
      const answer = await fetch(editor.dataset.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ text: source.value }),
      });
      const body = await answer.json();
      if (number !== latest) return; // a later text is on its way
      if (!answer.ok) throw new Error(body.error?.message);
      output.innerHTML = body.html; // made safe by the server, the same as on the page itself
      state.textContent = "预览";
    } catch (error) {
      if (number !== latest) return;
      state.textContent = error instanceof TypeError ? "网络不通，预览暂停，您写的内容还在。" : error.message || "预览暂时不能用。";
    }
    pane.hidden = false;
  }

  source.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(render, PAUSE_MS);
  });
  render();
}

// Leaving a page with unsaved changes asks first.
for (const form of document.querySelectorAll("form:has([data-editor])")) {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
