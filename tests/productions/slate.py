"""A film on its way, for tests: what each gate asks for can be given one by one."""

import datetime
import itertools
from typing import Any

from portfolio.productions.choices import ParticipationRole, Stage
from portfolio.productions.models import Production, StageChange
from portfolio.productions.operations.deliverables import decide_deliverable, receive_deliverable
from portfolio.productions.operations.stages import take_step
from portfolio.staff.models import User
from tests.factories import (
    CreditFactory,
    DeliverableFactory,
    DocumentFactory,
    MilestoneFactory,
    ParticipationFactory,
    ProductionFactory,
)
from tests.productions.purse import Purse

NUMBERS = itertools.count(1)
DAY = datetime.date(2026, 6, 1)
AT = datetime.datetime(2026, 6, 1, 10, tzinfo=datetime.UTC)
LATER = datetime.date(2026, 6, 20)


class Slate:
    """A film in the programme, an officer and a second one."""

    def __init__(self, **film: Any) -> None:
        n = next(NUMBERS)
        self.officer, self.second = (
            User.objects.create(username=f"{name}-{n}") for name in ("mover", "acceptor")
        )
        self.film: Production = ProductionFactory(**film)

    def step(self, to_stage: Stage | str, **words: Any) -> StageChange:
        """Move the film; on the first of June by the officer, unless told otherwise."""
        self.film.refresh_from_db()
        return take_step(
            production=self.film, to_stage=Stage(to_stage),
            **{"effective_date": DAY, "actor": self.officer, "at": AT, **words},
        )  # fmt: skip

    def ready_for_greenlight(self) -> None:
        """A logline, a producer and a director."""
        Production.objects.filter(pk=self.film.pk).update(logline_en="Two cooks and one stove.")
        ParticipationFactory(production=self.film, role=ParticipationRole.PRODUCER)
        CreditFactory(production=self.film)

    def ready_for_photography(self) -> None:
        """The planned dates of principal photography."""
        MilestoneFactory(production=self.film, kind="PHOTOGRAPHY_START")
        MilestoneFactory(production=self.film, kind="PHOTOGRAPHY_END")

    def ready_for_financial_close(self) -> None:
        """An approved budget, and a locked plan of one signature that comes to as much."""
        purse = Purse(self.film)
        purse.approved()
        purse.financed("1000")

    def accepted(self, **words: Any) -> Any:
        """A deliverable that one officer took in and the other accepted."""
        row = DeliverableFactory(production=self.film, **words)
        receive_deliverable(deliverable=row, received_date=DAY, actor=self.officer)
        decide_deliverable(deliverable=row, accept=True, actor=self.second, at=AT)
        row.refresh_from_db()
        return row

    def walk_to(self, stage: Stage | str) -> None:
        """Take every step up to a stage, with all that its gates ask for."""
        paper = {"document": DocumentFactory()}
        self.ready_for_greenlight()
        self.ready_for_photography()
        self.accepted()
        MilestoneFactory(production=self.film, kind="RELEASE", actual_date=DAY)
        for step in (
            "DEVELOPMENT", "GREENLIT", "FINANCED", "PRE_PRODUCTION", "PRINCIPAL_PHOTOGRAPHY",
            "POST_PRODUCTION", "DELIVERED", "RELEASED", "ARCHIVED",
        ):  # fmt: skip
            if step == "FINANCED":
                self.ready_for_financial_close()
            self.step(step, **(paper if step in ("GREENLIT", "FINANCED") else {}))
            if step == stage:
                return
