"""Rules of training: when somebody graduates, who gets a seat, what a course asks for first.

Plain values in, plain answers out. The numbers of a rule are data of a programme, never ours.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class PlanCourse:
    """A course of a programme or class. `needs` are the courses that must be done before it."""

    course_id: int
    title: str
    hours: Decimal = ZERO
    required: bool = True
    needs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Record:
    """What one person has done. `excused` are courses they need not do."""

    completed: frozenset[int] = frozenset()
    excused: frozenset[int] = frozenset()
    attended: int = 0
    excused_from_attending: bool = False

    @property
    def settled(self) -> frozenset[int]:
        """The courses that nobody asks for any more."""
        return self.completed | self.excused


@dataclass(frozen=True)
class Part:
    """One demand of the rule and how far somebody is with it; `lack` says what is missing."""

    label: str
    done: Decimal
    needed: Decimal
    unit: str
    lack: str

    @property
    def met(self) -> bool:
        """Tell whether this demand is met."""
        return self.done >= self.needed

    @property
    def percent(self) -> int:
        """The part that is done, 0–100; only the whole is 100."""
        if self.met:
            return 100
        return min(99, int(self.done * 100 / self.needed))

    @property
    def words(self) -> str:
        """What is done of what is needed: 2 / 3 门."""
        return f"{plain(self.done)} / {plain(self.needed)} {self.unit}"


@dataclass(frozen=True)
class Graduation:
    """The 结业 rule: all required courses, some hours of electives, some offline sessions."""

    elective_hours: Decimal = ZERO
    attend_times: int = 0

    def sentence(self, courses: Sequence[PlanCourse]) -> str:
        """Return the rule in one sentence, the same for learner and administrator."""
        required = sum(course.required for course in courses)
        demands = [f"学完全部必修课（{required} 门）"] if required else []
        if self.elective_hours > 0:
            also = "另选修" if required else "选修"
            demands.append(f"{also}不少于 {plain(self.elective_hours)} 学时")
        if self.attend_times:
            demands.append(f"线下到课不少于 {self.attend_times} 次")
        if not demands:
            return "还没有写结业条件。"
        return f"{'，'.join(demands)}，就可以结业；以前学完的课也算。"

    def parts(self, courses: Sequence[PlanCourse], record: Record) -> tuple[Part, ...]:
        """Return each demand with how far `record` is with it."""
        found = [*_required(courses, record)]
        if self.elective_hours > 0:
            hours = sum((c.hours for c in electives(courses, record)), ZERO)
            gap = max(ZERO, self.elective_hours - hours)
            lack = f"选修还差 {plain(gap)} 学时"
            found.append(Part("选修课", hours, self.elective_hours, "学时", lack))
        if self.attend_times:
            times = self.attend_times if record.excused_from_attending else record.attended
            lack = f"线下还差 {max(0, self.attend_times - times)} 次到课"
            needed = Decimal(self.attend_times)
            found.append(Part("线下到课", Decimal(times), needed, "次", lack))
        return tuple(found)


def _required(courses: Sequence[PlanCourse], record: Record) -> list[Part]:
    required = [course for course in courses if course.required]
    if not required:
        return []
    missing = [course for course in required if course.course_id not in record.settled]
    done = Decimal(len(required) - len(missing))
    names = "".join(f"《{course.title}》" for course in missing)
    return [Part("必修课", done, Decimal(len(required)), "门", f"必修课还差{names}")]


def electives(courses: Sequence[PlanCourse], record: Record) -> list[PlanCourse]:
    """Return the elective courses that `record` has completed."""
    return [c for c in courses if not c.required and c.course_id in record.completed]


def graduates(parts: Sequence[Part]) -> bool:
    """Tell whether all demands are met. A rule without demands is never met."""
    return bool(parts) and all(part.met for part in parts)


def lacks(parts: Sequence[Part]) -> list[str]:
    """Return in words what is missing."""
    return [part.lack for part in parts if not part.met]


# ---- seats ----


def free_seats(capacity: int, taken: int) -> int | None:
    """Return how many seats are free; None when there is no limit (capacity 0)."""
    return max(0, capacity - taken) if capacity else None


def seat_or_queue(capacity: int, taken: int, waiting: int) -> str:
    """Return "in" when there is a seat and nobody waits for it already, else "waiting"."""
    free = free_seats(capacity, taken)
    return "in" if free is None or free > waiting else "waiting"


def moving_up(capacity: int, taken: int, queue: Sequence[int]) -> list[int]:
    """Return who of the `queue`, first come first, gets a seat now."""
    free = free_seats(capacity, taken)
    return list(queue if free is None else queue[:free])


# ---- what comes first ----


def needed_first(
    course_id: int, courses: Sequence[PlanCourse], *, in_order: bool
) -> tuple[int, ...]:
    """Return the courses that must be done before `course_id`, in the order of the plan.

    `in_order` asks for all required courses that stand before a required one.
    """
    place = next((i for i, c in enumerate(courses) if c.course_id == course_id), None)
    if place is None:
        return ()
    own = courses[place]
    wanted = set(own.needs)
    if in_order and own.required:
        wanted |= {c.course_id for c in courses[:place] if c.required}
    return tuple(c.course_id for c in courses if c.course_id in wanted)


def blockers(
    course_id: int, courses: Sequence[PlanCourse], settled: Collection[int], *, in_order: bool
) -> tuple[int, ...]:
    """Return the courses that lock `course_id` for somebody who has `settled` these."""
    first = needed_first(course_id, courses, in_order=in_order)
    return tuple(one for one in first if one not in settled)


def has_ring(courses: Sequence[PlanCourse], *, in_order: bool) -> bool:
    """Tell whether some course would, in the end, ask for itself: nobody could open it."""
    edges: Mapping[int, tuple[int, ...]] = {
        c.course_id: needed_first(c.course_id, courses, in_order=in_order) for c in courses
    }
    open_now = {course for course, first in edges.items() if not first}
    while True:
        more = {c for c, first in edges.items() if set(first) <= open_now} - open_now
        if not more:
            return len(open_now) < len(edges)
        open_now |= more


def plain(number: Decimal | int) -> str:
    """Return a number without needless zeros: 4.00 → "4", 0.50 → "0.5"."""
    text = f"{Decimal(number):.2f}"
    return text.rstrip("0").rstrip(".") or "0"
