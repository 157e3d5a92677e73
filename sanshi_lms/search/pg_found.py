"""What a search in PostgreSQL holds in its hands: conditions on rows, and documents to rank."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from psycopg import sql

from sanshi_lms.search.engine import Key
from sanshi_lms.search.facets import Facts

_MATCH = "terms @@ {query}"


@dataclass
class Candidates:
    """Documents by number with what ranking asks of them; a Part."""

    facts: dict[int, Facts] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    weights: dict[str, tuple[list[int], list[float]]] = field(default_factory=dict)

    def postings(self, term: str) -> tuple[list[int], list[float]]:
        """Return the numbers of the documents with `term` and its weight in each."""
        return self.weights.get(term, ([], []))


@dataclass(frozen=True)
class Matching:
    """What matches: the tsquery, the tsqueries that take the best first, how many by labels.

    `only` are the numbers when texts had to be read, `without` some that do not count.
    """

    query: str
    tiers: Callable[[], list[str]]
    only: list[int] | None = None
    without: tuple[int, ...] = ()

    @property
    def condition(self) -> sql.Composed:
        return self.of(self.query)

    def of(self, query: str) -> sql.Composed:
        """Return the condition of those among them that match `query` too."""
        found = sql.SQL(_MATCH).format(query=tsquery(query))
        if self.only is not None:
            found += sql.SQL(" AND id = ANY({}::int[])").format(listed(self.only))
        if self.without:
            found += sql.SQL(" AND id <> ALL({}::int[])").format(listed(self.without))
        return found


def tsquery(query: str) -> sql.Composed:
    """Return a query as a value."""
    return sql.SQL("{}::tsquery").format(query)


def listed(numbers: Iterable[int]) -> str:
    """Return numbers as PostgreSQL writes an array: one text, not a value for each."""
    return f"{{{','.join(map(str, numbers))}}}"
