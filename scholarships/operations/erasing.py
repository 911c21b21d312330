"""Erasing people: what is personal goes, what was decided and paid stays, and a search proves it.

Only the owner of the tables can: docs/privacy.md says what is emptied, what is redacted and what stays.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _
from pghistory.models import Event

from partners.models import Person
from portfolio.common.everywhere import REDACTED, Sought, columns_with, redact
from portfolio.common.publishing import Publication
from portfolio.common.refusals import Refused
from scholarships.choices import ErasureBasis
from scholarships.models import (
    Answers,
    Applicant,
    Application,
    ApplicationFile,
    Erasure,
    Letter,
    Outcome,
    ProgressReport,
    Review,
    Score,
    SecretLink,
)
from scholarships.models.applicant import PERSONAL
from scholarships.operations.left_files import files_with, papers_left
from scholarships.operations.papers import delete_when_committed
from scholarships.operations.personal_values import Values

# Words about people stand in these; elsewhere somebody has to look first.
REDACTABLE = ("scholarships_", "imports_", "pghistory_", "django_admin_log", "cache_entries")
MOST_NAMED = 20
SEALED = ("identity_number", "birth_date", "bank_account")


class StillFound(Refused):
    """A value of somebody who is to be erased stands somewhere that no command may change."""


class NotDecided(Refused):
    """The erasure is not decided yet."""


class Held(Refused):
    """A legal hold keeps the data."""


class UsedElsewhere(Refused):
    """The person of the portfolio is used for something else."""


class SamePerson(Refused):
    """Another applicant gave the same identity number."""


def erase(
    *,
    applicants: Collection[Applicant],
    basis: ErasureBasis,
    at: datetime.datetime,
    actor: Any = None,
    may_stay: Collection[str] = (),
) -> list[Erasure]:
    """Erase people for good in one transaction, or nobody where a value of theirs is still found.

    `may_stay` names places, such as partners_person.name_en, in which the same name is somebody else's,
    or stands on other grounds. Files go when the transaction is committed.
    Raises: NotDecided, Held, SamePerson, UsedElsewhere, StillFound.
    """
    with (
        transaction.atomic(),
        pghistory.context(user=None if actor is None else actor.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL topsheet.erasing = 'on'")
        rows = list(
            Applicant.objects.select_for_update()
            .filter(pk__in=[each.pk for each in applicants], erased_at=None)
            .order_by("pk")
        )
        register = [_register(row, basis, at) for row in rows]
        if basis == ErasureBasis.REQUEST:
            _look_for_the_same(rows)
        sought = Values(rows).sought()
        files = ApplicationFile.objects.filter(application__applicant__in=rows)
        papers = dict(files.values_list("path", "sha256"))
        people = [row.person for row in rows if row.person is not None]
        for row in rows:
            _empty(row, at)
        _empty_what_they_wrote(rows)
        with _history_can_be_mended():
            for person in people:
                _forget(person)
            _empty_histories(rows)
            _redact(sought)
            _prove(sought, papers, may_stay)
        for entry in register:
            entry.done_at = at
            entry.save()
        delete_when_committed(papers)
    return register


@contextmanager
def _history_can_be_mended() -> Iterator[None]:
    """The triggers that write histories and keep them rest, in this transaction, for its owner alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', (SELECT '{' || string_agg(DISTINCT tgname, ',') || '}' "
            r"FROM pg_trigger WHERE tgname LIKE 'pgtrigger\_%'), true)"
        )
        yield
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def _register(row: Applicant, basis: ErasureBasis, at: datetime.datetime) -> Erasure:
    entry = Erasure.objects.filter(applicant=row).first()
    if basis == ErasureBasis.REQUEST and (entry is None or entry.decided_at is None):
        raise NotDecided(_("The erasure of %(who)s is not decided yet.") % {"who": row})
    if basis == ErasureBasis.REGISTER and row.held_until is not None:
        # A hold that was lifted before the erasure came back with the backup.
        row.held_until, row.held_reason = None, ""
        row.save(update_fields=["held_until", "held_reason"])
    if row.held_until is not None and row.held_until > timezone.localdate(at):
        raise Held(
            _("A legal hold keeps %(who)s until %(day)s.") % {"who": row, "day": row.held_until}
        )
    if entry is None:
        return Erasure.objects.create(applicant=row, basis=basis, asked_at=at)
    if entry.decided_at is None:
        entry.basis = basis
    return entry


def _look_for_the_same(rows: Sequence[Applicant]) -> None:
    """Somebody who asks to be erased is erased wherever they applied."""
    marks = {row.identity_fingerprint for row in rows} - {""}
    others = Applicant.objects.filter(identity_fingerprint__in=marks).exclude(
        pk__in=[row.pk for row in rows]
    )
    if named := ", ".join(str(other) for other in others):
        raise SamePerson(
            _("The same identity number was given by %(others)s: ask for their erasure as well.")
            % {"others": named}
        )


def _empty(row: Applicant, at: datetime.datetime) -> None:
    for name in PERSONAL:
        setattr(row, name, None if name in SEALED else "")
    row.person = None
    row.held_until, row.held_reason = None, ""
    row.erased_at = row.changed_at = at
    row.save()


def _empty_what_they_wrote(rows: Sequence[Applicant]) -> None:
    """Statements, papers, letters, addresses, reports; and what others wrote of them in reviews."""
    Letter.objects.filter(applicant__in=rows).delete()
    SecretLink.objects.filter(applicant__in=rows).delete()
    theirs = Application.objects.filter(applicant__in=rows)
    Answers.objects.filter(application__in=theirs).delete()
    ApplicationFile.objects.filter(application__in=theirs).delete()
    reviews = Review.objects.filter(application__in=theirs)
    Score.objects.filter(review__in=reviews).exclude(comment="").update(comment="")
    reviews.exclude(comment="").update(comment="")
    reviews.exclude(recusal_reason="").update(recusal_reason=REDACTED)
    ProgressReport.objects.filter(award__application__in=theirs).exclude(text="").update(text="")
    Outcome.objects.filter(award__application__in=theirs).update(
        title=REDACTED, place="", happened_on=None, project=None, source=None,
        publication=Publication.DRAFT, embargoed_until=None,
    )  # fmt: skip


def _empty_histories(rows: Sequence[Applicant]) -> None:
    """In what rows were before, the same is empty."""
    theirs = Application.objects.filter(applicant__in=rows)
    _of_history(Applicant, rows, held_reason="")
    _of_history(Review, Review.objects.filter(application__in=theirs), recusal_reason=REDACTED)
    _of_history(
        Outcome,
        Outcome.objects.filter(award__application__in=theirs),
        happened_on=None, project=None, source=None,
    )  # fmt: skip


def _of_history(model: Any, rows: Iterable[Any], **values: Any) -> None:
    events = model.pgh_event_model.objects.filter(pgh_obj__in=[row.pk for row in rows])
    if "recusal_reason" in values:
        events = events.exclude(recusal_reason="")
    events.update(**values)


def _forget(person: Person) -> None:
    """Remove somebody from the people of the portfolio, with the names in the history of that row."""
    own = {"personcitation", "position", "personevent"}
    uses = {}
    for relation in Person._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        if not (relation.auto_created and relation.is_relation) or relation.concrete:
            continue
        if model._meta.model_name in own or issubclass(model, Event):
            continue
        column = relation.field.name  # type: ignore[union-attr]
        if count := model._base_manager.filter(**{column: person}).count():
            uses[str(model._meta.verbose_name_plural)] = count
    if uses:
        raise UsedElsewhere(
            _(
                "The portfolio names this person for something else (%(uses)s). Take that off; or, where "
                "it stays on other grounds, take the person off the applicant and say which names may stay."
            )
            % {"uses": ", ".join(f"{name}: {count}" for name, count in uses.items())}
        )
    pk = person.pk
    try:
        person.delete()
    except (ProtectedError, RestrictedError) as error:
        raise UsedElsewhere(_("Other rows still refer to it.")) from error
    events: Any = Person.pgh_event_model  # type: ignore[attr-defined]
    events.objects.filter(pgh_obj_id=pk).update(
        name_en="", name_zh_hant="", name_zh_hans="", aliases=[], slug="", notes=""
    )


def _redact(sought: Sequence[Sought]) -> None:
    for each in sought:
        for column, _count in columns_with(each):
            if column.table.startswith(REDACTABLE) and column.kind not in ("bytea", "tsvector"):
                redact(column, each)


def _prove(sought: Sequence[Sought], papers: dict[str, str], may_stay: Collection[str]) -> None:
    """Nothing is left, or nobody is erased."""
    places = [
        f"{column} ({count})" for each in sought for column, count in columns_with(each)
        if str(column) not in may_stay
    ]  # fmt: skip
    needles = tuple({needle for each in sought for needle in each.needles})
    places += [
        str(path)
        for path in [*files_with(needles), *papers_left(papers)]
        if str(path) not in may_stay
    ]
    if places:
        raise StillFound(
            _(
                "What identifies them still stands in: %(places)s. Take it out there, or say with --may-stay "
                "that it is somebody else's or stays on other grounds."
            )
            % {
                "places": ", ".join(places[:MOST_NAMED])
                + (" …" if len(places) > MOST_NAMED else "")
            }
        )
