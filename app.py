"""Entry point for `flask --app app …` and for the web server (`app:app`)."""

from sanshi_lms import create_app

app = create_app()
