// A button that prints the page; without this script the browser's own menu does.

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
