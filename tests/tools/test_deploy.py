"""The files in deploy/ fit the program: keys that it reads, hosts and figures that exist.

What is not run here: Docker (no daemon where this was written), and systemd itself; its own checker
reads the units where it is installed.
"""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from sanshi_lms.core.metrics import Figures
from sanshi_lms.core.settings import Settings
from tests.house.test_settings import read_keys
from tests.services import missing_component
from tools.testing import find_nginx

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OF_DOCKER = {"POSTGRES_PASSWORD"}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose/compose.yml").read_text("utf-8"))
    return found


def env_of(file: Path) -> dict[str, str]:
    """Return the keys of an example, also those that stand in comments."""
    lines = re.findall(r"^#?([A-Z_]+)=(.*)$", file.read_text("utf-8"), re.MULTILINE)
    return dict(lines)


def test_compose_names_keys_that_we_read_and_hosts_that_exist(tmp_path: Path) -> None:
    found = compose()
    services, told = found["services"], found["x-app"]["environment"]
    assert told.keys() <= read_keys()
    example = env_of(DEPLOY / "compose/.env.example")
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose/compose.yml").read_text("utf-8")))
    assert asked == example.keys()
    given = {name: re.sub(r"\$\{(\w+)[^}]*\}", "x" * 40, value) for name, value in told.items()}
    given["PUBLIC_URL"] = example["PUBLIC_URL"]
    chosen = Settings.from_env({**given, "DATA_DIR": str(tmp_path)})
    hosts = re.findall(
        r"(?:@|//)(\w+):\d+", f"{chosen.database_url} {chosen.redis_url} {chosen.bucket()}"
    )
    assert set(hosts) == {"postgres", "redis", "s3"} <= services.keys()
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= services.keys(), name
        image = service["image"]
        assert image == found["x-app"]["image"] or re.search(r":\d", image), (
            f"{name}: pin the image"
        )
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in found["volumes"] or source.startswith("."), volume


def test_the_image_runs_as_nobody_special_and_keeps_its_data_outside() -> None:
    text = (DEPLOY / "compose/Dockerfile").read_text("utf-8")
    users = re.findall(r"^USER (\w+)", text, re.MULTILINE)
    assert users == ["sanshi"]
    keys = set(re.findall(r"\b([A-Z_]+)=", text.split("ENV ")[1].splitlines()[0]))
    assert keys - {"PYTHONUNBUFFERED"} <= read_keys()
    copied = re.findall(r"^COPY \S+ (.+) \S+$", text, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("file", [DEPLOY / "sanshi.env.example", DEPLOY / "compose/.env.example"])
def test_examples_name_keys_that_we_read(file: Path) -> None:
    assert env_of(file).keys() - OF_DOCKER <= read_keys()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_what_there_is_and_may_write_where_it_must(unit: Path) -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(unit.read_text("utf-8"))
    service = read["Service"]
    module = service["ExecStart"].split(" -m ")[1].split()[0]
    assert module == "flask" or (ROOT / f"{module.replace('.', '/')}.py").exists()
    example = env_of(DEPLOY / "sanshi.env.example")
    writable = [path.removeprefix("-") for path in service["ReadWritePaths"].split()]
    assert {example["DATA_DIR"], example["MEDIA_DIR"]} <= set(writable)
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"


def test_systemd_has_nothing_to_say_against_the_units(tmp_path: Path) -> None:
    checker = shutil.which("systemd-analyze")
    if checker is None:
        missing_component("systemd-analyze")
        return
    for unit in UNITS:  # the paths of a real installation are not here
        text = re.sub(r"/srv/sanshi/app/\S+/python", "/bin/true", unit.read_text("utf-8"))
        text = re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(
            re.sub(r"^EnvironmentFile=.*$", "", text, flags=re.MULTILINE)
        )
        told = subprocess.run(
            [checker, "verify", str(tmp_path / unit.name)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        assert unit.name not in told.stderr, told.stderr


def test_nginx_takes_the_file_as_it_is(tmp_path: Path) -> None:
    program = find_nginx()
    if program is None:
        missing_component("nginx")
        return
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    # What compose.yml replaces must be there.
    assert "server 127.0.0.1:5000;" in text
    command = " ".join(compose()["services"]["nginx"]["command"])
    assert "s/server 127.0.0.1:5000;/" in command
    key, pem = tmp_path / "key", tmp_path / "pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-days", "1",
         "-keyout", str(key), "-out", str(pem)],
        check=True, capture_output=True,
    )  # fmt: skip
    text = re.sub(r"ssl_certificate_key .*", f"ssl_certificate_key {key};", text)
    text = re.sub(r"ssl_certificate  .*", f"ssl_certificate {pem};", text)
    text = text.replace("/var/cache/nginx/sanshi", str(tmp_path / "cache"))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {text} }}")
    told = subprocess.run(
        [str(program), "-t", "-e", str(tmp_path / "log"), "-c", str(whole)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "warn" not in told.stderr, told.stderr


def test_alerts_ask_for_figures_that_we_tell(app: Flask) -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus/sanshi.rules.yml").read_text("utf-8"))
    counted = {
        f"{family.name}{end}"
        for figure in vars(Figures()).values()
        if hasattr(figure, "describe")
        for family in figure.describe()
        for end in ("", "_total", "_bucket", "_sum", "_count")
    }
    told = set(re.findall(r"^(sanshi_\w+)", app.test_client().get("/metrics").text, re.MULTILINE))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) >= 10
    for rule in alerts:
        names = set(re.findall(r"\bsanshi_\w+", rule["expr"]))
        assert names <= told | counted, rule["alert"]
        assert rule["annotations"].keys() == {"summary", "what_to_do"}
