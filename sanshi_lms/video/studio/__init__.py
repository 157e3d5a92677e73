"""The lecture studio: a lecture script as text becomes a video with voice, captions and a cover.

For: demo lectures, and authors who have words but no camera. Not for: uploaded footage (the rest of
this room). Knows neither Flask nor the database.
"""

from sanshi_lms.video.studio.build import BuiltLecture, build_lecture
from sanshi_lms.video.studio.encode import BuildFailedError
from sanshi_lms.video.studio.script import Lecture, ScriptError, check_script, parse_script
from sanshi_lms.video.studio.slides import SlidesError
from sanshi_lms.video.studio.speech import SpeechFailedError

__all__ = [
    "BuildFailedError",
    "BuiltLecture",
    "Lecture",
    "ScriptError",
    "SlidesError",
    "SpeechFailedError",
    "build_lecture",
    "check_script",
    "parse_script",
]
