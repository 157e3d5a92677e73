"""Videos that course packs bring: a video file, or a script from which the studio builds one.

Beside `01-intro.mp4` may lie its captions (`01-intro.vtt`, `.srt` or `.ass`) and its chapters
(`01-intro.chapters.txt`, a line each: "mm:ss 标题"). A script brings both by itself.
"""

import hashlib
import shutil
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import PackError, PackReference
from sanshi_lms.video.actions import add_video, rename, replace_source
from sanshi_lms.video.captions import MAX_BYTES, CaptionError, CueText, digest, read_captions
from sanshi_lms.video.captions.actions import set_captions, set_chapters
from sanshi_lms.video.captions.chapters import read_chapters
from sanshi_lms.video.captions.languages import SPOKEN
from sanshi_lms.video.engine import first_sight
from sanshi_lms.video.models import Video
from sanshi_lms.video.studio import check_script

SCRIPT = ".script.md"
_CAPTION_ENDINGS = (".vtt", ".srt", ".ass")


def check(reference: PackReference) -> list[PackError]:
    """Return all that is wrong with a video named in a pack."""
    name = reference.root.name(reference.path)
    if problem := reference.root.problem(reference.path):
        return [reference.fault(f"“{name}”：{problem}")]
    if name.endswith(SCRIPT):
        return _check_script(reference, name)
    with reference.path.open("rb") as file:
        wrong = first_sight(file.read(512))
    found = [reference.fault(f"“{name}”：{wrong}")] if wrong else []
    captions = _captions_beside(reference.path)
    if captions is not None:
        try:
            _read(captions)
        except CaptionError as error:
            found.append(reference.fault(str(error), 1, reference.root.name(captions)))
    return found + _check_chapters(reference)


def _check_chapters(reference: PackReference) -> list[PackError]:
    file = _chapters_beside(reference.path)
    if file is None:
        return []
    name = reference.root.name(file)
    try:
        _, faults = read_chapters(file.read_text("utf-8"))
    except UnicodeDecodeError:
        sentence = "章节文件不是 UTF-8 编码：请在编辑器里另存为 UTF-8。"
        return [reference.fault(sentence, 1, name)]
    return [reference.fault(fault.message, fault.line, name) for fault in faults]


def _check_script(reference: PackReference, name: str) -> list[PackError]:
    try:
        faults = check_script(reference.path.read_text("utf-8"))
    except UnicodeDecodeError:
        return [reference.fault("讲稿不是 UTF-8 编码：请在编辑器里另存为 UTF-8。", 1, name)]
    return [reference.fault(fault.message, fault.line, name) for fault in faults]


def load(reference: PackReference, target_id: int | None) -> int:
    """Create the video that a pack names, or bring it up to date. Returns its id."""
    is_script = reference.path.name.endswith(SCRIPT)
    data_hash = _file_hash(reference.path)
    key = hashlib.sha256(f"{reference.key}\n{data_hash}".encode()).hexdigest()[:32]
    source_key = f"video/originals/{key}"
    script = reference.path.read_text("utf-8") if is_script else None
    size = 0 if is_script else reference.path.stat().st_size
    sha256 = None if is_script else data_hash
    video = _present(reference, target_id)
    if not is_script and (video is None or video.source_key != source_key):
        _copy_in(reference.path, source_key)
    if video is None:
        video = add_video(
            title=reference.title,
            source_name=reference.path.name,
            source_key=source_key,
            size=size,
            sha256=sha256,
            person_id=None,
            moment=now(),
            pack_key=reference.key,
            script=script,
        )
    elif video.source_key != source_key:
        name = reference.path.name
        replace_source(
            video,
            source_name=name,
            source_key=source_key,
            size=size,
            sha256=sha256,
            script=script,
        )
    rename(video, reference.title)
    captions = None if is_script else _captions_beside(reference.path)
    if captions is not None:
        set_captions(
            video,
            language=SPOKEN,
            cues=_read(captions),
            sha256=digest(captions.read_bytes()),
            moment=now(),
        )
    chapters = None if is_script else _chapters_beside(reference.path)
    if chapters is not None:
        text = chapters.read_bytes()
        set_chapters(video, read_chapters(text.decode())[0], digest(text))
    return video.id


def _present(reference: PackReference, target_id: int | None) -> Video | None:
    """The video that this lesson of the pack made before.

    One that an administrator put in its place on the website belongs to nobody's pack: it stays as
    it is, and the pack's own is used again.
    """
    del target_id
    query = select(Video).where(Video.pack_key == reference.key)
    return db.session.scalar(
        query.options(selectinload(Video.captions), selectinload(Video.chapters))
    )


def _copy_in(path: Path, key: str) -> None:
    store = storage()
    private = store.private_dir()
    try:
        copy = private / "copy"
        shutil.copyfile(path, copy)
        store.commit_file(copy, key)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _captions_beside(path: Path) -> Path | None:
    """`01-intro.vtt`, `.srt` or `.ass` beside `01-intro.mp4`."""
    beside = (path.with_suffix(ending) for ending in _CAPTION_ENDINGS)
    return next((file for file in beside if file.is_file() and not file.is_symlink()), None)


def _chapters_beside(path: Path) -> Path | None:
    """`01-intro.chapters.txt` beside `01-intro.mp4`."""
    file = path.with_suffix(".chapters.txt")
    return file if file.is_file() and not file.is_symlink() else None


def _read(path: Path) -> list[CueText]:
    with path.open("rb") as file:
        return read_captions(file.read(MAX_BYTES + 1))


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
