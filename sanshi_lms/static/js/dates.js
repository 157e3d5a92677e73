// Says under every date field which day it holds, in Chinese order: browsers show a date in the
// order of their own language, and 03/04 is two days. Where that language is not Chinese, the
// field becomes one that is typed as 年-月-日.

const examples = { date: "2026-11-30", "datetime-local": "2026-11-30 09:00" };
const week = "日一二三四五六";

/** "2026年3月5日", "2026/3/5 9:00", "2026-03-05T09:00" → "2026-03-05", "2026-03-05T09:00". */
function plain(text, timed) {
  const found = /^\D*(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*(?:(\d{1,2})\D(\d{1,2}).*)?$/.exec(text.trim());
  if (!found) return text;
  const [, year, month, day, hour = "0", minute = "0"] = found;
  const two = (number) => number.padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}${timed ? `T${two(hour)}:${two(minute)}` : ""}`;
}

function said(value, example) {
  const day = new Date(value.length === 10 ? `${value}T00:00` : value);
  if (!value || Number.isNaN(day.getTime())) return `年-月-日，例如 ${example}`;
  const date = `${day.getFullYear()}年${day.getMonth() + 1}月${day.getDate()}日（周${week[day.getDay()]}）`;
  const clock = `${day.getHours()}:${String(day.getMinutes()).padStart(2, "0")}`;
  return value.length > 10 ? `${date} ${clock}` : date;
}

function explain(field) {
  const timed = field.type === "datetime-local";
  const example = examples[field.type];
  const line = document.createElement("span");
  line.className = "date-said small muted";
  line.id = `${field.id || field.name}-said`;
  line.setAttribute("aria-live", "polite");
  field.after(line);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
  if (!/^zh/i.test(new Intl.DateTimeFormat().resolvedOptions().locale)) {
    field.type = "text";
    field.autocomplete = "off";
    field.addEventListener("change", () => { field.value = plain(field.value, timed); });
  }
  const tell = () => { line.textContent = said(plain(field.value, timed), example); };
  for (const name of ["input", "change"]) field.addEventListener(name, tell);
  tell();
}

for (const field of document.querySelectorAll("input[type=date], input[type=datetime-local]")) explain(field);
