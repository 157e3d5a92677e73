// Answers the server has not acknowledged, on this device: one entry for each question, so that two
// tabs do not overwrite each other. Private browsing may refuse storage: then memory only.

const PREFIX = "sanshi.quiz.";

export class Waiting {
  constructor(attempt) {
    this.prefix = `${PREFIX}${attempt}.`;
    this.entries = new Map();
    // Each opened page numbers its answers upwards: the server knows a repetition by that.
    this.page = [...crypto.getRandomValues(new Uint8Array(12))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    this.number = 0;
    this.#read();
  }

  get size() {
    return this.entries.size;
  }

  has(id) {
    return this.entries.has(id);
  }

  // The next to send: of one page in the order of its numbers.
  first() {
    return [...this.entries].sort(([, a], [, b]) => a.number - b.number)[0];
  }

  put(id, chosen) {
    const entry = { chosen, page: this.page, number: ++this.number };
    this.entries.set(id, entry);
    this.#store((storage) => storage.setItem(this.prefix + id, JSON.stringify(entry)));
  }

  // Forget an answer that was sent, unless it was changed meanwhile, here or in another tab.
  sent(id, entry) {
    if (this.entries.get(id) === entry) this.entries.delete(id);
    this.#store((storage) => {
      const kept = JSON.parse(storage.getItem(this.prefix + id));
      if (kept?.page === entry.page && kept?.number === entry.number) {
        storage.removeItem(this.prefix + id);
      }
    });
  }

  clear() {
    for (const id of this.entries.keys()) this.#store((s) => s.removeItem(this.prefix + id));
    this.entries.clear();
  }

  // What older attempts left behind is of no use to anybody.
  static forgetOthers(attempt) {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${attempt}.`)) {
          localStorage.removeItem(key);
        }
      }
    } catch {
      // no storage, nothing old
    }
  }

  #read() {
    this.#store((storage) => {
      for (const key of Object.keys(storage)) {
        if (!key.startsWith(this.prefix)) continue;
        const entry = JSON.parse(storage.getItem(key));
        if (Array.isArray(entry?.chosen)) this.entries.set(key.slice(this.prefix.length), entry);
      }
    });
  }

  #store(act) {
    try {
      act(localStorage);
    } catch {
      // nothing to do: the page itself still holds the answers
    }
  }
}
