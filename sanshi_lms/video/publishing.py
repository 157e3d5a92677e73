"""Shows what is made so far: playlists that grow with each part, and the video's own row."""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import after_commit
from sanshi_lms.core.job_parts import parts_of
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.storage import Storage
from sanshi_lms.video.actions import touch_lessons
from sanshi_lms.video.engine import (
    MASTER,
    PLAYLIST,
    Made,
    MadeStream,
    Part,
    PartMade,
    Plan,
    SourceFacts,
    joined,
    master,
    media_playlist,
    parts_of_one,
    parts_of_plan,
    plan_of,
    playlists,
)
from sanshi_lms.video.models import Rendition, Video
from sanshi_lms.video.rules import OWN_POSTER


@dataclass(frozen=True)
class Stored:
    """The place of segments: the video's folder in the storage."""

    store: Storage
    media_key: str

    def put(self, file: Path, name: str) -> None:
        """Make `file` durable and show it as `name`."""
        self.store.commit_file(file, f"{self.media_key}/{name}")

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return self.store.exists(f"{self.media_key}/{name}")


class Replaced(Stored):
    """The same place, where nothing that lies there is worth keeping."""

    def has(self, name: str) -> bool:
        """Whether a file is there that may stay: none may."""
        del name
        return False


@dataclass(frozen=True)
class Work:
    """What is being made: the job whose parts make it, and what they agreed on.

    `only` names the one rendition that is made anew; "" for everything.
    """

    whole: int
    video_id: int
    media_key: str
    plan: Plan
    only: str = ""

    @property
    def key(self) -> str:
        """What the keys of its parts begin with."""
        return f"{self.video_id}/{self.only}" if self.only else str(self.video_id)

    @property
    def parts(self) -> list[Part]:
        """What has to be made before the end."""
        return parts_of_one(self.plan, self.only) if self.only else parts_of_plan(self.plan)

    def place(self, store: Storage) -> Stored:
        """Where its segments go."""
        return (Replaced if self.only else Stored)(store, self.media_key)

    def to_json(self) -> str:
        """Everything that a worker of a part needs, besides the job's number."""
        facts, chunked = self.plan.facts.to_json(), self.plan.chunked
        told = {"video_id": self.video_id, "media_key": self.media_key, "only": self.only}
        return json.dumps({**told, "facts": facts, "chunked": chunked})

    @classmethod
    def of(cls, whole: Job) -> "Work":
        """Read what the job agreed on."""
        found: dict[str, Any] = json.loads(whole.result or "{}")
        plan = plan_of(SourceFacts.from_json(found["facts"]), chunked=found["chunked"])
        only = found.get("only", "")
        return cls(whole.id, found["video_id"], found["media_key"], plan, only)


def made_so_far(session: Session, work: Work) -> list[PartMade]:
    """What the parts have put in place, in their order."""
    rows = parts_of(session, work.whole)
    return [PartMade.from_text(row.result) for row in rows if row.result]


def publish(
    session: Session, work: Work, store: Storage, private: Path, *, complete: bool = False
) -> None:
    """Let players see what stands, within the transaction that records it.

    The video's row is locked, so two workers write one after the other and no playlist shrinks;
    the files it names are there already, so it is true even if the transaction then fails.
    """
    video = session.get(Video, work.video_id, with_for_update=True, populate_existing=True)
    if work.only:
        return  # its old segments are listed, and those that lie there are replaced one by one
    texts = playlists(work.plan, made_so_far(session, work), complete=complete)
    if video is None or not texts:
        return
    for name, text in texts.items():
        lists = name == MASTER and not complete
        _write(store, f"{work.media_key}/{name}", text, private, master_only=lists)
    if video.media_key is None:
        picture = work.plan.rungs[:1]
        video.early_key, video.seconds = work.media_key, work.plan.facts.seconds
        video.width = picture[0].width if picture else 0
        video.height = picture[0].height if picture else 0


def republish(
    work: Work, made: list[PartMade], streams: list[MadeStream], store: Storage, private: Path
) -> None:
    """Let players see the rendition that was made anew, among all `streams`."""
    index, text = f"{work.only}/{PLAYLIST}", media_playlist(joined(made, work.only), complete=True)
    for name, content in ((index, text), (MASTER, master(work.plan, streams))):
        _write(store, f"{work.media_key}/{name}", content, private, master_only=False)


def _write(store: Storage, key: str, text: str, private: Path, *, master_only: bool) -> None:
    place = store.path(key)
    old = place.read_text("utf-8") if place.is_file() else ""
    # A master that only tells other rates is not worth a write; one that lists more is.
    if old == text or (master_only and _listed(old) == _listed(text)):
        return
    file = private.parent / "playlist"
    file.write_text(text, "utf-8")
    store.commit_file(file, key)


def _listed(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#EXT-X-STREAM-INF")]


def record(session: Session, video: Video, media_key: str, made: Made, store: Storage) -> None:
    """Note what was made, all of it; what the video showed before is removed."""
    old_key = video.media_key
    session.execute(delete(Rendition).where(Rendition.video_id == video.id))
    for stream in made.streams:
        session.add(
            Rendition(
                video_id=video.id,
                name=stream.name,
                kind=stream.kind,
                codec=stream.codec,
                width=stream.width,
                height=stream.height,
                size=stream.size,
                seconds=stream.seconds,
                segments=stream.segments,
                peak_rate=stream.peak_rate,
                average_rate=stream.average_rate,
            )
        )
    video.media_key, video.early_key, video.made_at = media_key, None, now()
    video.seconds, video.width, video.height = made.seconds, made.width, made.height
    video.has_poster, video.notices = made.has_poster, "\n".join(made.notices)
    video.side_files = " ".join(made.side_files)
    if not video.poster.startswith(OWN_POSTER) and video.poster not in made.side_files:
        video.poster = ""
    touch_lessons(video.id)
    if old_key and old_key != media_key:
        after_commit(partial(store.delete, old_key))
