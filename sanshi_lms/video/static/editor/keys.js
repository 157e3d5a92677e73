// The editor's keys: [name of what it does, arguments…], or null. By place on the keyboard where a
// letter is meant, because Alt makes other signs of letters on some systems.

const ALT = {
  KeyK: ["toggle"],
  KeyJ: ["replay"],
  KeyM: ["joinOpen"],
  KeyN: ["addAfter"],
  ArrowUp: ["move", -1],
  ArrowDown: ["move", 1],
  ArrowLeft: ["earlier"],
  ArrowRight: ["later"],
  BracketLeft: ["setTime", "start"],
  BracketRight: ["setTime", "end"],
  Delete: ["remove"],
};

export function keyOf(event, inCue) {
  if (event.isComposing) return null; // an input method is at work
  const command = event.ctrlKey || event.metaKey;
  if (event.altKey && !command) return ALT[event.code] || null;
  if (!command || event.altKey) return null;
  if (event.code === "KeyS") return ["save"];
  if (event.code === "KeyH") return ["openFind"];
  if (event.code === "Enter" && inCue) return ["split"];
  const field = event.target.closest("input, textarea");
  if (field && !inCue) return null; // other fields undo by themselves
  if (event.code === "KeyZ") return [event.shiftKey ? "redo" : "undo"];
  return event.code === "KeyY" ? ["redo"] : null;
}
