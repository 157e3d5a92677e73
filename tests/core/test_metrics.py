"""/metrics: true sums over processes, closed to strangers, nobody's name in it."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from sanshi_lms.core import metrics
from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import JobFailed, JobRun, enqueue, job
from sanshi_lms.core.settings import Settings
from tests.conftest import PASSWORD, settings_in
from tests.people import NAMES, Cast
from tests.services import free_port, wait_until
from tools.serve import Address, first_page, web_command

TOKEN = "a-token-of-the-test"


@pytest.fixture
def counting(app: Flask) -> Iterator[None]:
    metrics.begin(app)
    yield
    metrics.end()


def figures(text: str) -> dict[str, float]:
    """Return each sample by its name and labels."""
    return {
        f"{s.name}{sorted(s.labels.items())}": s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def asked(client: FlaskClient, address: str, **headers: str) -> int:
    given = {"REMOTE_ADDR": address}
    return client.get("/metrics", environ_overrides=given, headers=headers).status_code


def test_only_this_machine_or_the_token_may_read(client: FlaskClient) -> None:
    assert asked(client, "127.0.0.1") == asked(client, "::1") == 200
    assert asked(client, "10.0.0.7") == 404
    # A proxy on this machine asks for somebody else.
    assert asked(client, "127.0.0.1", **{"X-Forwarded-For": "10.0.0.7"}) == 404


def test_with_a_token_only_the_token_counts(app: Flask, client: FlaskClient) -> None:
    app.extensions["settings"] = settings_in(
        app.extensions["settings"].data_dir, METRICS_TOKEN=TOKEN
    )
    assert asked(client, "127.0.0.1") == asked(client, "10.0.0.7", Authorization="Bearer x") == 404
    assert asked(client, "10.0.0.7", Authorization=f"Bearer {TOKEN}") == 200
    assert asked(client, "10.0.0.7", Authorization=f"Bearer {TOKEN}é") == 404


@pytest.mark.usefixtures("counting")
def test_what_happens_is_counted_without_names(
    app: Flask, client: FlaskClient, people: Cast
) -> None:
    people.client("cadre")  # signs in
    client.post("/account/sign-in", data={"username": "cadre", "password": f"{PASSWORD}x"})
    client.get("/no-such-page/wang")
    client.open("/", method="BREW")

    @job("test.metrics", lane="copy")
    def handler(run: JobRun) -> None:
        if run.payload["bad"]:
            raise JobFailed("坏了")

    with app.app_context():
        with transaction():
            enqueue("test.metrics", "good", {"bad": False})
            enqueue("test.metrics", "bad", {"bad": True})
            touch("course", 1)
        assert run_next("copy")
        before = figures(client.get("/metrics").text)
        assert run_next("copy")
    text = client.get("/metrics").text
    found = figures(text)
    assert before["sanshi_jobs_now[('lane', 'copy'), ('state', 'waiting')]"] == 1
    assert before["sanshi_jobs_total[('kind', 'test.metrics'), ('outcome', 'done')]"] == 1
    assert found["sanshi_jobs_now[('lane', 'copy'), ('state', 'waiting')]"] == 0
    assert found["sanshi_jobs_total[('kind', 'test.metrics'), ('outcome', 'failed')]"] == 1
    assert found["sanshi_index_changes_waiting[]"] == 1
    assert found["sanshi_sign_ins_total[('outcome', 'in')]"] == 1
    assert found["sanshi_sign_ins_total[('outcome', 'wrong')]"] == 1
    key = "sanshi_requests_total[('endpoint', '{}'), ('method', '{}'), ('status', '{}')]"
    assert found[key.format("none", "GET", 404)] == 1
    assert sum(v for k, v in found.items() if k.startswith("sanshi_requests") and "other" in k) == 1
    assert found["sanshi_worker_silent_seconds[]"] == -1
    assert found["sanshi_disk_free_bytes[]"] > 0
    assert "wang" not in text
    assert not any(name in text for name in NAMES.values())
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"endpoint", "method", "status", "lane", "state", "outcome", "kind", "le"}


def test_two_processes_tell_one_sum(chosen_settings: Settings) -> None:
    address = Address("127.0.0.1", free_port())
    env = {
        **os.environ, "DATA_DIR": str(chosen_settings.data_dir), "WEB_PROCESSES": "2",
        "DATABASE_URL": chosen_settings.database_url, "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    command = [
        str(part) for part in web_command(type(chosen_settings.data_dir)(sys.executable), address)
    ]
    with subprocess.Popen(command, env=env) as server:
        try:
            wait_until(lambda: first_page(address) is not None, 60)

            def ask(path: str) -> str:
                line = http.client.HTTPConnection(address.host, address.port, timeout=30)
                with closing(line):
                    line.request("GET", path)
                    return line.getresponse().read().decode()

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(ask, ["/account/sign-in"] * 60))
            seen = [figures(ask("/metrics")) for _ in range(6)]
        finally:
            server.terminate()
    page = "[('endpoint', 'account.sign_in'), ('method', 'GET'), ('status', '200')]"
    told = {one[f"sanshi_requests_total{page}"] for one in seen}
    assert told == {60}, "whichever process answers"
    files = {file.name for file in (chosen_settings.data_dir / "metrics").glob("counter_*.db")}
    assert len(files) >= 2, "both have answered"
