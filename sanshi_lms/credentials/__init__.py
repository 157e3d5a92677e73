"""Credentials: certificates as frozen records, the credit-hour ledger, public verification.

For: keeping what somebody earned, printing it, and telling anyone whether a number is genuine.
Not for: deciding that something was earned. Rooms above know learning and training; they tell
this room to award, and it keeps a text snapshot that survives any later change of the course.
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import MenuEntry, Proof, add_menu_entry, add_proof
from sanshi_lms.credentials import admin_routes, desk, proofs, routes
from sanshi_lms.credentials.actions import award_certificate, revoke_certificate
from sanshi_lms.credentials.badges import routes as badge_routes
from sanshi_lms.credentials.batches import Paper, file_part, zipped
from sanshi_lms.credentials.claims import routes as claim_routes
from sanshi_lms.credentials.claims.actions import TOPIC
from sanshi_lms.credentials.claims.queries import count_for
from sanshi_lms.credentials.cli import credentials
from sanshi_lms.credentials.designs import routes as design_routes
from sanshi_lms.credentials.designs.store import all_newest, chosen_line
from sanshi_lms.credentials.ledger import admin_routes as ledger_admin_routes
from sanshi_lms.credentials.ledger import cli
from sanshi_lms.credentials.ledger import routes as ledger_routes
from sanshi_lms.credentials.ledger.actions import (
    Evidence,
    award_hours,
    reverse_entry,
    rule_counts,
)
from sanshi_lms.credentials.ledger.attainment import STATES, Attained, attained_by
from sanshi_lms.credentials.ledger.models import CreditEntry
from sanshi_lms.credentials.ledger.queries import (
    balance,
    balances,
    credit_hours_earned,
    entry_for,
    years_of,
)
from sanshi_lms.credentials.ledger.rules import CATEGORIES
from sanshi_lms.credentials.ledger.year import Offer, use_offers
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.personal import PERSONAL
from sanshi_lms.credentials.press import NoChineseFontError, Press
from sanshi_lms.credentials.queries import (
    certificate_for,
    certificates_of,
    is_genuine,
    latest_certificate,
    latest_certificates,
)
from sanshi_lms.credentials.rules import again_ref, hours_text
from sanshi_lms.credentials.sealing import routes as sealing_routes
from sanshi_lms.credentials.sheets import look_of, sheet_of
from sanshi_lms.credentials.signing import routes as signing_routes
from sanshi_lms.credentials.signing.keys import key_ring
from sanshi_lms.credentials.terms.rules import may_be_renewed, opens_on, reminder_due
from sanshi_lms.credentials.terms.store import ending_soon, months_of, set_months
from sanshi_lms.notices import add_topic

__all__ = [
    "CATEGORIES",
    "STATES",
    "Attained",
    "Certificate",
    "CreditEntry",
    "Evidence",
    "NoChineseFontError",
    "Offer",
    "Paper",
    "Press",
    "again_ref",
    "all_newest",
    "attained_by",
    "award_certificate",
    "award_hours",
    "balance",
    "balances",
    "certificate_for",
    "certificates_of",
    "chosen_line",
    "credit_hours_earned",
    "ending_soon",
    "entry_for",
    "file_part",
    "hours_text",
    "is_genuine",
    "latest_certificate",
    "latest_certificates",
    "look_of",
    "may_be_renewed",
    "months_of",
    "opens_on",
    "reminder_due",
    "reverse_entry",
    "revoke_certificate",
    "rule_counts",
    "set_months",
    "sheet_of",
    "use_offers",
    "years_of",
    "zipped",
]


def setup(app: Flask) -> None:
    """Connect the pages."""
    add_personal(PERSONAL)
    app.register_blueprint(claim_routes.blueprint)
    app.register_blueprint(ledger_routes.blueprint)
    app.register_blueprint(ledger_admin_routes.blueprint)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    app.register_blueprint(signing_routes.blueprint)
    app.register_blueprint(badge_routes.blueprint)
    app.register_blueprint(design_routes.blueprint)
    app.register_blueprint(sealing_routes.blueprint)
    app.add_template_filter(hours_text)
    app.cli.add_command(cli.ledger)
    app.cli.add_command(credentials)
    with app.app_context():
        add_proof(Proof("ledger", "学时账簿", proofs.ledger))
        add_proof(Proof("certificates", "证书", proofs.certificates))
        key_ring()  # made at the first start, and a damaged file is told then, not at an award
    desk.setup()
    add_topic(TOPIC, "学时申报")
    add_menu_entry(
        MenuEntry(
            "admin", "证书", "credentials_admin.certificates", "certificate", 50,
            "credentials.view_all", "学时和证书",
        )
    )  # fmt: skip
    add_menu_entry(
        MenuEntry(
            "admin", "学时申报", "claims.waiting", "check", 45, "credentials.approve",
            "学时和证书", count_for,
        )
    )  # fmt: skip
    add_menu_entry(
        MenuEntry(
            "admin", "学时", "ledger_admin.attainment", "clock", 40, "credentials.view_all",
            "学时和证书",
        )
    )  # fmt: skip
