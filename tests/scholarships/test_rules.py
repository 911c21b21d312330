"""What the database refuses of scholarship schemes, each beside what it accepts."""

from decimal import Decimal

import pytest
from django.db import connection

from tests.factories import ProductionFactory, SchemeFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_scheme_has_at_least_one_place():
    SchemeFactory(places=1)

    with refused("scheme_has_a_place"):
        SchemeFactory(places=0)


def test_the_amount_of_a_place_is_known_with_its_currency_or_not_disclosed():
    SchemeFactory(amount_per_place=None, amount_currency="")
    SchemeFactory(amount_per_place=Decimal("100000.00"), amount_currency="HKD")

    for amount, currency in ((0, "HKD"), (1, ""), (None, "HKD")):
        with refused("scheme_amount_has_its_currency"):
            SchemeFactory(amount_per_place=amount, amount_currency=currency)
    with refused("scheme_currency_is_iso4217"):
        SchemeFactory(amount_per_place=1, amount_currency="HK$")


def test_the_project_of_a_scheme_is_no_production():
    production, scheme = ProductionFactory(), SchemeFactory()

    with refused("scheme_is_a_scheme"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scholarships_scheme (project_ptr_id, institution_id, places, amount_currency) "
            "VALUES (%s, %s, 1, '')",
            [production.pk, scheme.institution_id],
        )
