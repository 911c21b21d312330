"""Awards: money first, then the offer; a place and its commitment stand or fall in one step."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.choices import AgreementKind
from partners.models import Agreement, AgreementParty
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.choices import ConditionKind
from portfolio.funding.models import Commitment
from portfolio.funding.operations import commitments, posting
from portfolio.funding.operations.commitments import Share, Slice
from scholarships.choices import ApplicationState, AwardState, LetterKind
from scholarships.models import Application, Award, ProgressReport, Round
from scholarships.operations.applications import StepTaken, context
from scholarships.operations.letters import write_letter


class NoMoney(Refused):
    """The place has no approved commitment."""


class NoAgreement(Refused):
    """The round has no signed agreement with its institution."""


class NotSelected(Refused):
    """The application was not selected, or has its place already."""


class NobodyWaits(Refused):
    """The waiting list is empty."""


@atomic_retrying
def prepare_award(
    *,
    application: Application,
    amount: Decimal,
    currency: str,
    shares: Sequence[Share],
    instalments: Sequence[Slice],
    at: datetime.datetime,
    actor: Any,
) -> Commitment:
    """Draft the commitment of a place and ask for its approval, before anything is offered.

    It may be done for who waits as well; what is approved and not signed consumes nothing.
    Units: the instalments add up to `amount`, in `currency`.
    """
    with context(actor):
        row = (
            Application.objects.select_for_update(of=("self",), no_key=True)
            .select_related("round__scheme__institution")
            .get(pk=application.pk)
        )
        scheme = row.round.scheme
        commitment = commitments.draft_commitment(
            programme=scheme.programme,
            project=scheme.project_ptr,  # type: ignore[attr-defined]
            payee=scheme.institution,
            # By its number: a commitment outlives the person's data.
            title=_("Scholarship %(number)s") % {"number": row.number},
            amount=amount,
            currency=currency,
            shares=shares,
            slices=instalments,
            at=at,
            actor=actor,
        )
        commitments.submit_commitment(commitment=commitment, at=at, actor=actor)
        row.commitment = commitment
        row.save(update_fields=["commitment"])
    return commitment


@atomic_retrying
def offer_place(
    *,
    application: Application,
    at: datetime.datetime,
    actor: Any,
    starts_on: datetime.date | None = None,
    replaces: Award | None = None,
) -> Award:
    """Offer a place: the place is taken, the letter of award made, the money committed, all or nothing.

    Raises: NotSelected, NoMoney, NoAgreement; IntegrityError with the name of the rule, such as
    award_takes_a_place_there_is.
    """
    with context(actor):
        row = (
            Application.objects.select_for_update(of=("self",), no_key=True)
            .select_related("round__agreement", "applicant", "commitment__programme")
            .get(pk=application.pk)
        )
        if row.state != ApplicationState.SELECTED:
            raise NotSelected(_("A place is offered to who was selected and has none yet."))
        commitment = row.commitment
        if commitment is None:
            raise NoMoney(_("Prepare the money of the place first, and have it approved."))
        _letter_of_award(row, commitment, at)
        commitments.sign_commitment(commitment=commitment, at=at, actor=actor)
        award = Award.objects.create(
            round=row.round,
            application=row,
            commitment=commitment,
            state_by=actor,
            offered_at=at,
            offered_by=actor,
            reply_by=at + datetime.timedelta(days=row.round.reply_days),
            starts_on=starts_on,
            replaces=replaces,
        )
        _expect_reports(award)
        row.state, row.state_at, row.state_by = ApplicationState.AWARDED, at, actor
        row.save(update_fields=["state", "state_at", "state_by"])
        write_letter(applicant=row.applicant, kind=LetterKind.OFFER, application=row)
    return award


def _letter_of_award(row: Application, commitment: Commitment, at: datetime.datetime) -> None:
    """The agreement of one place, made under that of the round and binding the same parties."""
    frame = row.round.agreement
    parties = list(frame.parties.all()) if frame is not None else []
    if frame is None or len(parties) < 2 or any(p.signed_date is None for p in parties):
        raise NoAgreement(
            _("The round needs its agreement with the institution, signed by all parties.")
        )
    day = timezone.localdate(at)
    letter = Agreement.objects.create(
        reference=f"{frame.reference[:45]}/{row.number}",
        title=_("Letter of award %(number)s") % {"number": row.number},
        kind=AgreementKind.SCHOLARSHIP,
        start_date=day,
    )
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=letter,
            organisation_id=party.organisation_id,
            role=party.role,
            signatory=_("Under %(agreement)s") % {"agreement": frame.reference},
            signed_date=day,
        )
        for party in parties
    )
    commitment.agreement = letter
    commitment.save(update_fields=["agreement"])


def _expect_reports(award: Award) -> None:
    """A report for each instalment that waits for one."""
    conditions = [
        condition
        for tranche in award.commitment.tranches.order_by("number").prefetch_related("conditions")
        for condition in tranche.conditions.all()
        if condition.kind == ConditionKind.REPORT_ACCEPTED
    ]
    ProgressReport.objects.bulk_create(
        ProgressReport(
            award=award, number=number, due_date=condition.tranche.due_date, condition=condition
        )
        for number, condition in enumerate(conditions, start=1)
    )


@atomic_retrying
def accept_offer(*, award: Award, at: datetime.datetime, actor: Any = None) -> Award:
    """Take up an offered place, by its day. `actor` is None where the applicant did it."""
    return _step(award, AwardState.ACCEPTED, at=at, actor=actor)


@atomic_retrying
def give_up(
    *, award: Award, state: AwardState, at: datetime.datetime, actor: Any, reason: str = ""
) -> Award:
    """Decline, let lapse, resign or end an award: the place is free, and what is outstanding is to be taken back.

    The cancellation of the rest is asked for in the same step; somebody else approves it. What was paid
    and is owed back is a refund, entered when it comes.
    """
    with context(actor):
        row = _step(award, state, at=at, actor=actor, reason=reason)
        commitment = row.commitment
        left = sum((posting.outstanding(p) for p in posting.positions_of(commitment)), Decimal(0))
        if left > 0:
            commitments.request_cancellation(
                commitment=commitment,
                at=at,
                actor=actor or row.offered_by,
                reason=f"{row.get_state_display()}: {row.application.number}"[:200],
            )
        ProgressReport.objects.filter(award=row, state="EXPECTED").delete()
    return row


@atomic_retrying
def defer_award(
    *,
    award: Award,
    starts_on: datetime.date,
    days: int,
    at: datetime.datetime,
    actor: Any,
    reason: str,
) -> Award:
    """Put off the beginning: instalments and reports that are not due yet move by as many days."""
    with context(actor):
        row = _step(award, AwardState.DEFERRED, at=at, actor=actor, reason=reason)
        row.starts_on = starts_on
        row.save(update_fields=["starts_on"])
        later = datetime.timedelta(days=days)
        row.commitment.tranches.filter(state="SCHEDULED").update(due_date=F("due_date") + later)
        row.reports.filter(state="EXPECTED").update(due_date=F("due_date") + later)
    return row


@atomic_retrying
def resume_award(*, award: Award, at: datetime.datetime, actor: Any) -> Award:
    """Begin an award that was put off."""
    return _step(award, AwardState.ACCEPTED, at=at, actor=actor)


@atomic_retrying
def complete_award(*, award: Award, at: datetime.datetime, actor: Any) -> Award:
    """End an award whose reports are all accepted."""
    return _step(award, AwardState.COMPLETED, at=at, actor=actor)


@atomic_retrying
def move_up(*, round_pk: int, at: datetime.datetime, actor: Any) -> Application:
    """Select the first on the waiting list. Raises: NobodyWaits; IntegrityError where no place is free."""
    with context(actor):
        # One after the other: who waited for the same row would find nobody there.
        Round.objects.select_for_update(no_key=True).get(pk=round_pk)
        first = (
            Application.objects.select_for_update(no_key=True)
            .filter(round=round_pk, state=ApplicationState.WAITING)
            .order_by("waiting_place")
            .first()
        )
        if first is None:
            raise NobodyWaits(_("Nobody is on the waiting list."))
        first.state, first.state_at, first.state_by = ApplicationState.SELECTED, at, actor
        first.waiting_place = None
        first.save()
    return first


def _step(
    award: Award, state: AwardState, *, at: datetime.datetime, actor: Any, reason: str = ""
) -> Award:
    with context(actor):
        row = Award.objects.select_for_update(of=("self",), no_key=True).get(pk=award.pk)
        if row.state == state:
            raise StepTaken(_("This was done already."))
        row.state, row.state_at, row.state_by, row.state_reason = state, at, actor, reason
        row.save()
        row.refresh_from_db()
    return row
