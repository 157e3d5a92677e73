// Checks a certificate's address against public keys, here in the browser; no server is asked.
// The shape of address and message: credentials/signing/payload.py.

const ADDRESS = /\/v\/([A-Z]{2,4}\d{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{2})\?s=([a-z0-9]{8})\.([\w-]{86})#([\w-]+)$/;
const FIELDS = ["name", "title", "hours", "issued", "expires", "issuer", "tie"];
const utf8 = new TextEncoder();

export function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(plain, (one) => one.charCodeAt(0));
  // Idle bits of the last character could be changed unseen: only the one right spelling counts.
  const again = btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  if (again !== text) throw new Error("another spelling");
  return bytes;
}

// What an address carries, or null when it cannot be read.
export function readAddress(text) {
  const [, number, keyId, mark, encoded] = ADDRESS.exec(text.trim()) ?? [];
  if (!number) return null;
  try {
    const fields = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(encoded)));
    if (!Array.isArray(fields) || fields.length !== FIELDS.length) return null;
    if (fields.some((field) => typeof field !== "string")) return null;
    const content = Object.fromEntries(FIELDS.map((name, place) => [name, fields[place]]));
    const message = utf8.encode(["sanshi certificate v1", keyId, number, encoded].join("\0"));
    return { number, keyId, signature: bytesOf(mark), content, message };
  } catch {
    return null;
  }
}

// Whether one of the keys (a JSON Web Key Set) signed it, word for word.
export async function holds(signed, keys, loadCurve) {
  const key = keys.find(({ kid }) => kid === signed.keyId);
  if (!key) return false;
  const raw = bytesOf(key.x);
  try {
    const known = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, known, signed.signature, signed.message);
  } catch {
    // Browsers before 2025, also the one inside WeChat, do not know this curve themselves.
    const { verifyAsync } = await loadCurve();
    return verifyAsync(signed.signature, signed.message, raw);
  }
}
