// Hashes files off the main thread. Our own SHA-256 because crypto.subtle is missing on plain http,
// which an office's own server often is, and cannot hash a file as it comes.

import { sha256 } from "../vendor/noble/sha2.js";

const READ_BYTES = 4 * 1024 * 1024;
const EDGE_BYTES = 64 * 1024;
const states = new Map(); // file key → the hash of what lies before the last piece, and behind it

async function read(file, from, to) {
  return new Uint8Array(await file.slice(from, to).arrayBuffer());
}

async function feed(hash, file, from, to, tell) {
  for (let at = from; at < to; at += READ_BYTES) {
    hash.update(await read(file, at, Math.min(at + READ_BYTES, to)));
    tell?.(Math.min(at + READ_BYTES, to) / to);
  }
  return hash;
}

function hex(digest) {
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function digestOf(bytes) {
  const native = self.crypto?.subtle;
  return native ? new Uint8Array(await native.digest("SHA-256", bytes)) : sha256(bytes);
}

const work = {
  // Tells two files apart without reading them: size, beginning and end.
  async fingerprint({ file }) {
    const hash = sha256.create().update(new TextEncoder().encode(`${file.size}\n`));
    hash.update(await read(file, 0, EDGE_BYTES));
    hash.update(await read(file, Math.max(file.size - EDGE_BYTES, 0), file.size));
    return hex(hash.digest());
  },

  async whole({ file }, tell) {
    return hex((await feed(sha256.create(), file, 0, file.size, tell)).digest());
  },

  // The checksum of one piece; with the last piece also the hash of the whole file. Each byte is
  // read once, also when a piece is sent again.
  async piece({ key, file, start, end }) {
    const kept = states.get(key) ?? [];
    let before = kept.find((state) => state.at === start)
      ?? kept.find((state) => state.at < start)
      ?? { at: 0, hash: sha256.create() };
    if (before.at < start) {
      before = { at: start, hash: await feed(before.hash.clone(), file, before.at, start) };
    }
    const bytes = await read(file, start, end);
    const behind = { at: end, hash: before.hash.clone().update(bytes) };
    states.set(key, [behind, before]);
    const checksum = btoa(String.fromCharCode(...await digestOf(bytes)));
    return { checksum, whole: end === file.size ? hex(behind.hash.clone().digest()) : null };
  },

  forget({ key }) {
    states.delete(key);
  },
};

self.addEventListener("message", async ({ data }) => {
  const { id, act, ...values } = data;
  try {
    const tell = (share) => self.postMessage({ id, share });
    self.postMessage({ id, answer: await work[act](values, tell) });
  } catch (error) {
    self.postMessage({ id, failed: String(error) });
  }
});
