// What every page gains from a script; every page works without it.

// A second tap on a slow line must not send a form twice. The button is released when the page
// comes back from the browser's cache (the back key) and after 15 s without an answer.
const RELEASE_AFTER_MS = 15_000;

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(release, RELEASE_AFTER_MS, form);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) release(form);
});

// Filters send themselves when a choice changes; the visible button stays for everybody else.
document.addEventListener("change", (event) => {
  event.target.closest("form[data-autosubmit]")?.requestSubmit();
});

// A page that only asks to go on goes on by itself.
document.querySelector("form[data-go]")?.requestSubmit();

// A fold-out menu closes on Escape and on a tap elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// [data-print] buttons do nothing without a script, so they are hidden until it runs.
for (const button of document.querySelectorAll("[data-print][hidden]")) button.hidden = false;

// Date fields say which day they hold.
if (document.querySelector("input[type=date], input[type=datetime-local]")) import("./dates.js");

// Somebody came by a link of ours that names its channel (/go/…): told once, as a number, and the
// address is made plain again, so that what is shared further does not count for that channel.
const arrived = new URL(location.href);
const via = arrived.searchParams.get("via");
const channel = arrived.searchParams.get("from");
if (via || channel) {
  const told = via ? { code: via } : { channel, path: arrived.pathname };
  navigator.sendBeacon("/outlets/visits", new URLSearchParams(told));
  for (const name of ["via", "from"]) arrived.searchParams.delete(name);
  history.replaceState(history.state, "", arrived);
}
