"""Cues written as WebVTT and SubRip. Pure."""

from collections.abc import Sequence

from sanshi_lms.video.captions.rules import CueText, clean

_SAFE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def to_vtt(cues: Sequence[CueText]) -> str:
    """Return the cues as a WebVTT file: no tag, arrow or blank line can come from their words."""
    blocks = [
        f"{stamp(cue.start)} --> {stamp(cue.end)}\n{clean(cue.text).translate(_SAFE)}"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def to_srt(cues: Sequence[CueText]) -> str:
    """Return the cues as a SubRip file, which knows no escapes: a blank line and an arrow of times
    are what would break it.
    """
    blocks = [
        f"{number}\n{stamp(cue.start, ',')} --> {stamp(cue.end, ',')}\n"
        + clean(cue.text).replace("-->", "→")
        for number, cue in enumerate(cues, start=1)
    ]
    return "\n\n".join(blocks) + "\n"


def stamp(seconds: float, point: str = ".") -> str:
    """Return a moment as 00:01:02.500."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}{point}{thousandths:03}"
