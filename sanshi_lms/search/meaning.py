"""What was probably meant by a query that nothing answers: one slip put right."""

from dataclasses import replace

from sanshi_lms.search.engine import Found, Question, SearchEngine, Visible
from sanshi_lms.search.plan import corrections
from sanshi_lms.search.sounds import same_sound

TRIED = 4


def likely_meant(
    searched: SearchEngine, asked: Question, visible: Visible | None = None
) -> tuple[str, Found]:
    """Return a likelier query with its first page, or "" and nothing found.

    Words of the field come first, then words of titles that sound like what was typed.
    """
    from_words = corrections(asked.text)[:TRIED]
    likely = dict.fromkeys(from_words)
    for better in same_sound(asked.text, searched.sounds()):
        if len(likely) >= len(from_words) + TRIED:
            break
        likely[better] = None
    for better in likely:
        question = replace(asked, text=better)
        found = searched.search(question, visible=visible)
        if found.counts and not found.relaxed:
            return better, found
    return "", Found()
