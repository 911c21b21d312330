"""`make run` as a whole: up, used, stopped, started again; and the examples for a real server."""

import http.client
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest

from deploy.checks import ROOT, SetupError
from deploy.processes import granian_command
from deploy.setting_up import environment_for, kept_database, locked


def test_second_run_on_one_data_folder_is_refused(tmp_path):
    refused = pytest.raises(SetupError, match=rf"process {os.getpid()}\) uses")

    with locked(tmp_path, "run"), refused, kept_database(tmp_path, {}, alone=True):
        pass


def test_secret_key_is_made_once_and_long_enough(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    first = environment_for(tmp_path)["SECRET_KEY"]

    assert len(first) >= 50
    assert environment_for(tmp_path)["SECRET_KEY"] == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_service_example_starts_the_same_server():
    unit = (ROOT / "deploy" / "topsheet.service").read_text()
    command = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)

    assert command
    assert shlex.split(command[1])[1:] == granian_command(8000)[1:]


def test_example_variables_are_documented():
    documented = (ROOT / "docs" / "running.md").read_text()

    for name in ("topsheet.env.example", "owner.env.example"):
        example = (ROOT / "deploy" / name).read_text()
        for variable in re.findall(r"^([A-Z_]+)=", example, re.MULTILINE):
            assert f"| `{variable}` |" in documented


@pytest.mark.slow
def test_run_serves_stops_and_starts_again_with_nothing_lost(tmp_path, free_port):
    var, port = tmp_path / "a data folder", free_port()

    first = Run(var, port)
    try:
        assert first.said(r"Public site +http://127\.0\.0\.1:\d+/\n")
        password = re.search(r"password:? (\S+)", first.text)
        assert password, "the first start prints a password"
        for path in ("/", "/admin/", "/api/v1/docs/"):
            assert first.status(path) < 400, path
        second = Run(var, free_port())
        assert second.end(None) == 1
        assert "uses the data folder" in second.text
        taken = Run(tmp_path / "other", port)
        assert taken.end(None) == 1
        assert f"Port {port} is taken" in taken.text
        assert not (tmp_path / "other" / "postgres").exists()
        key = (var / "secret_key").read_bytes()
    finally:
        code = first.end(signal.SIGINT)
    assert code == 0
    assert "Traceback" not in first.text

    again = Run(var, port)
    try:
        assert again.said(r"Ctrl-C stops it")
        assert "password" not in again.text
        assert (var / "secret_key").read_bytes() == key
        assert again.status("/") < 400
    finally:
        code = again.end(signal.SIGTERM)
    assert code == 0
    assert not (var / "postgres" / "data" / "postmaster.pid").exists()
    # As root the data may lie elsewhere, behind a link, where pytest would not clear it away.
    shutil.rmtree((var / "postgres").resolve())


class Run:
    """`make run` without make, in the environment that the tests run in."""

    def __init__(self, var, port):
        own = ("DATABASE_", "TOPSHEET_", "SECRET_KEY", "PYTEST_")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(own)}
        self.port = port
        self.text = ""
        self.output = var.with_name(f"output-{port}")
        with self.output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy", "run"],
                cwd=ROOT,
                env=environment | {"TOPSHEET_VAR": str(var), "PORT": str(port)},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self, pattern, seconds=240):
        last = time.monotonic() + seconds
        while time.monotonic() < last:
            ended = self.process.poll() is not None
            self.text = self.output.read_text()
            if re.search(pattern, self.text) and "Ctrl-C" in self.text:
                return True
            assert not ended, self.text
            time.sleep(0.1)
        raise AssertionError(self.text)

    def status(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        return connection.getresponse().status

    def end(self, number):
        if number and self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(60)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.text = self.output.read_text()
