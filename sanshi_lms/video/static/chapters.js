// Chapters: marks on the bar, the list in the menu, and the name of the one that is playing.

export class Chapters {
  constructor(player) {
    this.player = player;
    this.items = [...player.room.querySelectorAll("[data-chapter]")];
    this.starts = this.items.map((item) => Number(item.dataset.chapter));
    this.current = null;
    if (!this.items.length) return;
    this.drawMarks();
    for (const item of this.items) {
      item.addEventListener("click", () => {
        player.panels.close();
        player.go(Number(item.dataset.chapter) + 0.01);
        if (player.video.paused) player.play();
      });
    }
    for (const name of ["timeupdate", "seeking"]) player.video.addEventListener(name, () => this.mark(player.video.currentTime));
    player.rail.onPeek.push((second) => {
      const place = player.part("peek-title");
      const number = this.at(second);
      place.hidden = number < 0;
      place.textContent = number < 0 ? "" : this.title(number);
    });
    this.mark(player.start);
  }

  drawMarks() {
    const { length } = this.player.rail;
    for (const start of this.starts) {
      if (start < 1 || start > length - 1) continue;
      const mark = document.createElement("b");
      mark.className = "rail__mark";
      mark.style.setProperty("--here", String(start / length));
      this.player.rail.rail.querySelector(".rail__track").append(mark);
    }
  }

  title(number) {
    return this.items[number].querySelector("[data-title]").textContent;
  }

  at(second) {
    let number = this.starts.length - 1; // not findLastIndex: phones of 2021 lack it
    while (number >= 0 && this.starts[number] > second + 0.05) number -= 1;
    return number;
  }

  mark(second) {
    const number = this.at(second);
    if (number === this.current) return;
    this.current = number;
    this.items.forEach((item, place) => {
      if (place === number) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    });
    this.player.part("chapter").textContent = number < 0 ? "" : this.title(number);
  }
}
