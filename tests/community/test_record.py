"""The needs that a 三师 served stand in their record of learning, without what was asked."""

import io

from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from sanshi_lms.community.demo import load_demo
from sanshi_lms.community.demo_stories import STORIES
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.record import served_needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from tests.people import Cast


def test_served_needs_stand_in_the_record(app: Flask, people: Cast) -> None:
    client, me = people.client("pro"), people.id("pro")
    assert "服务过的社区需求" not in client.get("/learning/record").text
    people.id("cadre")
    with app.app_context(), transaction():
        load_demo(now())
    with app.app_context():
        mine = (Need.pro_id == me) & Need.done_at.is_not(None)
        count = db.session.scalar(select(func.count(Need.id)).where(mine)) or 0
        whole = served_needs(me, None)
        assert whole is not None
        assert len(whole.rows) == count > 0
        years = {row[0][:4] for row in whole.rows}
        parts = [served_needs(me, int(year)) for year in years]
        assert sum(len(part.rows) for part in parts if part) == count
        assert served_needs(people.id("cadre"), None) is None
    page = client.get("/learning/record").text
    assert f"共 {count} 件。" in page
    assert not [text for _, text, *_ in STORIES if text in page]
    pages = PdfReader(io.BytesIO(client.get("/learning/record.pdf").data)).pages
    text = "".join("".join(one.extract_text().split()) for one in pages)
    assert f"共{count}件。" in text
    assert all("".join(row[2].split()) in text for row in whole.rows)
