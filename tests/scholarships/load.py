"""A popular call: real workers, real connections, and everybody at the last moment."""

import asyncio
import datetime
import hashlib
import os
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from psycopg import sql

from deploy.processes import granian_command
from scholarships.models import Answers, Applicant, Application, ApplicationFile, SecretLink
from scholarships.views.page import COOKIE, SALT
from tests.conftest import APP_ROLE
from tests.scholarships.calls import A_PDF, Call

CSRF = secrets.token_hex(16)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Asked:
    """What came of one try to hand in: when it was sent and answered (Unix time), with what."""

    number: str
    sent_at: float
    answered_at: float
    status: int
    body: str

    @property
    def seconds(self) -> float:
        return self.answered_at - self.sent_at


@dataclass
class Person:
    """A draft that waits to be handed in, and the note of a visit."""

    number: str
    cookie: str


def drafts(call: Call, count: int) -> list[Person]:
    """As many applicants with a filled draft each, as after an evening of writing."""
    now = call.now
    path = storages["papers"].save("load", ContentFile(A_PDF))
    people = Applicant.objects.bulk_create(
        Applicant(email=f"load-{n}@example.org", name_en=f"Load {n}") for n in range(count)
    )
    links = SecretLink.objects.bulk_create(
        SecretLink(
            applicant=person, purpose="APPLY", sha256=hashlib.sha256(person.email.encode()).hexdigest(),
            expires_at=now + datetime.timedelta(days=1),
        )
        for person in people
    )  # fmt: skip
    rows = Application.objects.bulk_create(
        Application(round=call.round, applicant=person) for person in people
    )
    Answers.objects.bulk_create(
        Answers(
            application=row, programme_of_study="Film", year_of_study=3, residence="HK",
            project_title="A short", statement="Why. " * 200,
        )
        for row in rows
    )  # fmt: skip
    ApplicationFile.objects.bulk_create(
        ApplicationFile(
            application=row, paper=call.paper, file_name="mine.pdf", path=path, format="PDF",
            size=len(A_PDF), sha256=hashlib.sha256(A_PDF).hexdigest(),
        )
        for row in rows
    )  # fmt: skip
    return [
        Person(row.number, signing.dumps({"link": link.pk, "began": now.isoformat()}, salt=SALT))
        for row, link in zip(rows, links, strict=True)
    ]


@contextmanager
def workers(database: str, mail_port: int, folder: Path) -> Iterator[int]:
    """The server as it is deployed, as the role that serves requests, on the database; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with connection.cursor() as cursor:
        # Whoever connects from now on acts as the role of the server, and goes with the database.
        statement = "ALTER ROLE {} IN DATABASE {} SET role TO {}"
        names = (connection.settings_dict["USER"], database, APP_ROLE)
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    url = _named(os.environ["DATABASE_URL"], database)
    environment = os.environ | {
        "DATABASE_URL": url, "DATABASE_APP_URL": url, "TOPSHEET_DB_ROLE": "app", "TOPSHEET_LOCAL": "1",
        "SECRET_KEY": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "tests.scholarships.load_settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "TOPSHEET_VAR": str(folder),
        "PYTHONPATH": str(settings.BASE_DIR),
    }  # fmt: skip
    process = subprocess.Popen(granian_command(port), cwd=settings.BASE_DIR, env=environment)
    try:
        _until_it_answers(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _named(url: str, database: str) -> str:
    """The address of another database of the same server."""
    head, _mark, options = url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}" + (f"?{options}" if options else "")


def _until_it_answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _try in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/apply/", timeout=10) as answer:
                answer.read()
            return
        except OSError:
            assert process.poll() is None, "the server does not start"
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


async def hand_in(port: int, person: Person, at: float = 0.0) -> Asked:
    """One browser that presses the button, at a moment or at once."""
    if (wait := at - time.time()) > 0:
        await asyncio.sleep(wait)
    body = urlencode({"csrfmiddlewaretoken": CSRF, "declares": "on"}).encode()
    head = (
        f"POST /apply/mine/{person.number}/check/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Cookie: {COOKIE}={person.cookie}; {settings.CSRF_COOKIE_NAME}={CSRF}\r\n"
        f"Content-Type: {FORM['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    sent_at = time.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head + body)
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    status = int(answer[9:12])
    return Asked(person.number, sent_at, time.time(), status, answer.decode(errors="replace"))


def steadily(port: int, people: Sequence[Person], at_once: int = 8) -> list[Asked]:
    """Everybody hands in, as many at once."""

    async def run() -> list[Asked]:
        gate = asyncio.Semaphore(at_once)

        async def one(person: Person) -> Asked:
            async with gate:
                return await hand_in(port, person)

        return await asyncio.gather(*(one(person) for person in people))

    return asyncio.run(run())


def at_moments(port: int, people: Sequence[Person], moments: Sequence[float]) -> list[Asked]:
    """Everybody has a connection of their own, and presses at their own moment."""

    async def run() -> list[Asked]:
        return await asyncio.gather(
            *(hand_in(port, person, at) for person, at in zip(people, moments, strict=True))
        )

    return asyncio.run(run())
