"""A mail server that keeps what it is sent, as far as RFC 5321 asks for what we use."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Letter:
    """What came in: for whom the envelope was, and the message."""

    sender: str
    recipients: list[str]
    message: EmailMessage


@dataclass
class Post:
    """The letters that came, and where the server listens; it refuses those whom `refuses` names."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        post: Post = server.post
        sender, recipients = "", []
        self.say("220 post")
        while line := self.rfile.readline().decode().strip():
            word, _colon, rest = line.partition(":")
            match word.upper().split()[0]:
                case "EHLO" | "HELO":
                    self.say("250 post")
                case "MAIL":
                    sender, recipients = rest.split(">")[0].lstrip(" <"), []
                    self.say("250 yes")
                case "RCPT":
                    name = rest.split(">")[0].lstrip(" <")
                    if name in post.refuses:
                        self.say("550 nobody of that name")
                        continue
                    recipients.append(name)
                    self.say("250 yes")
                case "DATA":
                    self.say("354 go on")
                    lines = []
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(part.removeprefix(b".") if part.startswith(b"..") else part)
                    message: Any = message_from_bytes(b"".join(lines), policy=policy.default)
                    post.letters.append(Letter(sender, recipients, message))
                    self.say("250 kept")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 yes")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Post]:
    """A mail server on this machine while the block lasts."""
    post = Post()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.post = post  # type: ignore[attr-defined]
        post.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield post
        finally:
            server.shutdown()
