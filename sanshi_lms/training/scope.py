"""Who runs what: an administrator of training every class, a tutor their own."""

from collections.abc import Sequence

from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.core.db import db
from sanshi_lms.training.classes.models import HOLDS_SEAT, Member, TrainingClass, Tutor

MANAGE = "training.manage"


def runs(class_id: int | None, person: User) -> bool:
    """Tell whether `person` runs the class; without a class only administrators do."""
    if person.may(MANAGE):
        return True
    return class_id is not None and db.session.get(Tutor, (class_id, person.id)) is not None


def runs_any(person: User) -> bool:
    """Tell whether `person` has something to run."""
    own = select(Tutor.class_id).where(Tutor.user_id == person.id).limit(1)
    return person.may(MANAGE) or db.session.scalar(own) is not None


def belongs(class_id: int, user_id: int) -> bool:
    """Tell whether a person has a seat in the class."""
    query = select(Member.id).where(Member.class_id == class_id, Member.user_id == user_id)
    return db.session.scalar(query.where(Member.state.in_(HOLDS_SEAT))) is not None


def people_in_class(class_id: int) -> Sequence[User]:
    """Return who has a seat in the class, by name."""
    query = select(User).join(Member, Member.user_id == User.id)
    query = query.where(Member.class_id == class_id, Member.state.in_(HOLDS_SEAT))
    return db.session.scalars(query.order_by(User.display_name, User.id)).all()


def class_of(class_id: int | None) -> TrainingClass | None:
    """Return the class with this id, if there is one."""
    return None if class_id is None else db.session.get(TrainingClass, class_id)
