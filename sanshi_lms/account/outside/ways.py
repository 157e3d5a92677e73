"""The ways in from elsewhere that this installation has, as buttons."""

from dataclasses import dataclass
from types import ModuleType

from sanshi_lms.account.outside import oidc, wechat

WAYS: dict[str, ModuleType] = {oidc.WAY: oidc, wechat.WAY: wechat}


@dataclass(frozen=True)
class Button:
    """A way in and what it is called."""

    way: str
    label: str


def name_of(way: str) -> str:
    """Return what a way in is called."""
    return str(WAYS[way].name()) if way in WAYS else "外部账号"


def buttons() -> list[Button]:
    """Return the ways in that are configured, for whoever asks."""
    return [Button(way, name_of(way)) for way, one in WAYS.items() if one.is_configured()]
