"""The number of a row as an address, a field or a subject names it."""


def row_number(text: str | None) -> int | None:
    """Return the number; None for whatever cannot be the id of a row (32 bits, digits alone)."""
    plain = text or ""
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None
