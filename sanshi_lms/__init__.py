"""三师微课堂: micro-courses, training, quizzes, certificates and search for communities."""

from importlib import import_module

from flask import Flask
from flask_compress import Compress

from sanshi_lms.core import (
    access,
    audit_chain,
    cli,
    db,
    doctor,
    doctor_checks,
    errors,
    health,
    job_lane,
    logging,
    metrics_page,
    openapi,
    options,
    queue,
    security,
    shared,
    upkeep,
    web,
)
from sanshi_lms.core.registers import Registers
from sanshi_lms.core.settings import Settings
from sanshi_lms.rooms import ROOMS


def create_app(chosen: Settings | None = None) -> Flask:
    """Build the application: settings, core, then each room from the ground up.

    Raises SettingsError when the environment cannot be understood.
    """
    chosen = chosen or Settings.from_env()
    app = Flask(__name__, static_folder=None)
    app.extensions["settings"] = chosen
    app.extensions["registers"] = Registers()
    app.config["SQLALCHEMY_DATABASE_URI"] = chosen.database_url
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    logging.setup(app, chosen.log_level)
    security.setup(app, chosen)
    errors.setup(app)
    db.setup(app)
    shared.setup(app)
    options.setup(app)
    queue.setup(app, chosen)
    job_lane.setup()
    access.setup(app)
    web.setup(app)
    health.setup(app)
    metrics_page.setup(app)
    openapi.setup(app)
    upkeep.setup(app)
    audit_chain.setup(app)
    doctor.setup(app)
    doctor_checks.setup(app)
    cli.setup(app)
    app.config["COMPRESS_LEVEL"] = 4  # 6 takes twice the time for 3 % fewer bytes
    Compress(app)
    with app.app_context():
        for room in ROOMS:
            import_module(f"sanshi_lms.{room}").setup(app)
    return app
