"""Certificates per second: the award (a durable commit) and the printed PDF, for real people."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

from bench import Figure, percentile, scratch
from sanshi_lms import create_app
from sanshi_lms.account import ensure_person
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import Settings
from sanshi_lms.credentials import award_certificate
from sanshi_lms.credentials.pdf import Sheet, printer
from sanshi_lms.credentials.queries import signed

TITLE = "老旧小区加装电梯：从居民意愿到竣工"
# Common and rare characters: a rare one makes Typst embed another part of the font.
NAMES = ("王小明", "欧阳青青", "李龑", "张喆", "陈垚淼", "刘建国", "阿依古丽·买买提", "周敏")


def run(quick: bool) -> list[Figure]:
    """Award and print for 20 or 500 people, one after the other, in one process."""
    count = 20 if quick else 500
    with scratch("certificate") as folder:
        return measure(folder, count)


def measure(folder: Path, count: int) -> list[Figure]:
    app = create_app(Settings.from_env({"DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}))
    with app.app_context():
        db.create_all()
        with transaction():
            person, _ = ensure_person("bench", "王小明", "示范社区", "cadre", "bench-Password-1")
            user_id = person.id
        began = time.perf_counter()
        printer()
        first = time.perf_counter() - began
        awards, prints, sizes = [], [], []
        for number in range(count):
            name = NAMES[number % len(NAMES)]
            began = time.perf_counter()
            with transaction():
                made = award_certificate(user_id, name, TITLE, Decimal(2), f"bench:{number}")
                day = local(made.issued_at).date()
                url = f"https://weiketang.example.cn/v/{made.number}"
                address = signed(made).address(url)
                sheet = Sheet(made.number, name, TITLE, Decimal(2), day, url, address)
            awards.append(time.perf_counter() - began)
            began = time.perf_counter()
            sizes.append(len(printer().pdf(sheet)))
            prints.append(time.perf_counter() - began)
        db.session.remove()
        db.engine.dispose()
    return [
        Figure("printed, with QR and signed payload", count / sum(prints), "1/s", at_least=150),
        Figure("awarded and printed", count / (sum(awards) + sum(prints)), "1/s"),
        Figure("award, durable: p95", percentile(awards, 95) * 1000, "ms"),
        Figure("PDF: p50", percentile(prints, 50) * 1000, "ms"),
        Figure("PDF: p95", percentile(prints, 95) * 1000, "ms"),
        Figure("printer made ready, once per process", first * 1000, "ms"),
        Figure("size of a PDF: largest", max(sizes) / 1000, "kB", at_most=60),
    ]
