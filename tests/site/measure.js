// Measures for tests/site/test_editions.py, run inside the page.
({
  // What can be tapped and is smaller than `least` CSS pixels. A link inside a sentence is exempt
  // (WCAG 2.5.8); a stretched link is as large as its card, a tick box as large as its row;
  // a control of one pixel is hidden behind its label.
  tooSmall(least) {
    const area = (e) => e.closest(".choice") ?? (e.matches(".stretched") ? e.closest(".card, .lesson, .stat, .need") : e);
    return [...document.querySelectorAll("a, button, summary, input, select, textarea")]
      .filter((e) => e.checkVisibility())
      .filter((e) => getComputedStyle(e).display !== "inline" || e.matches(".stretched"))
      .map((e) => [e, area(e).getBoundingClientRect()])
      .filter(([, box]) => box.width > 1 && Math.min(box.width, box.height) < least - 0.5)
      .map(([e, box]) => `${name(e)} ${box.width} x ${box.height}`);
    function name(e) {
      return `${e.tagName} ${e.className} "${(e.textContent || e.name || "").trim().slice(0, 20)}"`;
    }
  },

  // Elements with words of their own: size in px, distance of lines as a multiple of it.
  texts() {
    const worded = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    return [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && worded(e)).map((e) => {
      const style = getComputedStyle(e);
      const size = parseFloat(style.fontSize);
      return {
        what: `${e.tagName} ${e.className} "${e.textContent.trim().slice(0, 20)}"`,
        running: e.matches("p, li, dd, td"),
        size,
        apart: Math.round((parseFloat(style.lineHeight) / size) * 100) / 100,
      };
    });
  },

  // How many pixels the page is wider than the screen, and what sticks out.
  sideways() {
    const screen = document.documentElement.clientWidth;
    const over = document.documentElement.scrollWidth - screen;
    if (over <= 0) return [];
    return [...document.querySelectorAll("body *")]
      .filter((e) => e.getBoundingClientRect().right > screen + 0.5)
      .map((e) => `${e.tagName} ${e.className} ${e.getBoundingClientRect().right}`)
      .concat(`${over} px`);
  },

  // WeChat and Android enlarge text alone: every font size grows, no box does.
  scaleText(factor) {
    const sized = [...document.querySelectorAll("body, body *")].map((e) => [e, parseFloat(getComputedStyle(e).fontSize)]);
    for (const [e, size] of sized) e.style.fontSize = `${size * factor}px`;
  },
})
