// 相关内容: fetched when the reader comes near its place. Without this script a link leads to it.

const NEAR = "600px";

async function load(place) {
  try {
    const answer = await fetch(place.dataset.related);
    if (answer.status === 200) {
      place.querySelector("[data-related-list]").innerHTML = await answer.text();
    } else if (answer.status === 204 || answer.status === 404) {
      place.hidden = true;
    }
  } catch {
    // No line: the link stays.
  }
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    watcher.unobserve(entry.target);
    load(entry.target);
  }
}, { rootMargin: NEAR });

for (const place of document.querySelectorAll("[data-related]")) watcher.observe(place);
