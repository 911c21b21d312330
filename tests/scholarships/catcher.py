"""A mail server on loopback that keeps what it is given, and can be made to misbehave."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any


class Catcher(socketserver.ThreadingTCPServer):
    """It takes every letter but those to `refused`, and waits `silence` seconds before it greets."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[tuple[str, Message]] = []
        self.refused: set[str] = set()
        self.silence = 0.0
        self.greeted = 0
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def mailers(self) -> dict[str, Any]:
        """Django's settings that lead here."""
        return {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": self.port, "timeout": 30},
            }
        }

    def to(self) -> list[str]:
        """Whom letters came for, in order."""
        return [address for address, _letter in self.letters]


class Conversation(socketserver.StreamRequestHandler):
    """What RFC 5321 asks of a server at least."""

    server: Catcher

    def handle(self) -> None:
        time.sleep(self.server.silence)
        with self.server.lock:
            self.server.greeted += 1
        self.say("220 catcher")
        recipient = ""
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                self.say("550 no" if recipient in self.server.refused else "250 ok")
            elif verb == b"DATA":
                self.say("354 go on")
                content = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    content += part.removeprefix(b".") if part.startswith(b"..") else part
                with self.server.lock:
                    letter = message_from_bytes(content, policy=default)
                    self.server.letters.append((recipient, letter))
                self.say("250 kept")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def catching() -> Iterator[Catcher]:
    """The server, as long as it is needed."""
    with Catcher() as catcher:
        thread = threading.Thread(target=catcher.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield catcher
        finally:
            catcher.shutdown()
            thread.join()
