// The second of a question is filled in from the player until somebody types: who asks means what
// is being said. (A click on a question's time is handled by notes.js.)

const field = document.querySelector("[data-ask-at]");
const media = document.querySelector("video[data-player], audio[data-player]");

function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

if (field && media) {
  const text = field.form.elements.text;
  let typed = Boolean(field.value);
  let writing = Boolean(text.value);
  field.addEventListener("input", () => { typed = Boolean(field.value); });
  const stamp = () => {
    if (typed) return;
    const begun = media.readyState > 0 ? media.currentTime : Number(media.dataset.start);
    field.value = begun >= 1 ? clock(begun) : "";
  };
  const follow = () => { if (!text.value) stamp(); };
  text.addEventListener("input", () => {
    if (!writing) stamp();
    writing = Boolean(text.value);
  });
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) media.addEventListener(name, follow);
  follow();
}
