"""Reads content/paths/*.yaml and puts the database in line with it, all of it or nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path as Folder

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.courses import Faults, PackError, YamlMap, read_map
from sanshi_lms.training.paths.models import MAX_TITLE, MAX_WHY, Path, PathStep

KEYS = ("title", "audience", "summary", "position", "steps")
STEP_KEYS = ("course", "why")
LARGEST_BYTES = 100_000


@dataclass(frozen=True)
class PathFile:
    """A path as its author wrote it; `steps` are pairs of a course's address and why."""

    slug: str
    title: str
    audience: str
    summary: str
    position: int
    steps: tuple[tuple[str, str], ...]


def read_paths(
    content: Folder, known: Collection[str]
) -> tuple[tuple[PathFile, ...], tuple[PackError, ...]]:
    """Read and check every path below `content`/paths. `known` are the addresses of courses."""
    found, errors = [], []
    for file in sorted((content / "paths").glob("*.yaml")):
        faults = Faults(f"paths/{file.name}")
        path = _read(file, known, faults)
        errors += faults.found
        if path is not None and not faults.found:
            found.append(path)
    return tuple(found), tuple(errors)


def put_in(paths: Collection[PathFile]) -> int:
    """Make the paths of the database what the files say. Return how many there are."""
    present = {row.slug: row for row in db.session.scalars(select(Path))}
    for row in present.values():
        if row.slug not in {path.slug for path in paths}:
            db.session.delete(row)
    for path in paths:
        row = present.get(path.slug) or Path(slug=path.slug)
        row.title, row.audience, row.summary = path.title, path.audience, path.summary
        row.position = path.position
        wanted = [(place, *step) for place, step in enumerate(path.steps, 1)]
        if [(s.position, s.course_slug, s.why) for s in row.steps] != wanted:
            row.steps.clear()
            db.session.add(row)
            db.session.flush()
            row.steps = [PathStep(position=p, course_slug=slug, why=why) for p, slug, why in wanted]
        db.session.add(row)
    db.session.flush()
    return len(paths)


def _read(file: Folder, known: Collection[str], faults: Faults) -> PathFile | None:
    raw = file.read_bytes()
    try:
        text = raw[:LARGEST_BYTES].decode("utf-8-sig") if len(raw) <= LARGEST_BYTES else None
    except UnicodeDecodeError:
        text = None
    if text is None:
        faults.add(1, "文件要用 UTF-8 编码保存，并且不超过 100 KB。")
        return None
    values = read_map(text, (*KEYS, *STEP_KEYS), faults)
    if values is None:
        return None
    values.refuse_unknown(KEYS)
    steps = [_step(step, known) for step in values.maps("steps")]
    if not steps:
        values.fault("steps", "请至少写一步，例如“- course: 课程的网址名”。")
    return PathFile(
        slug=file.stem,
        title=values.text("title", longest=MAX_TITLE),
        audience=values.text("audience", longest=MAX_TITLE),
        summary=values.text("summary", longest=500),
        position=values.whole("position", 0) or 0,
        steps=tuple(steps),
    )


def _step(step: YamlMap, known: Collection[str]) -> tuple[str, str]:
    step.refuse_unknown(STEP_KEYS)
    slug = step.text("course", longest=MAX_TITLE)
    if slug and slug not in known:
        step.fault("course", f"没有网址名是“{slug}”的课程，请检查有没有写错。")
    return slug, step.text("why", longest=MAX_WHY, required=False)
