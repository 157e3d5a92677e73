"""The daily tick of what must be learned."""

from sanshi_lms.notices import DailyRound
from sanshi_lms.training.assignments.reminders import remind

REMINDERS = DailyRound("training.remind", "必修提醒", remind)
