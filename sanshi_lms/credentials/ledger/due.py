"""Which version of a rule was in force for a person when a line was made: worked out anew.

A line names the version that made it; whoever checks the ledger must not believe that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sanshi_lms.account import Standing
from sanshi_lms.core.clock import local
from sanshi_lms.credentials.ledger import rules
from sanshi_lms.credentials.ledger.models import CreditEntry, RuleApplication, RuleVersion
from sanshi_lms.credentials.ledger.queries import as_application, rule_of

# A line's moment is in whole seconds, and what was said while it was being written may or may not
# have been seen by it.
_AFTER = timedelta(seconds=1)
_BEFORE = timedelta(minutes=1)


@dataclass(frozen=True)
class Due:
    """What decides for one person: whom rules were given to, and what the person was when."""

    given: Sequence[RuleApplication]
    versions: Mapping[int, RuleVersion]
    held: Sequence[Standing]

    def allows(self, line: CreditEntry) -> bool:
        """Tell whether the version that `line` names is the one that was in force for it."""
        if line.rule_version_id is None and line.seconds is None and line.evidence == "[]":
            return True  # entered as stated, by no rule, as a certificate of that moment says
        return line.rule_version_id in set(self._in_force(line))

    def _in_force(self, line: CreditEntry) -> Iterator[int | None]:
        for moment in (line.entered_at + _AFTER, line.entered_at - _BEFORE):
            given = [as_application(row) for row in self.given if row.made_at <= moment]
            for post, role in self._standings(line, moment):
                yield self._version(given, post, role, line)

    def _standings(self, line: CreditEntry, moment: datetime) -> Iterator[tuple[str, str]]:
        """What the person was; every possibility when that was not kept yet."""
        known = [
            one for one in self.held if local(one.since).date() <= line.day and one.since <= moment
        ]
        if known:
            yield known[-1].post, known[-1].role
            return
        said = {row.who for row in self.given} | {one.post for one in self.held}
        said |= {one.role for one in self.held} | {""}
        yield from ((post, role) for post in said for role in said)

    def _version(
        self, given: Sequence[rules.Application], post: str, role: str, line: CreditEntry
    ) -> int | None:
        for version_id in rules.in_force(given, post, role, line.day):
            version = self.versions.get(version_id)
            if version is not None and rule_of(version.text).covers(line.day):
                return version_id
        return None
