"""What is sensitive lies encrypted, and its keys can be changed."""

import io
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from portfolio.common.checks import personal_data_has_its_keys
from portfolio.common.sealed import NoKey, fingerprint
from scholarships.management.register_check import nobody_came_back
from scholarships.models import Applicant

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def kept(person: Applicant, field: str = "identity_number") -> bytes | None:
    """What lies in the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {field} FROM scholarships_applicant WHERE id = %s",
            [person.pk],
        )
        (value,) = cursor.fetchone()
        return None if value is None else bytes(value)


def test_the_table_holds_what_nobody_can_read(settings: SimpleNamespace):
    settings.FIELD_KEYS = [OLD]
    person = Applicant.objects.create(identity_number="A123456(7)")

    sealed = kept(person)

    assert sealed is not None
    assert b"123456" not in sealed
    assert Fernet(OLD).decrypt(sealed) == b"A123456(7)"
    assert Applicant.objects.get().identity_number == "A123456(7)"


def test_the_same_number_is_sealed_differently_each_time():
    one, two = (Applicant.objects.create(identity_number="A123456(7)") for _n in range(2))

    assert kept(one) != kept(two)


def test_nothing_is_kept_of_nothing():
    person = Applicant.objects.create(identity_number="", birth_date=None)

    assert (kept(person), kept(person, "birth_date")) == (None, None)
    assert Applicant.objects.get().identity_number == ""


def test_a_key_that_was_taken_out_is_said_in_words(settings: SimpleNamespace):
    settings.FIELD_KEYS = [OLD]
    Applicant.objects.create(identity_number="A123456(7)")

    settings.FIELD_KEYS = [NEW]
    with pytest.raises(NoKey, match="TOPSHEET_FIELD_KEYS"):
        Applicant.objects.get()
    settings.FIELD_KEYS = []
    with pytest.raises(NoKey, match="TOPSHEET_FIELD_KEYS is not set"):
        Applicant.objects.create(identity_number="A123456(7)")


def test_every_key_opens_and_the_first_one_seals(settings: SimpleNamespace):
    settings.FIELD_KEYS = [OLD]
    first = Applicant.objects.create(identity_number="A1")
    settings.FIELD_KEYS = [NEW, OLD]
    second = Applicant.objects.create(identity_number="A2")

    assert [row.identity_number for row in Applicant.objects.order_by("pk")] == ["A1", "A2"]
    settings.FIELD_KEYS = [OLD, NEW]
    assert [row.identity_number for row in Applicant.objects.order_by("pk")] == ["A1", "A2"]
    assert Fernet(OLD).decrypt(kept(first) or b"") == b"A1"
    assert Fernet(NEW).decrypt(kept(second) or b"") == b"A2"


def rotate() -> str:
    said = io.StringIO()
    call_command("rotate_field_keys", stdout=said, at_once=2)
    return said.getvalue()


def test_keys_are_changed_while_everything_stays_readable(settings: SimpleNamespace):
    settings.FIELD_KEYS = [OLD]
    for n in range(5):
        Applicant.objects.create(identity_number=f"A{n}", bank_account=f"0{n}")
    settings.FIELD_KEYS = [NEW, OLD]
    Applicant.objects.create(identity_number="A5")

    assert rotate() == "Sealed anew: 10. By the first key already: 1.\n"
    assert rotate() == "Sealed anew: 0. By the first key already: 11.\n"

    settings.FIELD_KEYS = [NEW]
    rows = Applicant.objects.order_by("pk")
    assert [row.identity_number for row in rows] == [f"A{n}" for n in range(6)]
    assert [row.bank_account for row in rows] == ["00", "01", "02", "03", "04", ""]


def test_a_value_that_no_key_opens_is_named_and_the_others_are_sealed(settings: SimpleNamespace):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    lost = Applicant.objects.create(identity_number="A1")
    settings.FIELD_KEYS = [OLD]
    other = Applicant.objects.create(identity_number="A2")
    settings.FIELD_KEYS = [NEW, OLD]

    with pytest.raises(
        CommandError, match=rf"scholarships_applicant\.identity_number of row {lost.pk}$"
    ):
        rotate()

    assert Fernet(NEW).decrypt(kept(other) or b"") == b"A2"
    settings.FIELD_KEYS = []
    with pytest.raises(CommandError, match="TOPSHEET_FIELD_KEYS is not set"):
        rotate()


def test_a_fingerprint_tells_numbers_apart_and_needs_its_key(settings: SimpleNamespace):
    settings.FINGERPRINT_KEY = "one"
    of_one = fingerprint("A1234567")

    assert of_one == fingerprint("A1234567") != fingerprint("A1234568")
    settings.FINGERPRINT_KEY = "two"
    assert fingerprint("A1234567") != of_one


def test_a_server_without_keys_is_warned(settings: SimpleNamespace):
    settings.FIELD_KEYS, settings.FINGERPRINT_KEY = [NEW], "another"
    assert personal_data_has_its_keys() == []

    settings.FIELD_KEYS, settings.FINGERPRINT_KEY = [], settings.SECRET_KEY
    assert [m.id for m in personal_data_has_its_keys()] == ["topsheet.W005", "topsheet.W007"]
    settings.FIELD_KEYS, settings.FINGERPRINT_KEY = ["short"], "another"
    assert [m.id for m in personal_data_has_its_keys()] == ["topsheet.E006"]


def test_P3_a_backup_that_brought_somebody_back_is_noticed(settings: SimpleNamespace, tmp_path):
    settings.ERASURE_REGISTER = tmp_path / "erased.jsonl"
    person = Applicant.objects.create(email="back@example.org")
    assert nobody_came_back(databases=["default"]) == []

    settings.ERASURE_REGISTER.write_text(f'{{"reference": "{person.reference}"}}\n')
    (message,) = nobody_came_back(databases=["default"])
    assert (message.id, message.msg[:8]) == ("topsheet.E009", "1 people")
    settings.ERASURE_REGISTER.write_text("torn")
    assert [m.id for m in nobody_came_back(databases=["default"])] == ["topsheet.E008"]
