// The form of a need, on a weak line and an old phone: what was written stays on the device until it
// has arrived, photos are made small before they travel, and a send that failed is sent again by the
// same button. Everything works without this script, only less kindly.

const LONGEST_SIDE = 1600;
const QUALITY = 0.82;
const DRAFT = "need-draft:";
const KEPT = ["kind", "text", "place", "concerns"]; // never the phone number
const PATIENCE_MS = 90_000;
const opened = Date.now();
const FASTEST_MS = 3500; // the server takes a form that comes back sooner for a program's

const chosen = []; // {blob, url}: photos that wait to be sent, over a form shown again too

function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing: the form still works.
  }
}

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function fieldsOf(form) {
  return [...form.elements].filter((one) => KEPT.includes(one.name));
}

function saveDraft(form) {
  const draft = {};
  for (const one of fieldsOf(form)) {
    if (one.type === "radio" || one.type === "checkbox") {
      if (one.checked) (draft[one.name] ??= []).push(one.value);
    } else if (one.value) draft[one.name] = one.value;
  }
  keep(DRAFT + form.dataset.report, Object.keys(draft).length ? JSON.stringify(draft) : null);
}

function restoreDraft(form) {
  let draft;
  try {
    draft = JSON.parse(kept(DRAFT + form.dataset.report) ?? "{}");
  } catch {
    return;
  }
  for (const one of fieldsOf(form)) {
    const value = draft?.[one.name];
    if (value === undefined) continue;
    if (one.type === "radio" || one.type === "checkbox") one.checked ||= value.includes(one.value);
    else if (!one.value) one.value = value;
  }
}

// A photo of 8 MB becomes one of 300 kB; a canvas keeps neither place nor time. What the browser
// cannot draw goes as it is: the server says what is wrong with it.
async function smaller(file) {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob ?? file;
  } catch {
    return file;
  }
}

function showPhotos(box) {
  const list = box.querySelector("[data-photos-shown]");
  list.replaceChildren(
    ...chosen.map((photo, place) => {
      const item = document.createElement("li");
      item.className = "photos__one";
      const image = document.createElement("img");
      image.src = photo.url;
      image.alt = `第 ${place + 1} 张照片`;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "去掉";
      button.setAttribute("aria-label", `去掉第 ${place + 1} 张照片`);
      button.addEventListener("click", () => {
        URL.revokeObjectURL(photo.url);
        chosen.splice(chosen.indexOf(photo), 1);
        complain(box, "");
        showPhotos(box);
      });
      item.append(image, button);
      return item;
    }),
  );
}

function complain(box, sentence) {
  const problem = box.querySelector("[data-photos-problem]");
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

async function takePhotos(box, input) {
  const most = Number(box.dataset.most);
  const files = [...input.files];
  const room = most - chosen.length;
  complain(box, files.length > room ? `照片最多 ${most} 张，多出来的没有加上。` : "");
  for (const file of files.slice(0, Math.max(0, room))) {
    const blob = await smaller(file);
    chosen.push({ blob, url: URL.createObjectURL(blob) });
    showPhotos(box);
  }
  input.value = "";
}

function trouble(form, sentence) {
  const place = form.querySelector("[data-trouble]");
  place.textContent = sentence;
  place.hidden = !sentence;
  if (sentence) place.scrollIntoView({ block: "center" });
}

async function send(form) {
  const wait = FASTEST_MS - (Date.now() - opened);
  if (wait > 0) await new Promise((go) => setTimeout(go, wait));
  const body = new FormData(form);
  body.delete("photos");
  for (const [place, photo] of chosen.entries()) body.append("photos", photo.blob, `${place}.jpg`);
  const answer = await fetch(form.action, {
    method: "POST",
    body,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.redirected && answer.ok) {
    location.assign(answer.url);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("form[data-report]");
  if (fresh === null) {
    const said = page.querySelector("main h1")?.textContent ?? "没有提交成功";
    const why = page.querySelector("main p:not(.trouble__code)")?.textContent ?? "";
    throw new Error(`${said}。${why}您写的内容还在，请再按一次“提交”。`);
  }
  form.replaceWith(fresh);
  begin(fresh);
  (fresh.querySelector(".alert--bad, .field__error") ?? fresh).scrollIntoView({ block: "center" });
}

function begin(form) {
  restoreDraft(form);
  form.addEventListener("input", () => saveDraft(form));
  const box = form.querySelector("[data-photos]");
  const input = box.querySelector("input[type=file]");
  showPhotos(box);
  input.addEventListener("change", () => takePhotos(box, input));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    const button = form.querySelector("button:not([type=button])");
    const label = button.textContent;
    button.setAttribute("aria-busy", "true");
    button.textContent = "正在提交…";
    trouble(form, "");
    try {
      await send(form);
    } catch (error) {
      const ours = error instanceof Error && error.message.includes("您写的内容还在");
      trouble(
        form,
        ours ? error.message : "没有发出去，可能是网络断了。您写的内容和照片都还在，等有信号了再按一次“提交”。",
      );
    }
    delete form.dataset.sending;
    button.removeAttribute("aria-busy");
    button.textContent = label;
  });
}

for (const form of document.querySelectorAll("form[data-report]")) begin(form);

// The need has arrived: the device need not remember it any more.
for (const page of document.querySelectorAll("[data-clear-draft]")) {
  keep(DRAFT + page.dataset.clearDraft, null);
}
