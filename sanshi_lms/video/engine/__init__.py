"""Engine: what is in a file, and everything that is made of it. Knows files, no database.

`probe()` says what a file holds or raises Refused; `make_all()` encodes it into a directory.
"""

from sanshi_lms.video.engine.examine import examine
from sanshi_lms.video.engine.facts import EMPTY, SourceFacts, first_sight
from sanshi_lms.video.engine.ffmpeg import Ffmpeg, NoFfmpeg, find_ffmpeg
from sanshi_lms.video.engine.pictures import to_jpeg
from sanshi_lms.video.engine.probe import Refused, probe
from sanshi_lms.video.engine.running import Failed
from sanshi_lms.video.engine.transcode import PROFILE, Made, MadeStream, make_all

__all__ = [
    "EMPTY",
    "PROFILE",
    "Failed",
    "Ffmpeg",
    "Made",
    "MadeStream",
    "NoFfmpeg",
    "Refused",
    "SourceFacts",
    "examine",
    "find_ffmpeg",
    "first_sight",
    "make_all",
    "probe",
    "to_jpeg",
]
