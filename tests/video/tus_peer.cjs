// A stranger's client: tus-js-client in Node. node tus_peer.cjs FOLDER JSON; prints JSON at the end.
// stopAt: break off once so many bytes are acknowledged; end: and have the upload forgotten.

const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const [folder, text] = process.argv.slice(2);
const tus = createRequire(path.join(folder, "x.cjs"))("tus-js-client");
const { file, stopAt, end, ...options } = JSON.parse(text);
const told = {};

function finish(state) {
  process.stdout.write(JSON.stringify({ ...told, state, url: upload.url }));
  process.exit(0);
}

const upload = new tus.Upload(fs.createReadStream(file), {
  ...options,
  retryDelays: [0, 500, 1000],
  metadata: { filename: path.basename(file) },
  onBeforeRequest(request) {
    if (request.getMethod() === "PATCH") told.first ??= request.getHeader("Upload-Offset");
  },
  async onChunkComplete(size, accepted) {
    if (!stopAt || accepted < stopAt) return;
    await upload.abort(Boolean(end));
    finish(end ? "terminated" : "stopped");
  },
  onError(error) {
    process.stderr.write(String(error));
    process.exit(1);
  },
  onSuccess: () => finish("done"),
});
upload.start();
