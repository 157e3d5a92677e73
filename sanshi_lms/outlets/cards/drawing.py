"""Draws cards and posters, and keeps the cards in the storage under names that follow from them."""

import hashlib
import io
import json
import re
import shutil
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno

from sanshi_lms.core.fonts import SANS, SERIF, font_paths
from sanshi_lms.core.process import run_limited
from sanshi_lms.core.storage import storage
from sanshi_lms.core.web import PACKAGE
from sanshi_lms.courses import TOPICS
from sanshi_lms.outlets.cards.rules import MOST_BYTES, SHAPES, SITE, SITE_LINE, clauses
from sanshi_lms.outlets.cards.subjects import Subject

FOLDER = Path(__file__).parent
CARD, POSTER = FOLDER / "card.typ", FOLDER / "poster.typ"
TONES = ("#0e5a5e", "#2b5a86", "#93472a", "#4a672f", "#785812", "#3f4f6e", "#a03f4a", "#27674b")
"""As --tone-1 … in tokens.css: one for each topic."""
PICTURE = "picture.jpg"
_SECONDS, _MEMORY = 60, 2 * 1024**3
_CONTOUR = PACKAGE / "credentials" / "contour-lines.svg"
_SYMBOL = re.compile(r'<symbol id="t(\d)"[^>]*>(.*?)</symbol>', re.DOTALL)
_one_at_a_time = threading.Lock()  # whoever asks for many new pictures must not take all cores


class DrawingError(RuntimeError):
    """A picture could not be drawn; the message is for the log."""


class NoChineseFontError(DrawingError):
    """This machine has no Chinese font: a picture of empty boxes is worse than none."""


def card_key(subject: Subject, shape: str) -> str:
    """Return where the share picture of `subject` lies, drawn now or earlier."""
    store = storage()
    folder, mark = f"outlets/cards/{subject.kind}-{subject.number}", _mark(subject)
    key = f"{folder}/{mark}-{shape}.jpg"
    if store.exists(key):
        return key
    with _one_at_a_time:
        if store.exists(key):
            return key
        pages = {
            f"{name}.jpg": {**_words(subject), "width": size.width, "height": size.height}
            for name, size in SHAPES.items()
        }
        private = store.private_dir()
        try:
            _drawn(CARD, pages, subject.picture, private)
            for name in SHAPES:
                store.commit_file(private / f"{name}.jpg", f"{folder}/{mark}-{name}.jpg")
        finally:
            shutil.rmtree(private, ignore_errors=True)
        for old in store.names(folder):
            if not old.startswith(mark):
                store.delete(f"{folder}/{old}")
    return key


def poster(subject: Subject, address: str, kind: str, words: Mapping[str, Any]) -> bytes:
    """Return a poster as "png" or "pdf", with a code that leads to `address`.

    `words`: `call` and the lines `how` stand beside the code, `moment` says where it begins.
    """
    data = {
        **_words(subject),
        **words,
        "line": subject.line,
        "paper": kind == "pdf",
        "plays": subject.video is not None and subject.video.width > 0,
        "address": address.partition("://")[2].partition("?")[0],
        "code": qr(address),
    }
    name = f"poster.{kind}"
    private = storage().private_dir()
    try:
        with _one_at_a_time:
            _drawn(POSTER, {name: data}, subject.picture, private)
        return (private / name).read_bytes()
    finally:
        shutil.rmtree(private, ignore_errors=True)


def qr(address: str) -> str:
    """Return a QR code of level M as SVG."""
    drawn = io.BytesIO()
    code = segno.make(address, error="m", boost_error=False, micro=False)
    code.save(drawn, kind="svg", border=2, dark="#1a2626", light="#ffffff", xmldecl=False)
    return drawn.getvalue().decode()


def _words(subject: Subject) -> dict[str, Any]:
    tone = TOPICS.index(subject.topic) if subject.topic in TOPICS else 0
    return {
        "title": subject.title,
        "clauses": clauses(subject.title),
        "badges": [words for words in subject.badges if words],
        "tone": TONES[tone],
        "picture": None,
        "plays": subject.video is not None and subject.video.width > 0,
        "drawing": _drawings()[tone],
        "contour": _contour(),
        "logo": _logo(),
        "site": SITE,
        "site-line": SITE_LINE if subject.kind != "site" else "",
    }


def _drawn(
    template: Path, pages: Mapping[str, Mapping[str, Any]], picture: str | None, folder: Path
) -> None:
    """Draw with the picture, or without it when it is broken: a card is better than none."""
    try:
        _draw(template, pages, picture, folder)
    except DrawingError:
        if not picture:
            raise
        _draw(template, pages, None, folder)


def _draw(
    template: Path, pages: Mapping[str, Mapping[str, Any]], picture: str | None, folder: Path
) -> None:
    fonts = font_paths()
    if not fonts:
        raise NoChineseFontError("no Chinese font")
    shutil.copyfile(template, folder / template.name)
    name = PICTURE if picture and _fetch(picture, folder / PICTURE) else None
    job = {
        "template": str(folder / template.name),
        "fonts": [str(path) for path in fonts],
        "sans": [*SANS, *SERIF],
        "serif": [*SERIF, *SANS],
        "most_bytes": MOST_BYTES,
        "pages": [
            {"name": page, "data": {**data, "picture": name}} for page, data in pages.items()
        ],
    }
    path = folder / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    _run([sys.executable, "-P", str(FOLDER / "draw_child.py"), str(path)], folder)


def _run(command: Sequence[str], folder: Path) -> None:
    done = run_limited(
        command,
        cwd=folder,
        cpu_seconds=_SECONDS,
        memory_bytes=_MEMORY,
        file_bytes=64 * 1024**2,
        wall_seconds=_SECONDS,
    )
    if not done.ok:
        raise DrawingError(done.stderr_tail[-800:] or str(done.returncode))


def _fetch(key: str, place: Path) -> bool:
    try:
        shutil.copyfile(storage().path(key), place)
    except FileNotFoundError:
        return False
    return True


def _mark(subject: Subject) -> str:
    """Return a name that changes with what is drawn, and with how."""
    told = [_design(), subject.title, *subject.badges, subject.topic, subject.picture or ""]
    told.append(str(subject.video is not None))
    return hashlib.sha256("\x00".join(told).encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _design() -> str:
    files = (CARD, FOLDER / "draw_child.py", Path(__file__), _CONTOUR)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@lru_cache(maxsize=1)
def _contour() -> str:
    drawn = _CONTOUR.read_text(encoding="utf-8")
    return drawn.replace(
        'stroke="#0e5a5e" stroke-opacity="0.2"', 'stroke="#fff" stroke-opacity="0.16"'
    )


@lru_cache(maxsize=1)
def _logo() -> str:
    return (PACKAGE / "static" / "img" / "logo.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _drawings() -> list[str]:
    """Return the drawing of each topic, in white lines."""
    sheet = (PACKAGE / "static" / "img" / "topics.svg").read_text(encoding="utf-8")
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90" fill="none" color="#fff"'
        ' stroke="#fff" stroke-opacity="0.42" stroke-width="1.5" stroke-linecap="round"'
        ' stroke-linejoin="round">'
    )
    found = {int(number): f"{head}{lines}</svg>" for number, lines in _SYMBOL.findall(sheet)}
    return [found[number] for number in sorted(found)]
