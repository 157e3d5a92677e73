// A question over the video that works everywhere: a <dialog> in the page, above a player in full
// screen, with the keyboard kept inside. iOS shows its own full screen over every page, and a small
// window shows no page at all: both are left first.

function leaveNativeScreens(media) {
  media.pause();
  if (media.webkitDisplayingFullscreen) media.webkitExitFullscreen?.();
  if (document.pictureInPictureElement === media) document.exitPictureInPicture().catch(() => {});
  if (media.webkitPresentationMode === "picture-in-picture") media.webkitSetPresentationMode("inline");
}

/** Pause `media` and open an empty dialog above everything; `close` takes it away again. */
export function openDialog(media, label) {
  leaveNativeScreens(media);
  const dialog = document.createElement("dialog");
  dialog.className = "asking";
  dialog.setAttribute("aria-label", label);
  const before = document.activeElement;
  document.body.append(dialog);
  // Escape must not lose the question: it is closed by an answer or by its own buttons.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute("open", "");
  const close = () => {
    dialog.close?.();
    dialog.remove();
    before?.focus?.({ preventScroll: true });
  };
  return { dialog, close };
}

export function element(name, attributes = {}, ...children) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) found.setAttribute(key, value === true ? "" : value);
  }
  found.append(...children);
  return found;
}

/** Ask for one tap; resolves when it came. */
export function ask(media, { title, words, yes }) {
  return new Promise((resolve) => {
    const { dialog, close } = openDialog(media, title);
    const button = element("button", { type: "button", class: "button button--primary button--large" }, yes);
    button.addEventListener("click", () => {
      close();
      resolve();
    });
    dialog.append(element("h2", {}, title), element("p", {}, words), button);
    button.focus();
  });
}
