"""The index in PostgreSQL, read at one moment: a plan in, ranked documents out.

PostgreSQL counts what matches, label by label, and names those that are worth ranking: at most
REACHABLE, and of many matches those in which the words weigh most. Their weights are all that is
fetched; ranking them is the same code as for every engine. A text is only read to check a phrase
and to show it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import sql

from sanshi_lms.core.registers import Document
from sanshi_lms.search.analysis import domain_terms, is_han
from sanshi_lms.search.engine import REACHABLE, Key
from sanshi_lms.search.facets import Facts, Labels, lacking, tally_groups, wanted_labels
from sanshi_lms.search.pg_found import Candidates, Matching, listed
from sanshi_lms.search.pg_tables import BETWEEN, Rows, State, clean, document_of, index_name, names
from sanshi_lms.search.pg_terms import (
    enough_of,
    every,
    name_of,
    quoted,
    tiers_of_all,
    tiers_of_some,
    unpacked,
    weight_in,
)
from sanshi_lms.search.pg_titles import Titles
from sanshi_lms.search.plan import Plan, terms_of
from sanshi_lms.search.ranked import WHOLE, Entry, Ranked, Wish, best_of, collect
from sanshi_lms.search.ranker import Ranker, Verbatim, with_all, with_some
from sanshi_lms.search.sounds import Sounds
from sanshi_lms.search.ways import Group

MAX_LOOKED_AT = 400
_LAST = "\U0010ffff"
_ORDERS = {"newest": "ORDER BY day DESC, id", "shortest": "ORDER BY minutes, id"}
Row = tuple[float, int]


class Reading(Ranker):
    """Answers plans within the transaction of `cursor`."""

    def __init__(
        self, cursor: Rows, state: State, titles: Titles, labels: dict[int, Labels]
    ) -> None:
        self.state = state
        self.count = state.documents
        self.candidates = Candidates()
        self._cursor = cursor
        self._names = names(state.generation)
        self._titles = titles
        self._labels = labels
        self._frequencies: dict[str, int] = {}

    def rank(self, wanted: Plan, wish: Wish) -> Ranked:
        """Return the best documents for `wanted`; with some of the words if none has all."""
        terms = {term for need in wanted.needs for term in (*need.terms, *need.parts)}
        terms.update(term for need in wanted.needs for other in need.others for term in other)
        self._look_up(terms)
        return super().rank(wanted, wish)

    def frequency(self, term: str) -> int:
        """Return in how many documents `term` stands."""
        if term not in self._frequencies:
            self._look_up([term])
        return self._frequencies[term]

    def expansions(self, beginning: str) -> list[str]:
        """Return terms that begin so, a bounded number of them."""
        found = self._fetch(
            "SELECT term, documents FROM {terms} WHERE term >= {first} AND term < {last}"
            " AND documents > 0 ORDER BY term LIMIT {most}",
            first=beginning, last=beginning + _LAST, most=MAX_LOOKED_AT,
        )  # fmt: skip
        self._frequencies.update(dict(found))
        return [term for term, _ in found]

    def sounds(self) -> Sounds:
        """Return how the titles sound, not older than a minute."""
        return self._titles.sounds(self._cursor, self.state)

    def titled(self, piece: str, most: int) -> list[Key]:
        """Return documents whose squeezed title has `piece`, those that begin with it first."""
        return self._titles.titled(self._cursor, self.state, piece, most)

    def facts(self, entry: Entry) -> Facts:
        """Return the facts of a ranked document."""
        return self.candidates.facts[entry[2]]

    def all_of(self, groups: Sequence[Group], wish: Wish, phrases: Sequence[str]) -> Ranked:
        """Return the documents with all `groups` and all `phrases`."""
        unsure = [phrase for phrase in phrases if not _is_term(phrase)]
        more = [quoted(term) for phrase in unsure for term in domain_terms(phrase)]
        matching = Matching(" & ".join([every(groups), *more]), lambda: tiers_of_all(groups))
        if unsure:
            numbers, by_labels = self._with_phrases(matching, unsure)
            matching = Matching(matching.query, matching.tiers, only=numbers)
        else:
            by_labels = self._counted(matching)
        if not by_labels:
            return Ranked()
        self._weigh(self._worth(matching, by_labels, wish), groups)
        rows = with_all(groups, self.candidates, lambda found: found)
        return self._ranked(rows, by_labels, wish)

    def some_of(self, groups: Sequence[Group], enough: float, wish: Wish, whole: Ranked) -> Ranked:
        """Return `whole` and behind it the documents with `groups` whose idf makes `enough`."""
        first = {number: None for _, _, number in (*whole.best, *whole.beside)}
        matching = Matching(
            enough_of(groups, enough), lambda: tiers_of_some(groups, enough), without=tuple(first)
        )
        by_labels = self._counted(matching)
        worth = self._worth(matching, by_labels, wish)
        for number in first:
            labels = self.candidates.facts[number].labels
            by_labels[labels] = by_labels.get(labels, 0) + 1
        self._weigh([*first, *worth], groups)
        told = dict.fromkeys(first, (0.0, 0.0)) | with_some(groups, self.candidates)
        rows = [
            (score * telling / enough + WHOLE * (number in first), number)
            for number, (score, telling) in told.items()
        ]
        ranked = self._ranked(rows, by_labels, wish)
        ranked.relaxed = not first
        return ranked

    def verbatim(self, entries: Sequence[Entry], whole: str, *, texts: bool) -> dict[int, Verbatim]:
        """Return where those of the entries, by place, have `whole`."""
        numbers = {number: place for place, (_, _, number) in enumerate(entries)}
        whole = clean(whole)
        within = sql.SQL("strpos(plain, {}) > 0" if texts else "false").format(whole)
        found = self._fetch(
            "SELECT id, title FROM {texts} WHERE id = ANY({numbers}::int[])"
            " AND (strpos(title, {whole}) > 0 OR {within})",
            numbers=listed(numbers), whole=whole, within=within,
        )  # fmt: skip
        return {numbers[number]: _verbatim(title, whole) for number, title in found}

    def documents(self, numbers: Sequence[int]) -> dict[int, Document]:
        """Return documents by their number, as they were indexed."""
        found = self._fetch(
            "SELECT id, shown FROM {texts} WHERE id = ANY({numbers}::int[])",
            numbers=listed(numbers),
        )
        return {number: document_of(shown) for number, shown in found}

    def whole(self) -> bool:
        """Tell whether all tables are there, with as many documents as were written."""
        few = min(1, self.count)
        found = self._fetch(
            "SELECT (SELECT count(*) FROM {documents}), (SELECT count(*) FROM {weights}),"
            " (SELECT count(*) FROM {texts}),"
            " (SELECT count(*) FROM (SELECT 1 FROM {terms} LIMIT 1) t),"
            " (SELECT count(*) FROM (SELECT 1 FROM {combinations} LIMIT 1) c),"
            " (SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass({index})"
            " AND indisvalid)",
            index=index_name(self.state.generation),
        )
        return found == [(self.count, self.count, self.count, few, few, 1)]

    def _ranked(self, rows: Iterable[Row], by_labels: Mapping[Labels, int], wish: Wish) -> Ranked:
        """Return the rows as ranked, and all that match as counted."""
        wanted = wanted_labels(wish.chosen)
        ranked = Ranked()
        collect(ranked, 0, self.candidates, rows, wish)
        ranked.counts = tally_groups(by_labels.items(), wanted)
        ranked.matched = sum(by_labels.values())
        ranked.total = sum(n for one, n in by_labels.items() if not lacking(one, wanted))
        return best_of(ranked)

    def _counted(self, matching: Matching) -> dict[Labels, int]:
        found = self._fetch(
            "SELECT combination, count(*) FROM {documents} WHERE {condition} GROUP BY combination",
            condition=matching.condition,
        )
        return self._by_labels(found)

    def _with_phrases(
        self, matching: Matching, phrases: Sequence[str]
    ) -> tuple[list[int], dict[Labels, int]]:
        """Return the numbers of those whose text has all phrases, and how many by labels."""
        tests = [sql.SQL("strpos(plain, {}) > 0").format(clean(phrase)) for phrase in phrases]
        found = self._fetch(
            "SELECT id, combination FROM {documents} JOIN {texts} USING (id)"
            " WHERE {condition} AND {tests}",
            condition=matching.condition, tests=sql.SQL(" AND ").join(tests),
        )  # fmt: skip
        return [number for number, _ in found], self._by_labels((c, 1) for _, c in found)

    def _by_labels(self, counted: Iterable[tuple[int, int]]) -> dict[Labels, int]:
        found: dict[Labels, int] = {}
        for combination, count in counted:
            labels = self._labels_of(combination)
            found[labels] = found.get(labels, 0) + count
        return found

    def _labels_of(self, combination: int) -> Labels:
        if combination not in self._labels:
            for number, labels in self._fetch("SELECT id, labels FROM {combinations}"):
                self._labels[number] = tuple(labels.split(BETWEEN)) if labels else ()
        return self._labels[combination]

    def _worth(self, matching: Matching, by_labels: Mapping[Labels, int], wish: Wish) -> list[int]:
        """Return the numbers of those that are worth ranking: REACHABLE, and as many beside."""
        wanted = wanted_labels(wish.chosen)
        found: list[int] = []
        for few in (0, 1) if wanted else (0,):
            fitting = {one: n for one, n in by_labels.items() if lacking(one, wanted) == few}
            narrowed: sql.Composable = sql.SQL("")
            if len(fitting) < len(by_labels):
                chosen = [number for number, labels in self._labels.items() if labels in fitting]
                narrowed = sql.SQL(" AND combination = ANY({}::int[])").format(listed(chosen))
            if fitting:
                found += self._first(matching, narrowed, sum(fitting.values()), wish.sort)
        return found

    def _first(
        self, matching: Matching, narrowed: sql.Composable, matched: int, sort: str
    ) -> list[int]:
        if matched <= REACHABLE or sort:
            conditions = [matching.condition]
        else:
            conditions = [matching.of(tier) for tier in matching.tiers()]
        order = sql.SQL(_ORDERS.get(sort, ""))
        parts = [
            sql.SQL("(SELECT id FROM {documents} WHERE {condition}{narrowed} {order})").format(
                **self._names, condition=one, narrowed=narrowed, order=order
            )
            for one in conditions
        ]
        # A document may come in two tiers; the first one tells where it belongs.
        most = REACHABLE * (2 if len(parts) > 1 else 1)
        found = self._fetch(
            "SELECT id FROM ({parts}) tiers LIMIT {most}",
            parts=sql.SQL(" UNION ALL ").join(parts), most=most,
        )  # fmt: skip
        return list(dict.fromkeys(number for (number,) in found))[:REACHABLE]

    def _weigh(self, numbers: Sequence[int], groups: Sequence[Group]) -> None:
        """Fetch the candidates: their facts and what each term weighs in them."""
        found = self._fetch(
            "SELECT id, kind, ref, combination, day, minutes, packed"
            " FROM {documents} JOIN {weights} USING (id) WHERE id = ANY({numbers}::int[])",
            numbers=listed(numbers), binary=True,
        )  # fmt: skip
        weights = [(row[0], unpacked(row[6])) for row in found]
        made = Candidates()
        for number, kind, ref, combination, day, minutes, _ in found:
            made.keys[number] = kind, ref
            made.facts[number] = Facts(day, minutes, self._labels_of(combination))
        for term in dict.fromkeys(term for group in groups for term in group.terms):
            name = name_of(term)
            having = [(n, weight) for n, one in weights if (weight := weight_in(one, name))]
            made.weights[term] = [n for n, _ in having], [weight for _, weight in having]
        self.candidates = made

    def _look_up(self, terms: Iterable[str]) -> None:
        asked = list(terms)
        self._frequencies.update(dict.fromkeys(asked, 0))
        found = self._fetch(
            "SELECT term, documents FROM {terms} WHERE term = ANY({asked}::text[])", asked=asked
        )
        self._frequencies.update(dict(found))

    def _fetch(
        self, statement: str, *, binary: bool = False, **values: object
    ) -> list[tuple[Any, ...]]:
        said = sql.SQL(statement).format(**{**self._names, **values})
        self._cursor.execute(said, binary=binary)
        return self._cursor.fetchall()


def _is_term(phrase: str) -> bool:
    """Tell whether the phrase is a term, so that a document with the term has the phrase."""
    return is_han(phrase) and terms_of(phrase) == (phrase,)


def _verbatim(title: str, whole: str) -> Verbatim:
    if title == whole:
        return Verbatim.TITLE
    return Verbatim.IN_TITLE if whole in title else Verbatim.IN_TEXT
