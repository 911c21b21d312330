"""Somebody who applies, with a browser and a letter box of their own."""

import re
from typing import Any

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from scholarships.models import Applicant, Application
from tests.scholarships.calls import A_PDF, Call

WAY_IN = re.compile(r"http://testserver(\S*/apply/open/([\w-]+)/\S*)")


class Applying:
    """An applicant at the public pages; `prefix` is that of a language, such as /zh-hant."""

    def __init__(self, call: Call, email: str = "ming@example.org", prefix: str = "") -> None:
        self.call, self.email, self.prefix = call, email, prefix
        self.client = Client()
        self.callpage = f"/apply/to/{call.scheme.slug}/{call.round.code}/"

    def ask(self) -> HttpResponse:
        """Ask for the letter with the way in, at the page of the call."""
        return self.client.post(self.prefix + self.callpage, {"email": self.email})

    def secret(self) -> str:
        """The secret of the last letter that came to this address."""
        letter = [each for each in mail.outbox if each.to == [self.email.lower()]][-1]
        found = WAY_IN.search(str(letter.body))
        assert found, letter.body
        return found[2]

    def enter(self, secret: str | None = None) -> HttpResponse:
        """Press the button that the letter leads to."""
        said = {"secret": secret or self.secret(), "call": str(self.call.round.pk)}
        return self.client.post(f"{self.prefix}/apply/open/", said)

    def inside(self) -> "Applying":
        """Ask, open, and be in."""
        self.ask()
        self.enter()
        return self

    @property
    def applicant(self) -> Applicant:
        return Applicant.objects.get(email=self.email.lower())

    @property
    def application(self) -> Application:
        return Application.objects.get(applicant=self.applicant, round=self.call.round)

    def page(self, name: str = "") -> str:
        """The address of a page of their application."""
        return f"{self.prefix}/apply/mine/{self.application.number}/{name}"

    def get(self, name: str = "") -> HttpResponse:
        return self.client.get(self.page(name))

    def post(self, name: str, data: dict[str, Any] | None = None) -> HttpResponse:
        return self.client.post(self.page(name), data or {})

    def upload(self, content: bytes = A_PDF, name: str = "mine.pdf") -> HttpResponse:
        """Hand in the one paper that the call asks for."""
        file = SimpleUploadedFile(name, content, content_type="application/pdf")
        return self.post("papers/", {"paper": str(self.call.paper.pk), "file": file})

    def fill(self) -> "Applying":
        """Everything that the round asks for."""
        self.post(
            "person/", {"name_zh_hant": "陳小明", "phone": "+852 5555 0101", "language": "en"}
        )
        self.post("answers/", {
            "programme_of_study": "Film", "year_of_study": "3", "residence": "HK",
            "school": "Academy", "project_title": "A short", "statement": "Why.",
        })  # fmt: skip
        self.upload()
        return self

    def hand_in(self) -> HttpResponse:
        """Declare, and press the button."""
        return self.post("check/", {"declares": "on"})
