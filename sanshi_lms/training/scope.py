"""Who runs what: an administrator of training every class of their units, a tutor their own."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, true

from sanshi_lms.account import User, reach_of
from sanshi_lms.core.db import db
from sanshi_lms.training.classes.models import HOLDS_SEAT, Member, TrainingClass, Tutor

MANAGE = "training.manage"


def runs(class_id: int | None, person: User) -> bool:
    """Tell whether `person` runs the class; without a class only administrators do."""
    if person.may(MANAGE):
        return True
    if class_id is None:
        return False
    if db.session.get(Tutor, (class_id, person.id)) is not None:
        return True
    found = db.session.get(TrainingClass, class_id)
    return found is not None and reach_of(person, MANAGE).covers(found.unit_id)


def runs_any(person: User) -> bool:
    """Tell whether `person` has something to run."""
    own = select(Tutor.class_id).where(Tutor.user_id == person.id).limit(1)
    return person.may_somewhere(MANAGE) or db.session.scalar(own) is not None


def run_by(person: User) -> ColumnElement[bool]:
    """Tell, inside a statement over TrainingClass, whether `person` runs a class."""
    units = reach_of(person, MANAGE).units
    if units is None:
        return true()
    own = select(Tutor.class_id).where(Tutor.user_id == person.id)
    return or_(TrainingClass.id.in_(own), TrainingClass.unit_id.in_(units))


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
