"""Uploads: files that come in pieces by the tus 1.0 protocol and survive any break of the line.

For: getting bytes onto our disk, from a browser, the server's inbox folder or the command line.
Not for: what they are (engine) or become (actions of video).
The length of the file on disk is the only truth about how much has arrived.
"""

from flask import Flask

from sanshi_lms.video.uploads import admin_routes, api_routes, cli, jobs, routes


def setup(app: Flask) -> None:
    """Connect routes and jobs."""
    routes.setup(app)
    app.register_blueprint(api_routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    app.cli.add_command(cli.video)
    jobs.setup()
