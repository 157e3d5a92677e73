"""When each clause is said and each picture shown: the plan of a lecture video."""

from collections.abc import Sequence
from dataclasses import dataclass

from sanshi_lms.video.studio.captions import Cue, SpokenClause, make_cues
from sanshi_lms.video.studio.encode import FRAMES_PER_SECOND
from sanshi_lms.video.studio.script import Lecture
from sanshi_lms.video.studio.slides import Page, point_starts
from sanshi_lms.video.studio.speech import Spoken, Utterance, split_clauses

# Seconds of silence.
BEFORE_SPEECH = 0.8
SILENT_TITLE = 2.4  # before the first word, where nothing is said over the title
AFTER_CLAUSE = 0.22
AFTER_SENTENCE = 0.55
AFTER_SLIDE = 1.1
AFTER_LECTURE = 1.8
# Seconds by which a picture is ahead of the words that belong to it.
SLIDE_LEAD = 0.5
POINT_LEAD = 0.2
SHORTEST_PICTURE = 0.6


@dataclass(frozen=True)
class Plan:
    """What to say: every clause with its slide (0: title), after `lead` seconds of silence."""

    lead: float
    clauses: tuple[Utterance, ...]
    slide_of: tuple[int, ...]
    ends_sentence: tuple[bool, ...]


@dataclass(frozen=True)
class Shot:
    """A picture on screen for `frames` frames at 25 a second."""

    page: int
    frames: int


def plan_speech(lecture: Lecture) -> Plan:
    """Clauses in order, each with the pause that its place asks for."""
    clauses: list[Utterance] = []
    slide_of: list[int] = []
    ends: list[bool] = []
    parts = [lecture.opening, *(slide.sentences for slide in lecture.slides)]
    for number, sentences in enumerate(parts):
        for sentence in sentences:
            cut = split_clauses(sentence)
            for clause in cut:
                clauses.append(Utterance(clause, AFTER_CLAUSE))
                slide_of.append(number)
                ends.append(False)
            clauses[-1] = Utterance(cut[-1], AFTER_SENTENCE)
            ends[-1] = True
        if sentences:
            last = AFTER_LECTURE if number == len(lecture.slides) else AFTER_SLIDE
            clauses[-1] = Utterance(clauses[-1].text, last)
    lead = BEFORE_SPEECH if lecture.opening else SILENT_TITLE
    return Plan(lead, tuple(clauses), tuple(slide_of), tuple(ends))


def plan_captions(plan: Plan, spoken: Spoken) -> list[Cue]:
    """Cues over the spoken clauses."""
    return make_cues(
        [
            SpokenClause(clause.text, start, end, ends)
            for clause, (start, end), ends in zip(
                plan.clauses, spoken.spans, plan.ends_sentence, strict=True
            )
        ]
    )


def plan_shots(lecture: Lecture, pages: Sequence[Page], plan: Plan, spoken: Spoken) -> list[Shot]:
    """Which page is on screen for how long; together as long as the sound, to the frame."""
    starts = _page_starts(lecture, plan, spoken)
    times = [starts[page.number][page.shown] for page in pages]
    shown = [(0, times[0])]
    for index, time in list(enumerate(times))[1:]:
        if time - shown[-1][1] < SHORTEST_PICTURE and shown[-1][0] > 0:
            shown[-1] = (index, shown[-1][1])  # too short to see: the later page takes its place
        else:
            shown.append((index, time))
    cuts = [round(time * FRAMES_PER_SECOND) for _, time in shown]
    cuts.append(round(spoken.seconds * FRAMES_PER_SECOND))
    return [
        Shot(page, after - before)
        for (page, _), before, after in zip(shown, cuts, cuts[1:], strict=False)
    ]


def plan_chapters(lecture: Lecture, plan: Plan, spoken: Spoken) -> list[tuple[float, str]]:
    """When each slide opens (seconds) and its heading; a heading that goes on is one chapter."""
    starts = [pages[0] for pages in _page_starts(lecture, plan, spoken)]
    headings = [lecture.title, *(slide.heading for slide in lecture.slides)]
    found: list[tuple[float, str]] = []
    for start, heading in zip(starts, headings, strict=True):
        if not found or found[-1][1] != heading:
            found.append((round(start, 3), heading))
    return found


def _page_starts(lecture: Lecture, plan: Plan, spoken: Spoken) -> list[list[float]]:
    """Seconds at which each page of each slide appears; [0] is the title slide."""
    starts = [[0.0]]
    for number, slide in enumerate(lecture.slides, 1):
        mine = [i for i, of in enumerate(plan.slide_of) if of == number]
        opens = spoken.spans[mine[0]][0] - SLIDE_LEAD
        clauses = [plan.clauses[i].text for i in mine]
        at = [spoken.spans[mine[c]][0] - POINT_LEAD for c in point_starts(slide.points, clauses)]
        starts.append([opens, *(max(opens, time) for time in at)])
    return starts
