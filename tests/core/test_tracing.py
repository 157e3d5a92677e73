"""One number from a request to its jobs, in the log and in spans; nobody's name in either."""

import gzip
import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import Flask
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from sanshi_lms.core.access import public
from sanshi_lms.core.db import transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.job_parts import PartSpec, add_parts
from sanshi_lms.core.jobs import JobRun, enqueue, job
from sanshi_lms.core.settings import Settings
from tests.people import NAMES, Cast
from tests.services import free_port, wait_until
from tools.serve import Address, first_page, web_command


@pytest.fixture
def logged(app: Flask) -> Iterator[io.StringIO]:
    """What the application logs, from INFO on."""
    root, said = logging.getLogger("sanshi_lms"), io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(said)
    root.setLevel("INFO")
    yield said
    root.setLevel(app.extensions["settings"].log_level)
    handler.setStream(before)


def lines(text: str) -> list[dict[str, object]]:
    return [
        json.loads(line.lstrip("\0"))
        for line in text.splitlines()
        if line.lstrip("\0").startswith("{")
    ]


def test_a_requests_number_goes_into_its_jobs_and_their_parts(
    app: Flask, logged: io.StringIO
) -> None:
    @job("test.part", lane="copy")
    def part(_run: JobRun) -> None:
        app.logger.warning("in the part")

    @job("test.whole", lane="copy")
    def whole(run: JobRun) -> None:
        with run.commit() as session:
            add_parts(session, run.job_id, "test.part", "k", [PartSpec("a", 1.0, 0)])

    @public
    def begin() -> str:
        enqueue("test.whole", "k")
        return "taken"

    app.add_url_rule("/begin", "begin", begin, methods=["POST"])
    number = app.test_client().post("/begin").headers["X-Request-ID"]
    with app.app_context():
        assert run_next("copy")
        assert run_next("copy")
        with transaction():
            assert enqueue("test.whole", "by nobody").request_id is None
    found = [line for line in lines(logged.getvalue()) if line["message"] == "in the part"]
    assert [line["request_id"] for line in found] == [number]
    assert found[0]["job_id"]


def test_a_line_about_a_request_says_what_and_nobodys_name(
    app: Flask, people: Cast, logged: io.StringIO
) -> None:
    cadre, pro, nobody = people.client("cadre"), people.client("pro"), app.test_client()
    logged.truncate(0)
    answers = [one.get(path) for one, path in (
        (cadre, "/learning/"), (cadre, "/learning/"), (pro, "/learning/"), (nobody, "/n/abcdef"),
    )]  # fmt: skip
    text = logged.getvalue()
    told = [line for line in lines(text) if line["message"] == "request"]
    assert [line["request_id"] for line in told] == [a.headers["X-Request-ID"] for a in answers]
    assert len({line["endpoint"] for line in told[:3]}) == 1
    assert all(isinstance(line["milliseconds"], float) and line["status"] for line in told)
    who = [line.get("who") for line in told]
    assert who[0] == who[1] != who[2]
    assert who[3] is None
    assert "abcdef" not in text, "a code opens a need: it is not for readers of logs"
    assert not any(name in text for name in NAMES.values())


class Collector(HTTPServer):
    """Takes spans as a collector of OpenTelemetry does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.spans: list[tuple[str, str, dict[str, str]]] = []


class Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        sent = ExportTraceServiceRequest.FromString(body)
        for resource in sent.resource_spans:
            service = next(
                a.value.string_value
                for a in resource.resource.attributes
                if a.key == "service.name"
            )
            for scope in resource.scope_spans:
                for span in scope.spans:
                    values = {a.key: str(a.value) for a in span.attributes}
                    self.server.spans.append((service, span.name, values))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_spans_arrive_from_processes_that_were_forked(
    collector: Collector, chosen_settings: Settings
) -> None:
    address = Address("127.0.0.1", free_port())
    env = {
        **os.environ, "DATA_DIR": str(chosen_settings.data_dir), "WEB_PROCESSES": "2",
        "DATABASE_URL": chosen_settings.database_url, "LOG_LEVEL": "ERROR",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
    }  # fmt: skip
    command = [str(part) for part in web_command(Path(sys.executable), address)]
    with subprocess.Popen(command, env=env) as server:
        try:
            wait_until(lambda: first_page(address) == 200, 60)
            wait_until(lambda: any(name == "GET /" for _, name, _ in collector.spans), 30)
        finally:
            server.terminate()
    service, _, values = next(one for one in collector.spans if one[1] == "GET /")
    assert service == "sanshi-web"
    assert "200" in str(values["http.response.status_code"])
    assert len(str(values["request.id"])) > 10
    assert any(name == "db SELECT" for _, name, _ in collector.spans)
    assert not any("127.0.0.1" in str(values) for _, _, values in collector.spans)
