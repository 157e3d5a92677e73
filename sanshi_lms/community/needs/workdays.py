"""Working days: limits of some kinds run only on them.

The days off and the days made up for them are the State Council's, from the library
chinesecalendar; for a year that it does not know yet Monday to Friday are taken.
"""

from datetime import date, datetime, time, timedelta

import chinese_calendar  # type: ignore[import-untyped]  # it ships no types

from sanshi_lms.core.clock import LOCAL_ZONE, local

_DAY = timedelta(days=1)
MOST_DAYS = 3700


def is_workday(day: date) -> bool:
    """Tell whether people work on a day in China."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def knows(year: int) -> bool:
    """Tell whether the holidays of a year are known yet."""
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True


def after_working(began: datetime, length: timedelta) -> datetime:
    """Return the moment after so much time of working days, each of them 24 hours long.

    What begins on a day off begins to count with the next working day.
    """
    here, left = local(began), length
    for _ in range(MOST_DAYS):
        end = datetime.combine(here.date() + _DAY, time(), LOCAL_ZONE)
        if not is_workday(here.date()):
            here = end
            continue
        if here + left <= end:
            return here + left
        left -= end - here
        here = end
    return here + left


def after_plain(began: datetime, length: timedelta) -> datetime:
    """Return the moment after so much time of any days."""
    return began + length
