// Reports wait on the device until the server has them: under their session, with the page they
// belong to and the moment at which their page last wrote here. An entry whose last report is
// still growing (`open`) belongs to a page that lives, or that died less than a moment ago.

const KEPT = "sanshi-watch:";
const PLACE = "sanshi-place"; // of the last lesson that was played here
const DEAD_AFTER_MS = 12_000;
const FORGOTTEN_AFTER_MS = 8 * 24 * 3600_000; // the server takes what is a week old

const read = (key) => {
  const found = JSON.parse(localStorage.getItem(key));
  return Array.isArray(found) ? { reports: found, beat: Date.now() } : found; // as it was kept before
};

export function keep(session, reports, open) {
  try {
    if (reports.length === 0) localStorage.removeItem(KEPT + session);
    else {
      const entry = { page: location.pathname, beat: Date.now(), open, reports };
      localStorage.setItem(KEPT + session, JSON.stringify(entry));
    }
  } catch {
    // Private mode has no room: reports then live as long as the page.
  }
}

/** The reports that other pages left, oldest first, each with the page it is about. */
export function leftovers(session) {
  const found = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(KEPT) || key === KEPT + session) continue;
      const entry = read(key);
      const age = Date.now() - entry.beat;
      if (age > FORGOTTEN_AFTER_MS) localStorage.removeItem(key);
      const reports = entry.open && age < DEAD_AFTER_MS ? entry.reports.slice(0, -1) : entry.reports;
      found.push(...reports.map((report) => ({ key, page: entry.page, report })));
    }
  } catch {
    return found; // what cannot be read waits until it is forgotten
  }
  return found.sort((a, b) => (a.report.at ?? 0) - (b.report.at ?? 0));
}

/** Forget a report that the server has; what its page wrote meanwhile stays. */
export function settle({ key, report }) {
  try {
    const entry = read(key);
    entry.reports = entry.reports.filter((other) => other.sequence !== report.sequence);
    if (entry.reports.length) localStorage.setItem(key, JSON.stringify(entry));
    else localStorage.removeItem(key);
  } catch {
    // somebody else was quicker
  }
}

/** Remember where this device is in a lesson of a person (`key`). */
export function keepPlace(key, seconds) {
  try {
    if (key) localStorage.setItem(PLACE, JSON.stringify({ key, seconds, at: Date.now() }));
  } catch {
    // no room: the server's place must do
  }
}

/** Where this device was, if that is newer than what is `savedAgo` seconds old; null otherwise. */
export function placeKept(key, savedAgo) {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE));
    return key && kept?.key === key && (Date.now() - kept.at) / 1000 < savedAgo ? kept.seconds : null;
  } catch {
    return null;
  }
}
