"""The least that Flask can do under our web server: the yardstick of bench/watch.py."""

from flask import Flask, Response, jsonify, request

app = Flask(__name__)


@app.post("/")
def nothing() -> Response:
    """Read the body and answer a word."""
    request.get_data()
    return jsonify(ok=True)
