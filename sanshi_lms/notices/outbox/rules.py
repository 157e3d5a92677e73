"""Rules of the outbox: quiet hours, the next try, how addresses are checked and shown."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

ADDRESS_LENGTH = 200
CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=30)
MOST_GUESSES = 5
_MAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True)
class Policy:
    """When nothing is sent, in whole local hours, and how often it is tried."""

    quiet_from: int
    quiet_until: int
    most_attempts: int


def is_quiet(local: datetime, policy: Policy) -> bool:
    """Tell whether a local time lies in the quiet hours; equal hours mean there are none."""
    begin, end = policy.quiet_from, policy.quiet_until
    if begin <= end:
        return begin <= local.hour < end
    return local.hour >= begin or local.hour < end


def after_quiet(local: datetime, policy: Policy) -> datetime:
    """Return the first moment from `local` on at which something may be sent."""
    if not is_quiet(local, policy):
        return local
    end = local.replace(hour=policy.quiet_until % 24, minute=0, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after so many vain tries: 1 min, 4 min, 16 min … at most 6 h."""
    return min(timedelta(minutes=4 ** min(max(attempts - 1, 0), 9)), timedelta(hours=6))


def mail_problem(address: str) -> str | None:
    """Return what is wrong with a mail address, or None."""
    if len(address) <= ADDRESS_LENGTH and address.isascii() and _MAIL.fullmatch(address):
        return None
    return "邮箱地址不对，请照 name@example.cn 的样子填写。"


def phone_problem(number: str) -> str | None:
    """Return what is wrong with a mobile number, or None."""
    return None if _PHONE.fullmatch(number) else "手机号不对，请填写 11 位手机号。"


def masked(address: str) -> str:
    """Return an address that its owner recognises and a stranger cannot use."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return f"{address[:3]}****{address[-4:]}" if len(address) > 8 else "****"
