"""Proofs of what happened outside a lesson's page, such as attendance, told by rooms above.

add_proof(app, kind, reason, proof)     proof(user_id, target_ids) -> those the person has done
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from flask import Flask, current_app

from sanshi_lms.courses import Lesson

_KEY = "learning.proofs"
Proof = Callable[[int, Collection[int]], Collection[int]]


def add_proof(app: Flask, kind: str, reason: str, proof: Proof) -> None:
    """Let `proof` say which targets of a kind a person has done; `reason` is kept with it."""
    app.extensions.setdefault(_KEY, {})[kind] = (reason, proof)


def proved_lessons(user_id: int, lessons: Sequence[Lesson]) -> Iterator[tuple[int, str]]:
    """Yield the ids of those lessons that are proved, and by what."""
    proofs: dict[str, tuple[str, Proof]] = current_app.extensions.get(_KEY, {})
    for kind, (reason, proof) in proofs.items():
        targets = {x.target_id: x.id for x in lessons if x.kind == kind and x.target_id}
        if targets:
            yield from ((targets[one], reason) for one in proof(user_id, targets.keys()))
