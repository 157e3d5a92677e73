// What a person chose stays on the device: speed, captions and their size, quality, the text pane.

export const RATES = [0.75, 1, 1.25, 1.5, 2];
const MEMORY = "sanshi.player";

export function remembered() {
  try {
    const found = JSON.parse(localStorage.getItem(MEMORY));
    return found && typeof found === "object" ? found : {};
  } catch {
    return {}; // storage may be forbidden
  }
}

export function remember(values) {
  try {
    localStorage.setItem(MEMORY, JSON.stringify({ ...remembered(), ...values }));
  } catch {
    // then the next page starts with the usual choices
  }
}

export const elder = () => document.documentElement.classList.contains("elder");

// Seconds from "754", "12:34" or "1:02:03"; NaN for anything else.
export function secondsOf(text) {
  if (!/^\d+(:\d{1,2}){0,2}(\.\d+)?$/.test(text || "")) return NaN;
  return text.split(":").reduce((total, part) => total * 60 + Number(part), 0);
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

// The same for a voice: "1 分 15 秒".
export function spoken(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${h ? `${h} 小时 ` : ""}${h || m ? `${m} 分 ` : ""}${s} 秒`;
}
