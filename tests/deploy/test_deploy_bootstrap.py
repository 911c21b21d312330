"""The first start, in a copy of the project whose path has a space, with a home of its own."""

import os
import shutil
import socket
import subprocess
import sys

import pytest

from deploy.checks import ROOT

FAKE_UV = """#!/bin/sh
case "$1" in --version) echo uv 0; exit 0;; esac
echo "$FAULT" >&2
exit 2
"""


@pytest.fixture
def project(tmp_path):
    """A fresh checkout as far as the first start is concerned."""
    project = tmp_path / "a checkout"
    shutil.copytree(ROOT / "deploy", project / "deploy")
    for name in ("requirements.lock", ".python-version"):
        shutil.copy(ROOT / name, project / name)
    return project


def start(project, *, fault=None, **variables):
    """Start `run` there; its exit code and what it said as an error."""
    programs = project / "programs"
    programs.mkdir()
    (programs / "python3").symlink_to(sys.executable)
    if fault is not None:
        uv = programs / "uv"
        uv.write_text(FAKE_UV)
        uv.chmod(0o755)
    home = project.parent / "home"
    home.mkdir()
    done = subprocess.run(
        ["sh", "deploy/bootstrap.sh", "run"],
        cwd=project,
        env={
            "PATH": f"{programs}:/usr/bin:/bin",
            "HOME": str(home),
            "LC_ALL": "C",
            "FAULT": fault or "",
            # A Python outside the system's own folders may not start without it.
            "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stdout
    return done.returncode, lines[0]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("Hash mismatch for `django==6.1.3`", "is not the one in the lock file"),
        ("error: failed to lookup address information", "No network"),
        ("operation timed out", "No network"),
        ("No space left on device (os error 28)", "The disk is full"),
        ("failed to create directory: Permission denied", "Mend the owner and mode"),
        ("something new", "could not be installed: something new"),
    ],
)
def test_fault_while_building_is_one_line_with_its_mend(project, fault, said):
    code, line = start(project, fault=fault)

    assert code == 1
    assert line.startswith("topsheet: ")
    assert said in line


@pytest.mark.slow
def test_first_start_without_network_says_so(project):
    nowhere = "http://127.0.0.1:9"
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), nowhere)

    code, line = start(project, **proxies)

    assert code == 1
    assert "No network: uv could not be downloaded" in line


def test_taken_port_is_said_before_the_environment_is_built(project):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        code, line = start(project, fault="must not be reached", PORT=str(port))

    assert code == 1
    assert f"Port {port} is taken" in line
    assert not (project / ".venv").exists()


def test_unusable_data_folder_is_said_before_the_environment_is_built(project):
    (project / "var").write_text("")

    code, line = start(project, fault="must not be reached")

    assert code == 1
    assert "is not usable" in line


def test_environment_that_is_up_to_date_is_used_as_it_is(project):
    (project / ".venv" / "bin").mkdir(parents=True)
    python = project / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\ntest "$1" = -c || echo "started $*" >&2\n')
    python.chmod(0o755)
    sums = subprocess.run(
        ["cksum", "requirements.lock", ".python-version"],
        cwd=project, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    (project / ".venv" / "topsheet.stamp").write_text(f"{os.path.realpath(project)}\n{sums}")

    code, line = start(project)

    assert (code, line) == (0, "started -m deploy run")
