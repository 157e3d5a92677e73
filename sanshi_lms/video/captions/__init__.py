"""Captions: files in any usual format in, WebVTT and SubRip out, edited in the page in between.

For: reading, writing, checking and changing what is said in a video. Not for: showing it (player),
nor finding it (search reads the cues from queries of video).
"""

from sanshi_lms.video.captions.reading import MAX_BYTES, digest, read_captions
from sanshi_lms.video.captions.rules import CaptionError, CueText
from sanshi_lms.video.captions.writing import to_srt, to_vtt

__all__ = [
    "MAX_BYTES",
    "CaptionError",
    "CueText",
    "digest",
    "read_captions",
    "to_srt",
    "to_vtt",
]
