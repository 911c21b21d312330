"""A made-up programme says so in its list and in the forms of all that belongs to it."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import ProductionFactory, ProgrammeFactory, StrandFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("fictional", [True, False])
def test_forms_and_list_of_a_fictional_programme_say_that_it_is_one(boss: Client, fictional: bool):
    programme = ProgrammeFactory(is_fictional=fictional)
    strand = StrandFactory(programme=programme)
    production = ProductionFactory(strand=strand)
    pages = [
        reverse("admin:programmes_programme_changelist"),
        reverse("admin:programmes_programme_change", args=[programme.pk]),
        reverse("admin:programmes_strand_change", args=[strand.pk]),
        reverse("admin:productions_production_change", args=[production.pk]),
    ]

    said = ["Fictional sample" in boss.get(page).content.decode() for page in pages]

    assert said == [fictional] * 4
