"""A client that costs little: blocking nothing, sixteen connections in one loop of one process.

It sends requests that are ready as bytes and counts what comes back by Content-Length. Measured
against a server that answers at once it does more than ten times what any server here does.
"""

import itertools
import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

CHUNKED = re.compile(rb"transfer-encoding: *chunked", re.IGNORECASE)
LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


@dataclass
class Outcome:
    """What one run measured."""

    requests: int = 0
    seconds: float = 0.0
    bytes: int = 0
    client_seconds: float = 0.0
    failures: dict[str, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


class Connection:
    """One connection that has at most one question open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.missing = 0

    def send(self, request: bytes) -> None:
        """Ask."""
        self.buffer, self.missing = b"", 0
        self.socket.sendall(request)

    def receive(self) -> tuple[bytes, int] | None:
        """The status line and the length, once all of the answer is there."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("The server closed the connection.")
        if self.missing:
            self.missing -= len(part)
            return None if self.missing > 0 else (self.buffer, 0)
        self.buffer += part
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        if CHUNKED.search(self.buffer, 0, end):
            # One question at a time, so that the last chunk is the end of what there is.
            return (self.buffer[:end], 0) if self.buffer.endswith(b"\r\n0\r\n\r\n") else None
        head = self.buffer[:end]
        length = LENGTH.search(head)
        body = int(length[1]) if length else 0
        self.missing = end + 4 + body - len(self.buffer)
        self.buffer = head
        return None if self.missing > 0 else (head, body)


def measure(
    port: int,
    paths: Sequence[str],
    *,
    seconds: float,
    connections: int = 16,
    host: str = "localhost",
) -> Outcome:
    """Ask the paths in turn over and over for so many seconds."""
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode()
        for path in paths
    ]
    return ask(port, itertools.cycle(requests), seconds=seconds, connections=connections)


def ask(
    port: int,
    turn: Iterator[bytes],
    *,
    seconds: float,
    connections: int = 16,
    good: bytes = b"200",
) -> Outcome:
    """Send requests, as they stand, for so many seconds; `good` is the status that is hoped for."""
    outcome = Outcome()
    with selectors.DefaultSelector() as selector:
        lines = [Connection(port) for _ in range(connections)]
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(next(turn))
        started, cpu = time.perf_counter(), time.process_time()
        end = started + seconds
        while (now := time.perf_counter()) < end:
            for key, _ in selector.select(1):
                line = key.data
                answer = line.receive()
                if answer is None:
                    continue
                outcome.requests += 1
                status = answer[0][9:12]
                if status != good:
                    word = status.decode()
                    outcome.failures[word] = outcome.failures.get(word, 0) + 1
                line.send(next(turn))
        outcome.seconds = now - started
        outcome.client_seconds = time.process_time() - cpu
        for line in lines:
            line.socket.close()
    return outcome
