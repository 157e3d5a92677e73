"""What may be typed as a setting, and how secrets of the environment are shown. Pure."""

import unicodedata
from datetime import date
from urllib.parse import urlsplit

HIDDEN = "已设置（不显示）"
_SECRET_ENDINGS = ("_KEY", "_SECRET", "_PASSWORD")


def tidy(text: str) -> str:
    """Return a typed value in one line, without what cannot be seen."""
    seen = "".join(" " if sign.isspace() else sign for sign in text)
    kept = (sign for sign in seen if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"})
    return " ".join("".join(kept).split())


def length_problem(text: str, most: int) -> str | None:
    """Return what is wrong with the length of a text."""
    return f"最多 {most} 个字，现在有 {len(text)} 个。" if len(text) > most else None


def day_problem(text: str) -> str | None:
    """Return what is wrong with a day as a browser sends it."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return "日期请照这个样子填：2026-12-31。"
    return None


def shown(name: str, value: str) -> str:
    """Return a value of the environment as an administrator may see it."""
    if name.endswith(_SECRET_ENDINGS):
        return HIDDEN
    if "://" not in value:
        return value
    try:
        parts = urlsplit(value)
    except ValueError:
        return HIDDEN
    if parts.password is None and "@" not in parts.netloc:
        return value
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"***@{host}").geturl()
