"""A call for scholarships for tests: a scheme with money, its officers and reviewers, and who applies."""

import datetime
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from portfolio.funding.operations.commitments import Share, Slice
from portfolio.programmes.models import Project
from portfolio.staff.models import User
from scholarships.choices import Declared, RuleKind
from scholarships.models import (
    Applicant,
    Application,
    Award,
    Criterion,
    EligibilityRule,
    PanelMeeting,
    PanelMember,
    RequiredPaper,
    Review,
    Round,
    RoundReviewer,
    Scheme,
)
from scholarships.operations import applications, awards, panels, papers, reviews
from tests.books import Books
from tests.factories import OrganisationFactory, SchemeFactory

NUMBERS = itertools.count(1)
A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Call:
    """A round that is open now, with places, rules, one paper, two criteria and three reviewers.

    The rules want a student of film in the second year at least, who lives in Hong Kong.
    """

    def __init__(self, *, places: int = 2, scheme_places: int = 20, **terms: Any) -> None:
        n = next(NUMBERS)
        self.books = Books()
        self.now = timezone.now()
        self.officer, self.second_officer = self.books.officer, self.books.second_officer
        self.scheme: Scheme = SchemeFactory(
            programme=self.books.programme, strand=self.books.strand,
            institution=OrganisationFactory(), places=scheme_places,
        )  # fmt: skip
        hour = datetime.timedelta(hours=1)
        self.round = Round.objects.create(
            scheme=self.scheme, code=f"round-{n}", name_en=f"Round {n}", places=places,
            agreement=self.books.agreement(payee=self.scheme.institution),
            **({"opens_at": self.now - hour, "closes_at": self.now + hour} | terms),
        )  # fmt: skip
        self.rules = [
            EligibilityRule.objects.create(
                round=self.round, position=place, kind=kind, text_en=text, **measure
            )
            for place, (kind, text, measure) in enumerate(
                [
                    (RuleKind.PROGRAMME_OF_STUDY, "Studies film.", {"values": ["Film"]}),
                    (RuleKind.YEAR_OF_STUDY, "Second year or later.", {"least": 2}),
                    (RuleKind.RESIDENCE, "Lives in Hong Kong.", {"values": ["HK"]}),
                ],
                start=1,
            )
        ]
        self.paper = RequiredPaper.objects.create(round=self.round, name_en="Treatment")
        self.criteria = [
            Criterion.objects.create(round=self.round, position=1, name_en="Voice", weight=3),
            Criterion.objects.create(round=self.round, position=2, name_en="Plan", weight=1),
        ]
        self.reviewers = [
            User.objects.create(username=f"reviewer-{n}-{x}", is_staff=True) for x in "abc"
        ]
        for user in self.reviewers:
            RoundReviewer.objects.create(round=self.round, user=user)

    def applicant(self, **personal: Any) -> Applicant:
        """Somebody with an address of their own."""
        n = next(NUMBERS)
        person = Applicant.objects.create(email=f"applicant-{n}@example.org", name_en=f"Person {n}")
        return applications.set_personal(applicant=person, **personal) if personal else person

    def draft(self, person: Applicant | None = None, **answers: Any) -> Application:
        """A draft with everything that the round asks for."""
        application = applications.start_application(
            round=self.round, applicant=person or self.applicant()
        )
        filled = {
            "programme_of_study": "Film", "year_of_study": 3, "residence": "HK",
            "project_title": "A short", "statement": "Why.", "declares": True,
        }  # fmt: skip
        applications.save_answers(application=application, answers=filled | answers)
        papers.keep_paper(
            application=application, paper=self.paper, file=ContentFile(A_PDF, name="mine.pdf")
        )
        return application

    def submitted(self, person: Applicant | None = None, **answers: Any) -> Application:
        """An application that came in."""
        return applications.submit_application(
            application=self.draft(person, **answers), at=self.now
        )

    def eligible(self, person: Applicant | None = None, **answers: Any) -> Application:
        """An application that was found eligible."""
        return applications.judge_application(
            application=self.submitted(person, **answers), at=self.now, actor=self.officer
        )

    def review(
        self, application: Application, reviewer: User, points: Sequence[int] | None = None
    ) -> Review:
        """A review without a conflict of interest; completed where it gives points."""
        review, _made = Review.objects.get_or_create(
            application=application, reviewer=reviewer, defaults={"assigned_by": self.officer}
        )
        review = reviews.declare(review=review, declared=Declared.NONE, at=self.now)
        if points is not None:
            reviews.give_points(review=review, points=dict(zip(self.criteria, points, strict=True)))
            review = reviews.complete_review(review=review, at=self.now)
        return review

    def meeting(self, minutes: str = "The panel met.") -> PanelMeeting:
        """A meeting of two officers."""
        meeting = PanelMeeting.objects.create(
            round=self.round, held_date=self.now.date(), minutes=minutes
        )
        for user in (self.officer, self.second_officer):
            PanelMember.objects.create(meeting=meeting, user=user)
        return meeting

    def decided(self, count: int = 3) -> list[Application]:
        """As many applications, scored 10, 9, 8 …, with a panel that follows the scores; best first."""
        rows = [self.eligible() for _n in range(count)]
        for points, row in zip(range(10, 0, -1), rows, strict=False):
            self.review(row, self.reviewers[0], [points, points])
        meeting = self.meeting()
        panels.propose_decisions(meeting=meeting, actor=self.officer)
        panels.close_meeting(meeting=meeting, at=self.now, actor=self.officer)
        for row in rows:
            row.refresh_from_db()
        return rows

    def fund(self, application: Application, amount: str = "100000") -> None:
        """Draft and approve the commitment of a place, half now and half against a report."""
        half = Decimal(amount) / 2
        commitment = awards.prepare_award(
            application=application, amount=Decimal(amount), currency="HKD",
            shares=[Share(self.books.first, percentage=Decimal(100))],
            instalments=[
                Slice(half, datetime.date(2026, 9, 1), "Enrolment",
                      [("DOCUMENT_ACCEPTED", "Proof of enrolment")]),
                Slice(half, datetime.date(2027, 3, 1), "Second half",
                      [("REPORT_ACCEPTED", "First progress report")]),
            ],
            at=self.now, actor=self.officer,
        )  # fmt: skip
        self.books.approve(commitment.approval_requests.get())
        application.refresh_from_db()

    def offered(self, application: Application | None = None) -> Award:
        """A place that was offered."""
        application = application or self.decided(1)[0]
        self.fund(application)
        return awards.offer_place(application=application, at=self.now, actor=self.officer)

    def accepted(self, application: Application | None = None) -> Award:
        """A place that was taken up."""
        return awards.accept_offer(award=self.offered(application), at=self.now)

    @property
    def today(self) -> datetime.date:
        """The day on which all of it happens, in Hong Kong."""
        return timezone.localdate(self.now)

    @property
    def project(self) -> Project:
        """The scheme as the funding knows it."""
        return self.scheme.project_ptr
