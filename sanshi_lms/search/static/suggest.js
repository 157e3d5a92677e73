// Titles while somebody types, as a list box under the search box (the ARIA pattern "combobox").
// Without this script the box searches as it always does.

const PAUSE_MS = 150;

for (const place of document.querySelectorAll("[data-suggest]")) {
  const input = place.querySelector('input[type="search"]');
  if (input) attach(place, input);
}

// A search that found nothing is counted, so that the list of wishes knows of it.
const missed = document.querySelector("form[data-missed]");
if (missed) {
  const told = new URLSearchParams(new FormData(missed));
  told.set("quietly", "1");
  const seen = `missed ${told.get("q")}`;
  if (!sessionStorage.getItem(seen)) {
    sessionStorage.setItem(seen, "1");
    fetch(missed.action, { method: "POST", body: told, keepalive: true, redirect: "manual" }).catch(() => {});
  }
}

function attach(place, input) {
  const list = document.createElement("ul");
  list.className = "suggest";
  list.id = "suggestions";
  list.role = "listbox";
  list.setAttribute("aria-label", "猜您想找");
  list.hidden = true;
  place.classList.add("suggest-place");
  place.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";

  let waiting, asking, at = -1;
  const options = () => [...list.children];

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    at = number;
    options().forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    if (at >= 0) input.setAttribute("aria-activedescendant", options()[at].id);
    else input.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    list.replaceChildren(...found.map((one, n) => {
      const option = document.createElement("li");
      option.id = `suggestion-${n}`;
      option.role = "option";
      option.setAttribute("aria-selected", "false");
      const link = document.createElement("a");
      link.href = one.url;
      link.tabIndex = -1;
      const text = document.createElement("span");
      text.textContent = one.text;
      const label = document.createElement("span");
      label.className = "muted small";
      label.textContent = one.label;
      link.append(text, label);
      option.append(link);
      return option;
    }));
    list.hidden = found.length === 0;
    at = -1;
    input.setAttribute("aria-expanded", String(!list.hidden));
  }

  async function ask() {
    const typed = input.value.trim();
    asking?.abort();
    if (!typed) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`${place.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal: asking.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", (event) => {
    // While an input method composes, the letters are no word yet; pinyin typed plainly is.
    if (event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("compositionend", () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE_MS); });
  input.addEventListener("keydown", (event) => {
    const many = options().length;
    if (event.isComposing || list.hidden || !many) return;
    if (event.key === "ArrowDown") mark((at + 1) % many);
    else if (event.key === "ArrowUp") mark(at <= 0 ? many - 1 : at - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && at >= 0) options()[at].querySelector("a").click();
    else return;
    event.preventDefault();
  });
  place.addEventListener("focusout", (event) => { if (!place.contains(event.relatedTarget)) setTimeout(close, 150); });
}
