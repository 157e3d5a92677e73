// Menus of the bar: one is open at a time; Escape, a click elsewhere or its own button closes it,
// and the focus goes back to where it came from.

export class Panels {
  constructor(player) {
    this.player = player;
    this.open = null;
    this.from = null;
    document.addEventListener("pointerdown", (event) => {
      // On a phone the panel also catches what is tapped beside it: the dark around the sheet.
      const beside = !this.open?.contains(event.target) || event.target === this.open && !this.covers(event);
      if (this.open && beside && !event.target.closest("[data-act=open]")) this.close(false);
    });
    player.room.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.open) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
    player.room.addEventListener("focusout", (event) => {
      if (this.open && event.relatedTarget && !this.open.contains(event.relatedTarget) && event.relatedTarget !== this.from) this.close(false);
    });
  }

  covers({ clientX, clientY }) {
    const box = this.open.getBoundingClientRect();
    return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
  }

  panel(name) {
    return this.player.room.querySelector(`[data-panel=${name}]`);
  }

  button(name) {
    return this.player.room.querySelector(`[data-opens=${name}]`);
  }

  expand(name, open) {
    for (const button of this.player.room.querySelectorAll(`[data-opens=${name}]`)) button.setAttribute("aria-expanded", String(open));
  }

  toggle(name, from) {
    const panel = this.panel(name);
    if (!panel) return;
    if (this.open === panel) return this.close();
    this.close(false);
    this.open = panel;
    this.from = from || this.button(name) || document.activeElement;
    panel.hidden = false;
    this.expand(name, true);
    const first = panel.querySelector("input:checked, [aria-current=true]") || panel.querySelector("input, li button, .panel-sheet__close");
    first?.focus({ preventScroll: true });
    first?.scrollIntoView?.({ block: "nearest" });
  }

  close(back = true) {
    const { open } = this;
    if (!open) return;
    this.open = null;
    open.hidden = true;
    this.expand(open.dataset.panel, false);
    if (back) this.from?.focus({ preventScroll: true });
  }
}
