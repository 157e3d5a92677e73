"""Pictures of questions, between files and the storage."""

import re
from collections.abc import Iterable
from dataclasses import replace

from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.storage import storage
from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.exchange.pictured import ARRIVED, NO_WORDS, names_in, with_texts
from sanshi_lms.quizzes.exchange.reading import Found, Reading
from sanshi_lms.quizzes.pictures.store import keep_picture, picture_key

MOST_SENT_BYTES = 60_000_000


def keep_arrived(reading: Reading) -> Reading:
    """Store the pictures that came with a file, and put their addresses into the questions.

    Each is opened as a stranger's picture; one that is none is left out, and it is told.
    """
    if not reading.pictures:
        return reading
    names = [_kept(data) for data in reading.pictures]
    found = [_addressed(one, names) for one in reading.found]
    kept = Reading(found, reading.faults, reading.left_out)
    lost = names.count(None)
    if lost:
        kept.note("图片", f"有 {lost} 张图片打不开，没有导入。请在网页上把图片补上。")
    if any(f"![{NO_WORDS}](" in one.content.stem_md for one in found):
        kept.note("图片", "有的图片没有说明。导入后请补一句，看不见图的人靠它答题。")
    return kept


def pictures_of(contents: Iterable[ItemContent]) -> dict[str, bytes]:
    """Return the pictures of questions by name, as far as they are there and a file can bear."""
    found: dict[str, bytes] = {}
    size = 0
    for name in names_in(contents):
        key = picture_key(name) or ""
        try:
            length = storage().size(key)
            size += length
            if size > MOST_SENT_BYTES:
                break
            found[name] = b"".join(storage().read(key, 0, length))
        except FileNotFoundError:
            continue
    return found


def _kept(data: bytes) -> str | None:
    try:
        return keep_picture(data)
    except Refusal:
        return None


def _addressed(one: Found, names: list[str | None]) -> Found:
    def put(match: re.Match[str]) -> str:
        name = names[int(match[2])] if int(match[2]) < len(names) else None
        return f"{match[1]}(/quizzes/pictures/{name})" if name else ""

    content = with_texts(one.content, lambda text: ARRIVED.sub(put, text).strip())
    if content.picture is not None and content.picture.key.startswith("arrived:"):
        number = int(content.picture.key.partition(":")[2])
        name = names[number] if number < len(names) else None
        picture = replace(content.picture, key=name) if name else None
        content = replace(content, picture=picture)
    if content == one.content:
        return one
    return replace(one, content=content, problem_zh=one.problem_zh or content_problem(content))
