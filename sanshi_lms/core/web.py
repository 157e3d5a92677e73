"""What every page uses: versioned static files, pages of a list, Chinese words for quantities."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    render_template,
    request,
    send_from_directory,
)
from flask.json.provider import DefaultJSONProvider
from markupsafe import Markup
from sqlalchemy import Select, func, select
from werkzeug.routing import IntegerConverter, Map
from werkzeug.security import safe_join

from sanshi_lms.core import addresses, page_parts
from sanshi_lms.core.access import current_person, may, may_call, may_somewhere, public
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import READING_METHODS, db
from sanshi_lms.core.registers import DESK_GROUPS, MenuEntry, registers
from sanshi_lms.core.settings import settings

PACKAGE = Path(__file__).resolve().parents[1]
ONE_YEAR_SECONDS = 365 * 24 * 3600
LARGEST_ID = 2**31 - 1
LONGEST_SEGMENT_BYTES = 255
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


class RowNumber(IntegerConverter):
    """A number in an address. What no integer column can hold is not found, on every engine."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        """Bound the number by the largest id."""
        super().__init__(url_map, *args, **{"max": LARGEST_ID, **kwargs})


class StrictJson(DefaultJSONProvider):
    """JSON of strangers: nested without end, or with half a character, it is no JSON to us."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what `s` says. Raises ValueError, which `get_json(silent=True)` answers None."""
        try:
            found = super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if (rb"\u" if isinstance(s, bytes) else r"\u") in s:  # type: ignore[operator]  # as s is
            self.dumps(found, ensure_ascii=False).encode()  # a lone surrogate raises here
        return found


def setup(app: Flask) -> None:
    """Serve static files under their version and give templates their helpers."""
    app.url_map.converters["int"] = RowNumber
    app.json = StrictJson(app)
    app.before_request(_refuse_impossible_texts)
    app.extensions["static_version"] = _static_version()
    app.add_url_rule("/static/<version>/<path:name>", "static", static)
    addresses.setup(app)
    page_parts.setup(app)
    app.add_template_global(menu_entries)
    app.add_template_global(now)
    for template_filter in (zh_date, zh_time, minutes_zh, mmss, bytes_zh, percent):
        app.add_template_filter(template_filter)


@public
def static(version: str, name: str) -> Response:
    """Send a static file: shared ones from static/, a room's own from <room>/static/."""
    folder = PACKAGE / "static"
    if not (folder / name).is_file():
        room, _, rest = name.partition("/")
        joined = safe_join(str(PACKAGE), room, "static")
        if joined is None or not rest:
            abort(404)
        folder, name = Path(joined), rest
    response = send_from_directory(folder, name, conditional=True)
    if version == current_app.extensions["static_version"]:
        response.cache_control.public = True
        response.cache_control.max_age = ONE_YEAR_SECONDS
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
    return response


def public_address(path: str) -> str:
    """Return `path` of ours as an address for print, chats and other people's pages."""
    return (settings().public_url or request.url_root.rstrip("/")) + path


def page_memory(name: str) -> dict[Any, Any]:
    """Return a dict that is the same throughout a request that reads, for what its parts all ask.

    Nothing can change during such a request; everywhere else the dict is a fresh one each time.
    """
    if not has_request_context() or request.method not in READING_METHODS:
        return {}
    found: dict[Any, Any] = g.setdefault("page_memory", {}).setdefault(name, {})
    return found


def render_part(template: str, **values: Any) -> Markup:
    """Return a rendered piece of a page, for a page of another room to put in its place."""
    return Markup(render_template(template, **values))  # noqa: S704 - the template escaped it


def menu_entries(menu: str) -> list[dict[str, Any]]:
    """Return the entries of `menu` that the present person may use, in order."""
    entries = sorted((e for e in registers().menu if e.menu == menu and _may_see(e)), key=_order)
    here, person = _present_entry(entries), current_person()
    return [
        {
            "label": entry.label,
            "endpoint": entry.endpoint,
            "icon": entry.icon,
            "active": entry is here,
            "group": entry.group,
            "waiting": entry.waiting(person) if entry.waiting and person else 0,
        }
        for entry in entries
    ]


def paginate(query: Select[Row], size: int = 20) -> Page[Row]:
    """Return the page of `query` that the request's `page` asks for, in two queries."""
    page = paginate_rows(query, size)
    return Page([row[0] for row in page.rows], page.number, size, page.total)


def paginate_rows(query: Select[*tuple[Any, ...]], size: int = 20) -> Page[Any]:
    """Return what `paginate` does, for a query that selects several columns: a tuple a row."""
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    rows = db.session.execute(query.limit(size).offset((number - 1) * size)).all()
    return Page(rows, number, size, total or 0)


def zh_date(moment: datetime | date | None) -> str:
    """Return a date, or the one of a moment, as 2026年11月23日."""
    if moment is None:
        return ""
    day = local(moment) if isinstance(moment, datetime) else moment
    return f"{day.year}年{day.month}月{day.day}日"


def zh_time(moment: datetime | None) -> str:
    """Return a moment as 2026-11-23 14:05, local time."""
    return "" if moment is None else local(moment).strftime("%Y-%m-%d %H:%M")


def minutes_zh(seconds: float | None) -> str:
    """Return a length for people: 45秒, 8分钟, 1小时20分钟."""
    total = round(seconds or 0)
    if total < 60:
        return f"{total}秒"
    minutes = round(total / 60)
    if minutes < 60:
        return f"{minutes}分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours}小时{rest}分钟" if rest else f"{hours}小时"


def mmss(seconds: float | None) -> str:
    """Return a position in a video: 03:12, 1:03:12."""
    minutes, second = divmod(int(seconds or 0), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def bytes_zh(count: int | None) -> str:
    """Return a size for people: 812 KB, 3.4 MB, 1.2 GB."""
    size = float(count or 0)
    for unit in ("字节", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if size >= 100 or unit == "字节" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def percent(share: float | None) -> str:
    """Return a share from 0 to 1 as 37%. Only the whole is 100%."""
    value = share or 0.0
    return f"{100 if value >= 1 else min(99, int(value * 100))}%"


def _refuse_impossible_texts() -> None:
    """No address of ours has U+0000, about which PostgreSQL cannot even be asked, or a segment
    longer than a file's name can be; no form has U+0000.
    """
    if "\x00" in request.path:
        abort(404)
    if any(len(part.encode()) > LONGEST_SEGMENT_BYTES for part in request.path.split("/")):
        abort(404)
    given = [*request.args.lists(), *request.form.lists()]
    if any("\x00" in text for name, texts in given for text in (name, *texts)):
        abort(400)


def _may_see(entry: MenuEntry) -> bool:
    if entry.permission is None or may(entry.permission):
        return True
    return may_somewhere(entry.permission) and may_call(entry.endpoint)


def _order(entry: MenuEntry) -> tuple[int, int]:
    return DESK_GROUPS.index(entry.group), entry.order


def _present_entry(entries: list[MenuEntry]) -> MenuEntry | None:
    """Return the one entry that leads here: this page itself, else the first of its room."""
    endpoint = request.endpoint or ""
    room = endpoint.split(".")[0]
    exact = [entry for entry in entries if entry.endpoint == endpoint]
    near = [entry for entry in entries if entry.endpoint.split(".")[0] == room]
    return next(iter(exact + near), None)


def _static_version() -> str:
    digest = hashlib.sha256()
    folders = [PACKAGE / "static", *sorted(PACKAGE.glob("*/static"))]
    for folder in folders:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(file.relative_to(PACKAGE).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
