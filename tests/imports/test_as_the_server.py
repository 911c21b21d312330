"""Imports as the role that serves requests, under its limit for a statement."""

import pytest
from django.db import connection

from portfolio.imports.choices import BatchState
from portfolio.imports.importers import IMPORTERS
from portfolio.imports.operations.checking import check_file
from portfolio.imports.operations.writing import confirm_batch, undo_batch
from portfolio.productions.models import Production, Release, Result
from portfolio.rights.models import Grant
from tests import factories
from tests.imports.files import AT, TODAY, chief, csv_of, films, movies
from tests.rights.deals import Deals

pytestmark = pytest.mark.django_db


@pytest.fixture
def under_the_limit(as_app_role):
    """No statement takes longer than the server lets it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 2500")


def read(name, data, **context):
    return check_file(
        importer=IMPORTERS[name], data=data, file_name=f"{name}.csv", actor=chief(), at=AT, today=TODAY,
        context=context,
    )  # fmt: skip


def test_three_thousand_films_and_their_figures_come_in_and_go(under_the_limit):
    films_ = films(movies())
    confirm_batch(batch=films_, actor=chief(), at=AT, flagged_too=True)
    figures = read("results", movies(), source=factories.SourceFactory().pk, is_public=False)
    confirm_batch(batch=figures, actor=chief(), at=AT)
    assert Result.objects.standing().count() == 6767

    undo_batch(batch=figures, actor=chief(), at=AT)

    assert Result.objects.standing().count() == 0
    assert Result.objects.count() == 6767
    assert Production.objects.count() == 3185


def test_releases_come_in_and_go(under_the_limit):
    factories.ProductionFactory(slug="a")
    batch = read("releases", csv_of("address,date", "a,2026-06-01"), is_public=False)

    confirm_batch(batch=batch, actor=chief(), at=AT)
    assert Release.objects.count() == 1
    undo_batch(batch=batch, actor=chief(), at=AT)
    assert not Release.objects.exists()


def test_rights_come_in_and_go(under_the_limit):
    deals = Deals(slug="lantern")
    side = factories.OrganisationFactory()
    sheet = csv_of(
        "AltID,Territory,LicenseType,Start,End,Exclusive",
        "lantern,HK MO,SVOD,2026-01-01,Open,TRUE",
        "lantern,HK,EST,Theatrical,2030-12-31,FALSE",
    )
    batch = read(
        "avails", sheet, direction="IN", agreement=deals.agreement(side).pk, other_side=side.pk
    )

    confirm_batch(batch=batch, actor=chief(), at=AT)
    assert Grant.objects.count() == 2
    undo_batch(batch=batch, actor=chief(), at=AT)
    assert not Grant.objects.exists()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
