"""Engine: what is in a file, and everything that is made of it. Knows files, no database.

`probe()` says what a file holds or raises Refused; `plan_of()` what will be made of it, in parts;
`make_part()` makes one, `finish()` what comes of all; `make_all()` does everything in one go.
"""

from sanshi_lms.video.engine.examine import examine
from sanshi_lms.video.engine.facts import EMPTY, SourceFacts, first_sight
from sanshi_lms.video.engine.ffmpeg import Ffmpeg, NoFfmpeg, find_ffmpeg
from sanshi_lms.video.engine.making import make_part
from sanshi_lms.video.engine.parts import Part, most_bytes, parts_of_one, parts_of_plan
from sanshi_lms.video.engine.pictures import to_jpeg
from sanshi_lms.video.engine.plan import SOUND_NAME, Plan
from sanshi_lms.video.engine.playlists import PartMade, joined, media_playlist
from sanshi_lms.video.engine.probe import Refused, probe
from sanshi_lms.video.engine.running import Failed
from sanshi_lms.video.engine.transcode import (
    MANIFEST,
    MASTER,
    PLAYLIST,
    PROFILE,
    Made,
    MadeStream,
    check_whole,
    finish,
    make_all,
    master,
    notices_of,
    plan_of,
    playlists,
    streams_of,
)

__all__ = [
    "EMPTY",
    "MANIFEST",
    "MASTER",
    "PLAYLIST",
    "PROFILE",
    "SOUND_NAME",
    "Failed",
    "Ffmpeg",
    "Made",
    "MadeStream",
    "NoFfmpeg",
    "Part",
    "PartMade",
    "Plan",
    "Refused",
    "SourceFacts",
    "check_whole",
    "examine",
    "find_ffmpeg",
    "finish",
    "first_sight",
    "joined",
    "make_all",
    "make_part",
    "master",
    "media_playlist",
    "most_bytes",
    "notices_of",
    "parts_of_one",
    "parts_of_plan",
    "plan_of",
    "playlists",
    "probe",
    "streams_of",
    "to_jpeg",
]
