// On the page of a number: compares what the QR code itself carries, behind the #, with its
// signature. That part never reached our server.

import { holds, readAddress } from "./check.js";

const place = document.querySelector("[data-check]");

async function check() {
  const signed = readAddress(location.href);
  if (!signed) return "bad";
  const answer = await fetch(place.dataset.keys);
  const { keys } = await answer.json();
  if (!(await holds(signed, keys, () => import(place.dataset.curve)))) return "bad";
  const said = `二维码签名核对无误。二维码上写的是：${masked(signed.content.name)}，“${signed.content.title}”。请与证书上的文字对照。`;
  show("good", said);
  return "good";
}

// As the page above shows it: who looks over a shoulder does not read it here either.
function masked(name) {
  const letters = [...name.trim()];
  if (letters.length < 3) return `${letters.length > 1 ? letters[0] : ""}*`;
  return letters[0] + "*".repeat(letters.length - 2) + letters.at(-1);
}

function show(tone, words) {
  place.hidden = false;
  place.className = `alert alert--${tone}`;
  place.textContent = words;
}

if (location.hash.length > 1) {
  check()
    .then((verdict) => {
      if (verdict === "bad") {
        show("bad", "二维码里的内容与签名不符，可能被人改过。请不要把它当凭证，只以上面按编号查到的结果为准。");
      }
    })
    .catch(() => {
      // the keys did not come: the number was checked by the server all the same
    });
}
