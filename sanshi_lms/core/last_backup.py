"""When the last good backup was made: in a file, for a restored database would tell of its past.

`tools/backup.py` writes it and the health page reads it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sanshi_lms.core.durable import replace_private

FILE = "last_backup.json"


@dataclass(frozen=True)
class LastBackup:
    """A backup that was written whole; `drilled` is when one was last restored for a trial."""

    made: datetime | None
    name: str
    drilled: datetime | None


def remember(data_dir: Path, backup: Path, at: datetime) -> None:
    """Note that a backup stands whole on the disk."""
    _write(data_dir, {"made": at.isoformat(), "name": backup.name})


def remember_drill(data_dir: Path, at: datetime) -> None:
    """Note that a backup was restored for a trial and was found whole."""
    _write(data_dir, {"drilled": at.isoformat()})


def last_backup(data_dir: Path) -> LastBackup:
    """Return what is known."""
    known = _read(data_dir)
    return LastBackup(
        _moment(known.get("made")), known.get("name", ""), _moment(known.get("drilled"))
    )


def _write(data_dir: Path, fresh: dict[str, str]) -> None:
    said = json.dumps({**_read(data_dir), **fresh})
    replace_private(data_dir / FILE, said.encode())


def _read(data_dir: Path) -> dict[str, str]:
    try:
        known = json.loads((data_dir / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
