"""Starting programs, waiting for them, and stopping every one of them in order."""

import contextlib
import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from deploy.checks import LOOPBACK, ROOT, SetupError, say

SECONDS_TO_ANSWER = 60
# Longer than the slowest request may take, so that a stop lets what has begun finish.
SECONDS_TO_FINISH = 15
PR_SET_PDEATHSIG = 1


class Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C, a service manager, or a terminal that went away."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn the signals that ask for a stop into Stopped, the first one only."""

    def stop(number: int, _frame: FrameType | None) -> None:
        ignore_signals()  # stopping has begun, and a second Ctrl-C must not cut it short
        raise Stopped(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield


def ignore_signals() -> None:
    """Let nothing interrupt what follows."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def start(
    command: Sequence[str], environment: Mapping[str, str], *, piped: bool = False
) -> subprocess.Popen[str]:
    """Start a program in a session of its own, which ends when we are killed."""
    return subprocess.Popen(
        list(command),
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if piped else None,
        stderr=subprocess.PIPE if piped else None,
        text=True,
        # A Ctrl-C reaches everything of the terminal's session; ours are stopped by us, in order.
        start_new_session=True,
        preexec_fn=_end_with_parent(os.getpid()),
    )


def _end_with_parent(parent: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)

    def end_with_parent() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return end_with_parent


def end(process: subprocess.Popen[str], seconds: float = SECONDS_TO_FINISH) -> None:
    """End a program and everything it started: asked first, then by force."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)


def run_step(name: str, command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a program to its end and give what it printed.

    Raises: SetupError when it fails, after showing what it said.
    """
    return finish_step(name, start(command, environment, piped=True))


def finish_step(name: str, process: subprocess.Popen[str]) -> str:
    """Wait for a program that was started with pipes, and give what it printed.

    Raises: SetupError when it failed, after showing what it said.
    """
    try:
        output, faults = process.communicate()
    except Stopped:
        end(process)
        raise
    if process.returncode:
        print((output + faults).rstrip(), file=sys.stderr, flush=True)
        raise SetupError(f"{name} failed; what it said stands above.")
    return output


def run_in_front(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program in our place at the terminal, and give its exit code.

    Ctrl-C is the program's own affair there; being told to stop is handed on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(
        list(command),
        cwd=ROOT,
        env=dict(environment),
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        code = process.wait()
    except Stopped:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_FINISH)
        process.kill()
        raise
    return code if code >= 0 else 128 - code


def serve(port: int, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start granian on loopback and wait until the site answers.

    Raises: SetupError when it ends, answers with an error, or stays silent for a minute.
    """
    process = start(granian_command(port), environment)
    try:
        _wait_until_it_answers(port, process)
    except BaseException:
        end(process)
        raise
    return process


def granian_command(port: int) -> list[str]:
    """The command line of the server; deploy/topsheet.service starts it with the same options."""
    return [
        sys.executable, "-m", "granian", "portfolio.wsgi:application",
        "--interface", "wsgi", "--http", "1", "--no-ws",
        "--host", LOOPBACK, "--port", str(port),
        # One thread a worker: measured fastest for Django, and then two workers hold at most two
        # connections to the database, however many readers wait.
        "--workers", "2", "--blocking-threads", "1",
        "--backlog", "1024", "--backpressure", "256",
        "--respawn-failed-workers", "--workers-kill-timeout", "10",
        "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip


def _wait_until_it_answers(port: int, process: subprocess.Popen[str]) -> None:
    last = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < last:
        if process.poll() is not None:
            raise SetupError("The server ended at once; what it said stands above.")
        try:
            connection = http.client.HTTPConnection(LOOPBACK, port, timeout=20)
            connection.request("GET", "/", headers={"Host": f"{LOOPBACK}:{port}"})
            status = connection.getresponse().status
            connection.close()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        if status >= 500:
            raise SetupError(f"The site answers with error {status}; what it said stands above.")
        return
    raise SetupError(f"The server did not answer on port {port} in {SECONDS_TO_ANSWER} seconds.")


def wait_while_it_serves(process: subprocess.Popen[str]) -> None:
    """Wait until the server ends by itself, which it should not.

    Raises: SetupError then; Stopped when we are asked to stop.
    """
    code = process.wait()
    raise SetupError(f"The server ended by itself (code {code}); what it said stands above.")


def python(*arguments: str | Path) -> list[str]:
    """The command line that runs something with the Python of the environment."""
    return [sys.executable, *map(str, arguments)]


def timed(name: str, began: float) -> None:
    """Print a finished step with how long it took."""
    say(f"  {name:<42} {time.monotonic() - began:5.1f} s")
