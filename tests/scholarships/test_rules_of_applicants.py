"""What the database refuses of applicants and their secret addresses, each beside what it accepts."""

import datetime

import pytest
from django.db import connection
from django.db.models import F

from scholarships.choices import LinkPurpose, ReadKind
from scholarships.models import Applicant, Consent, PersonalRead, SecretLink
from tests.books import DAY
from tests.refusals import refused
from tests.scholarships.calls import Call

pytestmark = pytest.mark.django_db
EMPTY = {
    "email": "", "name_en": "", "name_zh_hant": "", "name_zh_hans": "", "phone": "",
    "identity_number": None, "birth_date": None, "bank_account": None,
    "identity_fingerprint": "", "person": None,
}  # fmt: skip


@pytest.fixture
def call():
    return Call()


def rows(person):
    return Applicant.objects.filter(pk=person.pk)


def test_an_applicant_has_an_address_of_their_own_or_none():
    Applicant.objects.create(email="mei@example.org")
    Applicant.objects.create(name_en="Without")
    Applicant.objects.create(name_en="Without as well")

    with refused("applicant_has_an_address_of_their_own"):
        Applicant.objects.create(email="mei@example.org")


@pytest.mark.parametrize("email", ["Mei@example.org", "mei @example.org"])
def test_an_address_is_written_in_lower_case(email):
    with refused("applicant_email_is_lower_case"):
        Applicant.objects.create(email=email)


def test_what_is_kept_longer_has_its_day_and_its_reason(call):
    person = call.applicant()
    rows(person).update(held_until=DAY, held_reason="A claim is pending.")
    rows(person).update(held_until=None, held_reason="")

    for half in ({"held_until": DAY}, {"held_reason": "A claim."}):
        with refused("applicant_hold_has_a_reason"):
            rows(person).update(**half)


def test_of_who_was_erased_nothing_is_left_or_entered_again(call):
    person = call.applicant(phone="1")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL topsheet.erasing = 'on'")

    with refused("applicant_erased_is_empty"):
        rows(person).update(erased_at=call.now)
    rows(person).update(erased_at=call.now, **EMPTY)
    for value in ({"email": "mei@example.org"}, {"phone": "1"}, {"birth_date": "2000-01-01"}):
        with refused("applicant_erased_is_empty"):
            rows(person).update(**value)
    with refused("applicant_is_erased_for_good"):
        rows(person).update(erased_at=None)
    with refused("applicant_is_erased_for_good"):
        rows(person).update(erased_at=F("erased_at") + datetime.timedelta(days=1))


def test_who_is_under_a_legal_hold_is_not_erased_before_its_day(call):
    person = call.applicant()
    today = call.now.astimezone(datetime.timezone(datetime.timedelta(hours=8))).date()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL topsheet.erasing = 'on'")

    rows(person).update(
        held_until=today + datetime.timedelta(days=1), held_reason="A claim is pending."
    )
    with refused("applicant_held_is_not_erased"):
        rows(person).update(erased_at=call.now, **EMPTY)
    rows(person).update(held_until=today)
    rows(person).update(erased_at=call.now, **EMPTY)


def test_only_the_fingerprint_of_a_secret_address_is_kept(call):
    terms = {"applicant": call.applicant(), "expires_at": call.now}
    SecretLink.objects.create(sha256="0a" * 32, purpose=LinkPurpose.APPLY, **terms)

    for secret in ("", "a secret", "0A" * 32, "0a" * 31):
        with refused("secret_link_keeps_a_fingerprint"):
            SecretLink.objects.create(sha256=secret, purpose=LinkPurpose.APPLY, **terms)
    with refused("secret_link_purpose_is_known"):
        SecretLink.objects.create(sha256="0b" * 32, purpose="PARTY", **terms)


def test_a_consent_is_for_a_known_use_with_the_words_that_were_shown(call):
    terms = {"applicant": call.applicant(), "is_given": True, "language": "en"}
    Consent.objects.create(use="PUBLIC_NAME", wording="You may name me.", **terms)

    with refused("consent_has_its_words"):
        Consent.objects.create(use="PUBLIC_NAME", wording="", **terms)
    with refused("consent_has_its_words"):
        Consent.objects.create(use="ANYTHING", wording="You may.", **terms)


def test_who_reads_what_is_sealed_or_everything_says_what_for(call):
    terms = {"applicant": call.applicant(), "read_by": call.officer}
    for kind in (ReadKind.RECORD, ReadKind.FILE):
        PersonalRead.objects.create(kind=kind, **terms)
    for kind in (ReadKind.SENSITIVE, ReadKind.EXPORT):
        PersonalRead.objects.create(kind=kind, purpose="Payment", **terms)

        with refused("personal_read_sensitive_has_a_purpose"):
            PersonalRead.objects.create(kind=kind, **terms)
    with refused("personal_read_sensitive_has_a_purpose"):
        PersonalRead.objects.create(kind="GLANCE", purpose="X", **terms)


def test_consents_and_readings_are_only_ever_added(call):
    person = call.applicant()
    consent = Consent.objects.create(
        applicant=person, use="PUBLIC_NAME", is_given=True, wording="Yes.", language="en"
    )
    read = PersonalRead.objects.create(applicant=person, kind="RECORD", read_by=call.officer)

    with refused("consent_never_changes"):
        Consent.objects.filter(pk=consent.pk).update(is_given=False)
    with refused("consent_never_changes"):
        consent.delete()
    with refused("consent_words_stay"):
        Consent.objects.filter(pk=consent.pk).update(wording="No.")
    with refused("personal_read_never_changes"):
        PersonalRead.objects.filter(pk=read.pk).update(read_by=call.second_officer)
    with refused("personal_read_never_changes"):
        read.delete()
    with refused("personal_read_words_stay"):
        PersonalRead.objects.filter(pk=read.pk).update(purpose="Another")
    for table, rule in (
        ("scholarships_consent", "consent_is_never_emptied"),
        ("scholarships_personalread", "personal_read_is_never_emptied"),
    ):
        with refused(rule), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {table}")
