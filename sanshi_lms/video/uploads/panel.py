"""What the page of videos shows of uploads: unfinished ones, quota, the inbox."""

from dataclasses import dataclass
from datetime import datetime

from sanshi_lms.account import OwnerForm
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.uploads.imports import Import, imports_of, inbox_files
from sanshi_lms.video.uploads.inbox import InboxFile
from sanshi_lms.video.uploads.models import Upload
from sanshi_lms.video.uploads.parts import is_alive, last_byte_at, received
from sanshi_lms.video.uploads.queries import open_uploads, originals_bytes
from sanshi_lms.video.uploads.rules import KEPT


@dataclass(frozen=True)
class Unfinished:
    """An upload that waits for its sender. Sizes in bytes."""

    id: str
    name: str
    size: int
    received: int
    until: datetime


@dataclass(frozen=True)
class InboxLine:
    """A file of the inbox, and how its import stands, if there is one."""

    file: InboxFile
    work: Import | None


@dataclass(frozen=True)
class Panel:
    """Everything about uploading that one person sees. `quota` 0 means no bound; bytes.

    The inbox is a folder of the server: without `inbox_dir` it is not theirs to see.
    """

    largest: int
    quota: int
    used: int
    unfinished: list[Unfinished]
    inbox_dir: str
    inbox: list[InboxLine]
    owner: OwnerForm


def panel_of(person_id: int, moment: datetime, reach: Reach) -> Panel:
    """Return what the upload part of the page shows to this person."""
    chosen, store = settings(), storage()
    waiting = [one for one in open_uploads(person_id) if is_alive(store, one)]
    promised = sum(upload.size for upload in waiting)
    return Panel(
        largest=chosen.max_upload_bytes,
        quota=chosen.upload_quota_bytes,
        used=originals_bytes(person_id) + promised,
        inbox_dir=str(chosen.inbox_dir) if reach.everything else "",
        inbox=_inbox(moment) if reach.everything else [],
        owner=OwnerForm(formdata=None).over(reach),
        unfinished=[_shown(upload) for upload in waiting if upload.inbox_key is None],
    )


def _inbox(moment: datetime) -> list[InboxLine]:
    files = inbox_files(moment)
    stand = imports_of([file.key for file in files]) if files else {}
    return [InboxLine(file, stand.get(file.key)) for file in files]


def _shown(upload: Upload) -> Unfinished:
    store = storage()
    return Unfinished(
        id=upload.id,
        name=upload.file_name,
        size=upload.size,
        received=received(store, upload),
        until=last_byte_at(store, upload) + KEPT,
    )
