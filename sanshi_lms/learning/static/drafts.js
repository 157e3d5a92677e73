// What somebody types into form[data-draft] is kept on the device until the server has it. The
// name of a draft holds what it is about; the form's key goes with it, so that a text that did
// arrive, though nobody saw the answer, is known by [data-saved-key] and not offered again.

const KEPT = "sanshi-draft:";
const OLDEST_MS = 30 * 24 * 3600 * 1000;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function drop(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}

function tell(form, sentence) {
  form.querySelector("[data-draft-line]").textContent = sentence;
}

function keepDraftsOf(form) {
  const name = KEPT + form.dataset.draft;
  const { text, key } = form.elements;
  const draft = read(name);
  const arrived = draft && document.querySelector(`[data-saved-key="${CSS.escape(draft.key || "-")}"]`);
  if (draft && (arrived || Date.now() - draft.at > OLDEST_MS || draft.text === text.value)) drop(name);
  else if (draft && draft.text.trim() && !form.dataset.refused) {
    text.value = draft.text;
    if (key && draft.key) key.value = draft.key;
    tell(form, "这是您上次写的，还没有提交。");
    text.closest("details")?.setAttribute("open", "");
  }
  text.addEventListener("input", () => {
    try {
      if (text.value.trim()) localStorage.setItem(name, JSON.stringify({ text: text.value, key: key?.value, at: Date.now() }));
      else drop(name);
      tell(form, text.value.trim() ? "正在写的内容已存在这台设备上，不会丢。" : "");
    } catch {
      // Private mode has no room for drafts.
    }
  });
}

for (const form of document.querySelectorAll("form[data-draft]")) keepDraftsOf(form);
