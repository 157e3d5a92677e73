"""Photos and files of a hand-in: told by their content, bounded, photos encoded anew."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.pictures import encode, is_picture
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import content_type, file_problem, safe_filename
from sanshi_lms.practicals.rules import MOST_PHOTOS


@dataclass(frozen=True)
class Ready:
    """A file in a private folder, ready to be stored; `size` in bytes."""

    path: Path
    is_photo: bool
    filename: str
    content_type: str
    size: int


def prepare(given: Sequence[tuple[str, bytes]], folder: Path) -> list[Ready]:
    """Return (name, bytes) as we keep them: photos without place and camera, files as they are.

    Raises Refusal in words for what is neither.
    """
    photos = [data for _, data in given if is_picture(data)]
    pictures = iter(encode(photos, folder, MOST_PHOTOS) if photos else ())
    found = []
    for place, (name, data) in enumerate(given, 1):
        if is_picture(data):
            picture = next(pictures)
            found.append(Ready(picture.file, True, f"照片{place}.jpg", "image/jpeg", picture.size))
        else:
            found.append(_file(place, name, data, folder))
    return found


def keep(one: Ready, hand_in_id: int) -> str:
    """Put a file in its place, before its row is committed; return its key."""
    ending = one.filename.rpartition(".")[2].lower()
    key = f"practicals/{hand_in_id}/{secrets.token_hex(8)}.{ending}"
    storage().commit_file(one.path, key)
    return key


def _file(place: int, name: str, data: bytes, folder: Path) -> Ready:
    filename = safe_filename(name)
    path = folder / f"file-{place}"
    path.write_bytes(data)
    problem = file_problem(path, filename)
    if problem:
        raise Refusal(f"文件“{filename}”：{problem}")
    return Ready(path, False, filename, content_type(filename), len(data))
