"""Rules of looks: how a phone stands masked, what fields there are, how long a look is kept."""

from datetime import timedelta

KEPT = timedelta(days=3 * 365)
FIELDS = {"phone": "联系电话", "username": "完整账号（手机号）"}
WHERE_LENGTH = 120


def is_phone(text: str) -> bool:
    """Tell whether a text is a mobile phone number of the mainland."""
    return len(text) == 11 and text.isascii() and text.isdigit() and text[0] == "1"


def masked_phone(text: str) -> str:
    """Return a phone number that its owner recognises: 138****0001; other texts as they are."""
    return f"{text[:3]}****{text[-4:]}" if is_phone(text) else text


def shown_username(username: str, *, own: bool) -> str:
    """Return an account name as it stands in lists: whole to its owner, a phone masked to others.

    No role sees more in a list: who needs the whole number opens it, one by one, and it is noted.
    """
    return username if own else masked_phone(username)
