"""Captions by machine: an optional listener (faster-whisper) writes a first draft for a person.

For: one button where the listener and a model are installed. Not for: what becomes of the captions
(captions). Without both nothing of this is shown. Nothing is downloaded at any time.
"""

from sanshi_lms.video.captions.speech import jobs
from sanshi_lms.video.captions.speech.listening import can_listen
from sanshi_lms.video.captions.speech.queries import Listening, listening_of

__all__ = ["Listening", "can_listen", "jobs", "listening_of"]
