"""The search engine on Whoosh: one writer in the worker, readers in every web process."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from whoosh.codec.base import Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import Found, Hit, IndexDamagedError, Key, Question, Visible
from sanshi_lms.search.generations import Generations
from sanshi_lms.search.plan import plan
from sanshi_lms.search.ranked import Wish, seen_counts
from sanshi_lms.search.segment import PostingCache
from sanshi_lms.search.snapshot import Snapshot
from sanshi_lms.search.sounds import Sounds
from sanshi_lms.search.whoosh_schema import Codec, key_text, row, schema

MANY_SEGMENTS = 6
WRITER_MEGABYTES = 96
_CHANGED = "changed-while-rebuilding"
_log = logging.getLogger(__name__)


class WhooshEngine:
    """Implements SearchEngine in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.generations = Generations(root)
        self._cache = PostingCache()
        self._lock = threading.Lock()
        self._open: Snapshot | None = None
        self._users: Counter[int] = Counter()
        self._retired: list[Snapshot] = []

    def search(
        self,
        asked: Question,
        *,
        page: int = 1,
        limit: int = 10,
        visible: Visible | None = None,
    ) -> Found:
        """Find documents; see SearchEngine."""
        wish = Wish(asked.chosen, asked.sort, asked.favour, asked.today)
        with self._borrowed() as snapshot, _reading(snapshot):
            with snapshot.lock:
                wanted = plan(asked.text, asked.synonyms, snapshot.heard)
                if not wanted.needs:
                    return Found()
                ranked = snapshot.rank(wanted, wish)
                keys = [snapshot.key(segment, number) for _, segment, number in ranked.best]
                beside = [snapshot.key(segment, number) for _, segment, number in ranked.beside]
            seen = visible([*keys, *beside]) if visible else {*keys, *beside}
            shown = [entry for entry, key in zip(ranked.best, keys, strict=True) if key in seen]
            start = (page - 1) * limit
            with snapshot.lock:
                hits = tuple(
                    Hit(snapshot.document(segment, number), score)
                    for score, segment, number in shown[start : start + limit]
                )
                hidden = [
                    snapshot.labels(segment, number)
                    for (_, segment, number), key in zip(
                        (*ranked.best, *ranked.beside), (*keys, *beside), strict=True
                    )
                    if key not in seen
                ]
                counts = seen_counts(ranked, hidden, asked.chosen)
        total = ranked.total - (len(keys) - len(shown))
        return Found(hits, total, counts, ranked.relaxed and bool(counts), wanted.marks)

    def sounds(self) -> Sounds:
        """Return how the titles sound; see SearchEngine."""
        with self._borrowed() as snapshot, _reading(snapshot), snapshot.lock:
            return snapshot.sounds()

    def titled(self, piece: str, most: int) -> list[Key]:
        """Return documents by a piece of their title; see SearchEngine."""
        with self._borrowed() as snapshot, _reading(snapshot), snapshot.lock:
            return snapshot.titled(piece.encode(), most)

    def update(self, documents: Iterable[Document], gone: Iterable[Key] = ()) -> None:
        """Add or replace `documents` and drop `gone`; see SearchEngine."""
        fresh = {key_text(d.kind, d.ref): d for d in documents}
        stale = {key_text(kind, ref) for kind, ref in gone} | set(fresh)
        if not stale:
            return
        with self.generations.locked():
            base = self.generations.current()
            self.generations.stamps(base)
            self._note_for_rebuild(stale)
            with self._new_generation(base) as folder:
                _write(folder, stale, fresh.values())

    def rebuild(
        self,
        documents: Iterable[Document],
        again: Callable[[Sequence[Key]], Iterable[Document]],
    ) -> int:
        """Build the index anew while the old one keeps answering; see SearchEngine."""
        generations = self.generations
        with generations.locked("rebuild", wait=False):
            with generations.locked():
                generations.sweep()
                (generations.root / _CHANGED).write_text("")
            folder = generations.begin(None)
            try:
                count = _build(folder, documents)
                with generations.locked():
                    changed = set((generations.root / _CHANGED).read_text("utf-8").split())
                    if changed:
                        keys = [_key(text) for text in sorted(changed)]
                        _write(folder, changed, again(keys))
                    generations.publish(folder, None)
            except BaseException:
                generations.discard(folder)
                raise
            finally:
                (generations.root / _CHANGED).unlink(missing_ok=True)
        return count

    def check(self) -> None:
        """Read every file again and compare; see SearchEngine."""
        self.generations.forget()
        self.generations.stamps(self.generations.current())
        with self._borrowed():
            pass

    def count(self) -> int:
        """Return how many documents there are; see SearchEngine."""
        with self._borrowed() as snapshot:
            return snapshot.count

    def waste(self) -> float:
        """Return the share of replaced documents; see SearchEngine."""
        with self._borrowed() as snapshot:
            return snapshot.dead / max(1, snapshot.dead + snapshot.count)

    def close(self) -> None:
        """Give all files back; the engine opens them again when asked."""
        with self._lock:
            self._retire()

    @contextmanager
    def _new_generation(self, base: Path) -> Iterator[Path]:
        folder = self.generations.begin(base)
        try:
            yield folder
            self.generations.publish(folder, base)
        except BaseException:
            self.generations.discard(folder)
            raise

    def _note_for_rebuild(self, keys: Iterable[str]) -> None:
        """Tell a running rebuild what it must read once more. We hold the writer lock."""
        log = self.generations.root / _CHANGED
        if log.exists():
            with log.open("a", encoding="utf-8") as file:
                file.writelines(f"{key}\n" for key in keys)

    @contextmanager
    def _borrowed(self) -> Iterator[Snapshot]:
        """Lend the snapshot of the current generation; it is closed after its last user."""
        with self._lock:
            snapshot = self._newest()
            self._users[id(snapshot)] += 1
        try:
            yield snapshot
        finally:
            with self._lock:
                self._users[id(snapshot)] -= 1
                self._close_unused()

    def _newest(self) -> Snapshot:
        for attempt in (1, 2, 3):
            folder = self.generations.current()
            if self._open is not None and self._open.folder == folder:
                try:
                    self._open.look_unharmed()
                except IndexDamagedError:
                    self._retire()
                    raise
                return self._open
            try:
                fresh = _opened(folder, self.generations, self._cache)
            except IndexDamagedError:
                # A writer may have removed this generation after we read its name.
                if attempt < 3 and self.generations.current() != folder:
                    continue
                raise
            self._retire()
            self._open = fresh
            return fresh
        raise IndexDamagedError("the index changes faster than it can be opened")

    def _retire(self) -> None:
        if self._open is not None:
            self._retired.append(self._open)
            self._open = None
        self._close_unused()

    def _close_unused(self) -> None:
        for snapshot in [s for s in self._retired if not self._users[id(s)]]:
            self._retired.remove(snapshot)
            del self._users[id(snapshot)]
            snapshot.close()


@contextmanager
def _reading(snapshot: Snapshot) -> Iterator[None]:
    """Turn whatever Whoosh raises on a file that was altered under it into IndexDamagedError."""
    try:
        yield
    except Exception as error:
        snapshot.look_unharmed()
        raise error from None


def _opened(folder: Path, generations: Generations, cache: PostingCache) -> Snapshot:
    stamps = generations.stamps(folder)
    try:
        return Snapshot(folder, stamps, cache)
    except Exception as error:  # the files are as written, yet this version cannot read them
        _log.exception("index generation %s cannot be opened", folder.name)
        raise IndexDamagedError(f"{folder.name} cannot be opened") from error


def _build(folder: Path, documents: Iterable[Document]) -> int:
    index = FileStorage(str(folder)).create_index(schema())
    writer = index.writer(limitmb=WRITER_MEGABYTES, codec=Codec())
    count = 0
    try:
        for document in documents:
            writer.add_document(**row(document))
            count += 1
    except BaseException:
        writer.cancel()
        raise
    writer.commit()
    return count


def _write(folder: Path, stale: Iterable[str], fresh: Iterable[Document]) -> None:
    index = FileStorage(str(folder)).open_index()
    writer = index.writer(limitmb=WRITER_MEGABYTES, codec=Codec())
    try:
        with writer.searcher() as searcher:
            for key in stale:
                writer.delete_by_term("key", key, searcher=searcher)
        for document in fresh:
            writer.add_document(**row(document))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=_merge)


def _merge(writer: SegmentWriter, segments: list[Segment]) -> list[Segment]:
    """Merge the small segments into the new one when there are many: each slows every search."""
    if len(segments) < MANY_SEGMENTS:
        return segments
    largest = max(segments, key=lambda segment: segment.doc_count_all())
    for segment in segments:
        if segment is not largest:
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return [largest]


def _key(text: str) -> Key:
    kind, _, ref = text.rpartition(":")
    return kind, int(ref)
