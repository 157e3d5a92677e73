"""Writes of captions and chapters: give, edit, choose, check, remove. Nothing commits here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.video.actions import touch_lessons
from sanshi_lms.video.captions.chapters import ChapterText
from sanshi_lms.video.captions.editing import Changes, changes
from sanshi_lms.video.captions.languages import LANGUAGES
from sanshi_lms.video.captions.rules import CueText
from sanshi_lms.video.models import CaptionCue, CaptionTrack, Chapter, Video

MAX_TRACKS = 8
BY_HAND = ""
"""The digest of captions that came from no file."""


def set_captions(
    video: Video,
    *,
    language: str,
    cues: Sequence[CueText],
    sha256: str,
    moment: datetime,
    person_id: int | None = None,
    machine_made: bool = False,
) -> CaptionTrack:
    """Give a video captions in a language, in place of those it had; search hears of it.

    Without a person the file comes from a pack or from a job: the same file again changes nothing,
    so that it never undoes what people have edited since.
    """
    track = _track(video, language)
    if track is not None and track.sha256 == sha256 and person_id is None:
        return track
    if track is None:
        track = _new_track(video, language, moment)
    else:
        track.version += 1
    track.sha256, track.machine_made, track.checked_at = sha256, machine_made, None
    track.saved_at, track.saved_by_id = moment, person_id
    _put(track, cues)
    note("video.captions", f"video:{video.id}", after={"language": language, "cues": len(cues)})
    touch_lessons(video.id)
    return track


def save_captions(
    video: Video,
    *,
    language: str,
    version: int,
    cues: Sequence[CueText],
    moment: datetime,
    person_id: int,
) -> tuple[CaptionTrack, Changes]:
    """Keep what a person edited, beginning from `version` (0: there were none).

    Refuses with 409 when somebody else saved meanwhile: nothing of theirs is overwritten.
    """
    track = _track(video, language)
    _same_version(track, version, moment)
    if track is None:
        track = _new_track(video, language, moment)
        before: list[CueText] = []
    else:
        before = _cues(track)
    found = changes(before, cues)
    if not found and version:
        return track, found
    if version:
        _next_version(track, version, moment)
    track.saved_at, track.saved_by_id = moment, person_id
    _put(track, cues)
    values = {"language": language, "cues": len(cues), "changes": str(found)}
    note("video.captions_edited", f"video:{video.id}", {"cues": len(before)}, values)
    touch_lessons(video.id)
    return track, found


def mark_checked(video: Video, track: CaptionTrack, version: int, moment: datetime) -> None:
    """Say that a person has read what a machine wrote, as it stands in `version`."""
    _same_version(track, version, moment)
    if track.unchecked:
        track.checked_at = moment
        note("video.captions_checked", f"video:{video.id}", after={"language": track.language})


def choose_default(video: Video, track: CaptionTrack) -> None:
    """Let this track be the one that is shown first and that search reads."""
    if track.is_default:
        return
    _make_default(video.id, track.id)
    note("video.captions_default", f"video:{video.id}", after={"language": track.language})
    touch_lessons(video.id)


def remove_captions(video: Video, track: CaptionTrack) -> None:
    """Take captions away; another language becomes the first one."""
    note("video.captions_removed", f"video:{video.id}", before={"language": track.language})
    rest = [one.id for one in video.captions if one.id != track.id]
    was_default = track.is_default
    db.session.execute(delete(CaptionCue).where(CaptionCue.track_id == track.id))
    db.session.execute(delete(CaptionTrack).where(CaptionTrack.id == track.id))
    db.session.expire(video)
    if was_default and rest:
        _make_default(video.id, rest[0])
    touch_lessons(video.id)


def chapters_of(video: Video) -> list[ChapterText]:
    """Return the chapters of a video from `find_video`."""
    return [ChapterText(chapter.start, chapter.title) for chapter in video.chapters]


def set_chapters(video: Video, chapters: Sequence[ChapterText], sha256: str | None = None) -> None:
    """Give a video these chapters, in place of those it had.

    `sha256` names the file of a pack or the script that they come from: the same file again changes
    nothing, so that it never undoes what people have made of them since.
    """
    if sha256 is not None:
        if video.chapters_sha256 == sha256:
            return
        video.chapters_sha256 = sha256
    if list(chapters) == chapters_of(video):
        return
    video.chapters.clear()
    db.session.flush()
    video.chapters.extend(
        Chapter(position=place, start=one.start, title=one.title)
        for place, one in enumerate(chapters)
    )
    note("video.chapters", f"video:{video.id}", after={"chapters": len(chapters)})


def _track(video: Video, language: str) -> CaptionTrack | None:
    return next((track for track in video.captions if track.language == language), None)


def _new_track(video: Video, language: str, moment: datetime) -> CaptionTrack:
    if len(video.captions) >= MAX_TRACKS:
        raise Refusal(f"一个视频最多 {MAX_TRACKS} 种字幕。")
    track = CaptionTrack(
        language=language,
        label=LANGUAGES[language],
        sha256=BY_HAND,
        version=1,
        is_default=not video.captions,
        created_at=moment,
        cues=[],
    )
    video.captions.append(track)
    db.session.flush()
    return track


def _cues(track: CaptionTrack) -> list[CueText]:
    query = select(CaptionCue.start, CaptionCue.end, CaptionCue.text)
    mine = query.where(CaptionCue.track_id == track.id).order_by(CaptionCue.position)
    return [CueText(start, end, text) for start, end, text in db.session.execute(mine)]


def _put(track: CaptionTrack, cues: Sequence[CueText]) -> None:
    db.session.flush()
    db.session.execute(delete(CaptionCue).where(CaptionCue.track_id == track.id))
    rows = [
        {
            "track_id": track.id,
            "position": place,
            "start": cue.start,
            "end": cue.end,
            "text": cue.text,
        }
        for place, cue in enumerate(cues)
    ]
    if rows:
        db.session.execute(insert(CaptionCue), rows)
    db.session.expire(track, ["cues"])


def _same_version(track: CaptionTrack | None, version: int, moment: datetime) -> None:
    present = track.version if track is not None else 0
    if present != version:
        raise Refusal(_told(track, moment), status=409)


def _next_version(track: CaptionTrack, version: int, moment: datetime) -> None:
    """Count up where the database itself sees `version`: of two at the same moment one fails."""
    ours = update(CaptionTrack).where(CaptionTrack.id == track.id, CaptionTrack.version == version)
    if row_count(db.session.execute(ours.values(version=version + 1))) != 1:
        raise Refusal(_told(track, moment), status=409)


def _told(track: CaptionTrack | None, moment: datetime) -> str:
    if track is None:
        return "这份字幕刚刚被别人删除了。您的修改还在这一页里，没有丢。"
    saver = db.session.get(User, track.saved_by_id) if track.saved_by_id else None
    when = track.saved_at or track.created_at
    form = "%H:%M" if local(when).date() == local(moment).date() else "%m月%d日 %H:%M"
    who = saver.display_name if saver else "系统"
    told = f"{who} 在 {local(when).strftime(form)} 保存了这份字幕的新版本。"
    return told + "您的修改还在这一页里，没有丢。"


def _make_default(video_id: int, track_id: int) -> None:
    """One statement before the other: the index allows one default at any moment."""
    tracks = update(CaptionTrack).where(CaptionTrack.video_id == video_id)
    db.session.execute(tracks.values(is_default=False))
    db.session.execute(tracks.where(CaptionTrack.id == track_id).values(is_default=True))
