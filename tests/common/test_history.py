"""Every change is recorded by the database, whoever makes it and however."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from portfolio.common.grants import rights_of
from portfolio.productions.models import Participation
from portfolio.programmes.models import Project
from tests.factories import ParticipationFactory, ProductionFactory, SourceFactory

pytestmark = pytest.mark.django_db

OURS = ("portfolio.", "partners.", "scholarships.")


def events(label: str, pk: int) -> list[tuple[str, ...]]:
    model = apps.get_model(*label.split("."))
    return list(
        model.objects.filter(pgh_obj_id=pk).order_by("pgh_id").values_list("pgh_label", flat=True)
    )


def test_every_model_keeps_its_history():
    kept = {m.pgh_tracked_model for m in apps.get_models() if getattr(m, "pgh_tracked_model", None)}
    ours = {
        m
        for m in apps.get_models()
        if f"{m.__module__}.".startswith(OURS) and not m.__name__.endswith("Event")
    }

    # What is only ever added is its own history; what the database keeps is made of it.
    without = {m for m in ours - kept if not m._meta.proxy and "UPDATE" in rights_of(m)}
    # Answers to repeated requests, letters and secret addresses say themselves when that was; and of
    # an applicant who is erased no letter or address is left, in no history either.
    told = {"ApiHits", "KeptAnswer", "DigestSent", "Letter", "SecretLink"}
    assert {m.__name__ for m in without} <= told


def test_saving_changing_and_deleting_are_recorded():
    participation = ParticipationFactory(role="BACKER")
    pk = participation.pk
    participation.role = "PRODUCER"
    participation.save()
    participation.delete()

    assert events("productions.ParticipationEvent", pk) == ["insert", "update", "delete"]


def test_saving_what_did_not_change_is_not_recorded():
    source = SourceFactory()
    source.save()

    assert events("sources.SourceEvent", source.pk) == ["insert"]


def test_bulk_writes_are_recorded_row_by_row():
    one, two = ProductionFactory(), ProductionFactory()

    Project.objects.filter(pk__in=[one.pk, two.pk]).update(remarks="Seen.")
    Participation.objects.bulk_create(
        ParticipationFactory.build(production=p, organisation=ParticipationFactory().organisation)
        for p in (one, two)
    )

    assert events("programmes.ProjectEvent", one.pk) == ["insert", "update"]
    assert events("programmes.ProjectEvent", two.pk) == ["insert", "update"]
    for participation in Participation.objects.filter(production__in=[one, two]):
        assert events("productions.ParticipationEvent", participation.pk) == ["insert"]


def test_raw_sql_is_recorded():
    source = SourceFactory(title="Before")

    with connection.cursor() as cursor:
        cursor.execute("UPDATE sources_source SET title = 'After' WHERE id = %s", [source.pk])

    model = apps.get_model("sources", "SourceEvent")
    titles = (
        model.objects.filter(pgh_obj_id=source.pk)
        .order_by("pgh_id")
        .values_list("title", flat=True)
    )
    assert list(titles) == ["Before", "After"]


@pytest.mark.parametrize(
    "statement", ["UPDATE sources_sourceevent SET title = ''", "DELETE FROM sources_sourceevent"]
)
def test_history_itself_is_never_changed(statement):
    SourceFactory()

    with (
        pytest.raises(DatabaseError, match=r"Cannot (update|delete)"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
