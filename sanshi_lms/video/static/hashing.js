// Asks the worker that hashes. Where a browser is too old for it every answer is null: the upload
// goes on, and nobody is told that it was checked.

const waiting = new Map();
let last = 0;
let worker = null;

function giveUp() {
  worker = null;
  for (const { resolve } of waiting.values()) resolve(null);
  waiting.clear();
}

try {
  worker = new Worker(new URL("./hash_worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("error", giveUp);
  worker.addEventListener("message", ({ data }) => {
    const asked = waiting.get(data.id);
    if (!asked) return;
    if ("share" in data) {
      asked.tell?.(data.share);
      return;
    }
    waiting.delete(data.id);
    if ("failed" in data) asked.reject(new FileUnreadable(data.failed));
    else asked.resolve(data.answer);
  });
} catch {
  giveUp();
}

// The file was changed, moved or unplugged after it was chosen.
export class FileUnreadable extends Error {}

function ask(act, values, tell) {
  if (!worker) return Promise.resolve(null);
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject, tell });
    worker.postMessage({ id, act, ...values });
  });
}

export const fingerprint = (file) => ask("fingerprint", { file });
export const wholeHash = (file, tell) => ask("whole", { file }, tell);
export const pieceHash = (key, file, start, end) => ask("piece", { key, file, start, end });
export const forget = (key) => ask("forget", { key });
