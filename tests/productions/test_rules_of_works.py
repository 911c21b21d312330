"""Credits, numbers in registers and images: what the database refuses, beside what it accepts."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.functions import Now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from portfolio.common.identifiers import canonical
from portfolio.common.publishing import Publication
from portfolio.productions.models import ProductionIdentifier, ProductionImage
from tests.factories import (
    CreditFactory,
    ProductionFactory,
    ProductionImageFactory,
    SourceFactory,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db

EIDR = "10.5240/7791-8534-2C23-9030-8610-5"
OTHER_EIDR = "10.5240/7791-8534-2C23-9030-8611-3"
ISAN = "0000-0000-D07A-0090-Q-0000-0000-X"


@pytest.mark.parametrize(
    ("accepted", "wrong", "rule"),
    [
        ({"role": "CAST", "character_zh_hant": "毛線醫生"}, {"role": "EDITOR", "character_en": "Dr"},
         "credit_character_is_played"),
        ({"role": "CAST", "debut": "NEW_ACTOR", "debut_declared_by": "The producer"},
         {"role": "CAST", "debut": "NEW_ACTOR"}, "credit_first_work_has_a_basis"),
        ({"role": "DIRECTOR"}, {"role": "DIRECTOR", "debut_declared_by": "The producer"},
         "credit_first_work_has_a_basis"),
        ({"role": "DIRECTOR", "debut": "FIRST_FEATURE", "debut_declared_by": "The producer"},
         {"role": "WRITER", "debut": "FIRST_FEATURE", "debut_declared_by": "The producer"},
         "credit_first_work_is_of_its_role"),
        ({"role": "CAST"}, {"role": "CAST", "debut": "LAST", "debut_declared_by": "The producer"},
         "credit_first_work_is_of_its_role"),
    ],
)  # fmt: skip
def test_a_credit_says_what_is_so(accepted, wrong, rule):
    CreditFactory(**accepted)

    with refused(rule):
        CreditFactory(**wrong)


def test_a_first_work_is_one_and_a_source_is_a_basis():
    first = CreditFactory(role="DIRECTOR", debut="FIRST_FEATURE", debut_source=SourceFactory())
    CreditFactory(person=first.person, role="DIRECTOR")

    with refused("credit_is_a_first_work_once"):
        CreditFactory(
            person=first.person, role="DIRECTOR", debut="FIRST_FEATURE", debut_declared_by="She"
        )


@pytest.mark.parametrize(
    ("scheme", "text", "kept"),
    [
        ("EIDR", "https://doi.org/10.5240/7791-8534-2c23-9030-8610-5", EIDR),
        ("EIDR", f" {EIDR} ", EIDR),
        ("ISAN", "ISAN 0000-0000-D07A-0090-Q", "0000-0000-D07A-0090-Q"),
        ("ISAN", "00000000D07A0090Q00000000X", ISAN),
        ("IMDB", "https://www.imdb.com/title/tt0118694/", "tt0118694"),
        ("WIKIDATA", "https://www.wikidata.org/wiki/Q1074", "Q1074"),
        ("DOUBAN", "https://movie.douban.com/subject/1291557/", "1291557"),
    ],
)
def test_a_number_is_kept_as_its_register_writes_it(scheme, text, kept):
    assert canonical(scheme, text) == kept

    row = ProductionIdentifier(production=ProductionFactory(), scheme=scheme, value=text)
    row.full_clean()
    row.save()
    assert row.value == kept


@pytest.mark.parametrize(
    ("scheme", "text", "code"),
    [
        ("EIDR", "10.5240/7791-8534-2C23-9030-8610", "check_missing"),
        ("EIDR", "10.5240/7791-8534-2C23-9030-8610-6", "check_wrong"),
        ("EIDR", "10.5240/7791-8534-2C32-9030-8610-5", "check_wrong"),
        ("EIDR", "10.5239/7791-8534-2C23-9030-8610-5", "syntax"),
        ("EIDR", "", "syntax"),
        ("ISAN", "0000-0000-D07A-0090", "check_missing"),
        ("ISAN", "0000-0000-D07A-0090-0000-0000", "check_missing"),
        ("ISAN", "0000-0000-D07A-0090-R", "check_wrong"),
        ("ISAN", "0000-0000-D07A-0090-Q-0000-0000-Y", "check_wrong"),
        ("ISAN", "0000-0000-D07A-0090-Q-0000", "syntax"),
        ("IMDB", "nm0118694", "syntax"),
        ("WIKIDATA", "Q0", "syntax"),
        ("DOUBAN", "last-dance", "syntax"),
    ],
)
def test_each_fault_of_a_number_has_its_name(scheme, text, code):
    with pytest.raises(ValidationError) as fault:
        canonical(scheme, text)

    assert fault.value.code == code


def test_a_number_belongs_to_one_production():
    film = ProductionFactory()
    ProductionIdentifier.objects.create(production=film, scheme="EIDR", value=EIDR)
    ProductionIdentifier.objects.create(production=film, scheme="ISAN", value=ISAN)

    with refused("production_identifier_belongs_to_one"):
        ProductionIdentifier.objects.create(
            production=ProductionFactory(), scheme="EIDR", value=EIDR
        )
    with refused("production_identifier_is_the_only_one_of_its_register"):
        ProductionIdentifier.objects.create(production=film, scheme="EIDR", value=OTHER_EIDR)


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("EIDR", EIDR[:-1] + "6"),
        ("EIDR", EIDR.replace("2C23", "2C32")),
        ("ISAN", ISAN[:-1] + "Y"),
        ("ISAN", ISAN.replace("-Q-", "-R-")),
        ("ISAN", "0000-0000-D07A-0090-R"),
    ],
)
def test_the_database_as_well_finds_a_digit_that_was_mistyped(scheme, value):
    with refused("production_identifier_was_not_mistyped"):
        ProductionIdentifier.objects.create(
            production=ProductionFactory(), scheme=scheme, value=value
        )


@given(
    st.text("0123456789ABCDEF", min_size=20, max_size=20),
    st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_database_and_the_library_agree_on_check_characters(digits, sign):
    number = f"10.5240/{'-'.join(digits[n : n + 4] for n in range(0, 20, 4))}-{sign}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT production_number_checks('EIDR', %s)", [number])
        (found,) = cursor.fetchone()

    assert found == mod_37_36.is_valid(digits + sign)


@pytest.mark.parametrize(
    ("scheme", "value"), [("EIDR", EIDR.lower()), ("IMDB", "118694"), ("ISBN", "1"), ("ISAN", "")]
)
def test_another_number_is_refused(scheme, value):
    with refused("production_identifier_is_written_as_its_register_does"):
        ProductionIdentifier.objects.create(
            production=ProductionFactory(), scheme=scheme, value=value
        )


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"kind": "SELFIE"}, "image_kind_is_known"),
        ({"licence": "FOUND"}, "image_licence_is_known"),
        ({"credit_line": ""}, "image_has_a_credit_line"),
        ({"alt_en": ""}, "image_is_described"),
        ({"sha256": "../../etc"}, "image_fingerprint_is_hexadecimal"),
        ({"widths": []}, "image_fingerprint_is_hexadecimal"),
        ({"publication": Publication.EMBARGOED}, "image_publication_is_known"),
    ],
)
def test_an_image_says_whose_it_is_and_what_is_on_it(wrong, rule):
    ProductionImageFactory(alt_en="", alt_zh_hans="两个厨师")

    with refused(rule):
        ProductionImageFactory(**wrong)


def test_an_image_is_kept_once_and_public_when_its_production_is():
    shown = ProductionImageFactory()
    ProductionImageFactory(production=shown.production, publication=Publication.DRAFT)
    ProductionImageFactory(production=ProductionFactory(publication=Publication.DRAFT))

    assert list(ProductionImage.objects.public(Now())) == [shown]
    with refused("image_is_kept_once"):
        ProductionImageFactory(production=shown.production, sha256=shown.sha256)
