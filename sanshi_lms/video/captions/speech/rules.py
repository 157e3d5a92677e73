"""What the listener says, line by line, and the cues that become of it. Pure."""

import json
import math
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from sanshi_lms.video.captions.rules import MAX_CUES, CueText, clean, cue_problem, in_order
from sanshi_lms.video.studio.captions import SpokenClause, make_cues


@dataclass
class Heard:
    """What has been heard so far of a lecture that plays `seconds`."""

    seconds: float
    clauses: list[SpokenClause] = field(default_factory=list)
    share: float = 0.0

    def take(self, line: str) -> None:
        """Take a line of the listener: {"start": 1.0, "end": 2.5, "text": "…"}.

        Other lines only tell that it is alive.
        """
        said = _read(line)
        start, end, text = said.get("start"), said.get("end"), said.get("text")
        if not (_is_time(start) and _is_time(end) and isinstance(text, str)):
            return
        self.share = min(1.0, max(self.share, end / self.seconds))
        words = clean(text)
        if words and 0 <= start < min(end, self.seconds) and len(self.clauses) < MAX_CUES:
            self.clauses.append(SpokenClause(words, start, min(end, self.seconds), True))

    def cues(self) -> list[CueText]:
        """Return what was heard as captions of one line on a phone."""
        made = make_cues(sorted(self.clauses, key=lambda clause: clause.start))
        # Whisper lets a sentence last into the next one.
        ends = [*(following.start for following in made[1:]), math.inf]
        cues = [
            CueText(round(cue.start, 3), round(min(cue.end, end), 3), clean(cue.text))
            for cue, end in zip(made, ends, strict=False)
        ]
        return in_order([c for c in cues if c.text and not cue_problem(c.start, c.end, c.text)])


def _read(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
