"""Channels: one interface for every way out, and which of them this installation has."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

import urllib3
from flask import current_app

from sanshi_lms.core.settings import settings

TIMEOUT_SECONDS = 15.0
_KEY = "notices.channels"


@dataclass(frozen=True)
class Message:
    """What is sent. `number` is the delivery's: whoever gets it twice can tell by it."""

    number: int
    title: str
    text: str
    url: str


class NotSent(Exception):
    """A message did not leave; `sentence` says why in Chinese, `retry` whether later may help.

    `down` says that the other side does not answer at all.
    """

    def __init__(self, sentence: str, *, retry: bool = True, down: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry = retry
        self.down = down


class Channel(Protocol):
    """A way out of the house."""

    name: str
    label: str
    # What an administrator reads: which settings turn the channel on.
    how: str
    # What a person is asked for, "" when the channel finds the address by itself.
    address_label: str

    def configured(self) -> bool:
        """Tell whether the settings of this installation name the channel."""
        ...

    def address_problem(self, address: str) -> str | None:
        """Return what is wrong with an address, or None."""
        ...

    def send(self, message: Message, address: str) -> None:
        """Send; returns when the other side has taken it. Raises NotSent."""
        ...


def add_channel(channel: Channel) -> None:
    """Let messages go over `channel` too."""
    current_app.extensions.setdefault(_KEY, {})[channel.name] = channel


def all_channels() -> list[Channel]:
    """Return every channel we know of, configured or not."""
    return list(current_app.extensions.get(_KEY, {}).values())


def find_channel(name: str) -> Channel | None:
    """Return the channel of this name if it is configured."""
    found: Channel | None = current_app.extensions.get(_KEY, {}).get(name)
    return found if found is not None and found.configured() else None


def open_channels() -> list[Channel]:
    """Return the channels that are configured."""
    return [channel for channel in all_channels() if channel.configured()]


def address_of_page(path: str) -> str:
    """Return the whole address of a page of ours, "" when PUBLIC_URL is not set."""
    public = settings().public_url
    return f"{public}{path}" if public else ""


def call(method: str, url: str, what: str, **options: Any) -> Any:
    """Ask another server and return its JSON ({} when it sends none). Raises NotSent.

    `what` is its Chinese name for the sentence.
    """
    try:
        answer = urllib3.request(
            method, url, timeout=TIMEOUT_SECONDS, retries=False, redirect=False, **options
        )
    except urllib3.exceptions.HTTPError as error:
        sentence = f"连不上{what}（{type(error).__name__}），系统会自动再试。"
        raise NotSent(sentence, down=True) from error
    if answer.status >= 300:
        retry = answer.status in {408, 425, 429} or answer.status >= 500
        raise NotSent(f"{what}没有接受，回答是 {answer.status}。", retry=retry)
    try:
        found = json.loads(answer.data or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
