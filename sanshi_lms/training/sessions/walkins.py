"""People on a paper sheet who are on no list: found by phone, or by name and unit."""

from collections.abc import Mapping, Sequence

from sanshi_lms.account import people_called, unit_paths
from sanshi_lms.training.sessions.rules import Candidate, Sheet, WalkIn, plain, walk_in


def walk_ins(rows: Sequence[Sequence[str]], sheet: Sheet, taken: set[int]) -> list[WalkIn]:
    """Return who may be meant by the lines of strangers, without those who are `taken` already."""
    words = {
        word
        for line, _ in sheet.strangers
        for cell in rows[line - 1]
        for word in (cell.strip(), plain(cell))
        if word
    }
    if not words:
        return []
    paths = unit_paths()
    everybody = [
        Candidate(
            one.id, one.display_name, one.username, paths.get(one.unit_id or 0) or one.organisation
        )
        for one in people_called(words)
        if one.id not in taken
    ]
    return [walk_in(line, cells, everybody) for line, cells in sheet.strangers]


def chosen(found: Sequence[WalkIn], form: Mapping[str, str]) -> set[int]:
    """Return whom somebody chose for these lines; only who may be meant can be chosen."""
    return {
        one.user_id
        for line in found
        for one in line.candidates
        if form.get(f"walk-{line.line}") == str(one.user_id)
    }
