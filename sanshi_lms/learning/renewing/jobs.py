"""The daily look at certificates that end soon."""

from sanshi_lms.learning.renewing.actions import remind
from sanshi_lms.notices import DailyRound

ENDINGS = DailyRound("learning.endings", "证书到期提醒", remind)
