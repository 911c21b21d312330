"""Who sees what of a person, and that it is kept who did (threats P4, P6, P7)."""

import datetime
import io
import json
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from scholarships.choices import ConsentUse, ReadKind
from scholarships.models import Applicant, Consent, Erasure, PersonalRead
from scholarships.operations.consents import consents_of, record_consent
from scholarships.operations.masks import masked
from scholarships.operations.reads import record_read
from tests.admin.people import browser
from tests.factories import PersonFactory
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.scholarships.people import STATEMENT, VALUES, scholar

pytestmark = pytest.mark.django_db

OFFICER = (
    "view_applicant", "change_applicant", "reveal_applicant", "view_application",
    "add_consent", "view_erasure", "add_erasure", "change_erasure",
)  # fmt: skip
SENSITIVE = ("765432", "2003-07-19", "024-388", "024388765432001")


def allowed(user: Any, *names: str) -> Client:
    """A browser of somebody who may do exactly this."""
    user.is_staff = True
    user.save()
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="scholarships", codename__in=names)
    )
    assert user.user_permissions.count() == len(names)
    return browser(type(user).objects.get(pk=user.pk))


@pytest.fixture
def call() -> Call:
    return Call(places=1)


@pytest.fixture
def person(call: Call) -> Applicant:
    return call.applicant(**VALUES)


def text(client: Client, path: str, data: Any = None, status: int = 200) -> str:
    answer = client.get(path) if data is None else client.post(path, data)
    assert answer.status_code == status, (path, answer.status_code)
    return str(answer.content.decode())


def of(person: Applicant, name: str = "change") -> str:
    return f"/admin/scholarships/applicant/{person.pk}/{name}/"


def test_P4_opening_a_person_is_kept_and_holds_nothing_of_them(call: Call, person: Applicant):
    officer = allowed(call.officer, *OFFICER)

    html = text(officer, of(person))

    read = PersonalRead.objects.get()
    assert (read.applicant, read.kind, read.read_by) == (person, ReadKind.RECORD, call.officer)
    assert read.path == of(person)
    assert VALUES["name_en"] in html
    row = str(PersonalRead.objects.values().get())
    assert not [value for value in VALUES.values() if value in row]


def test_P4_what_was_read_stays_on_record(call: Call, person: Applicant):
    read = record_read(applicant=person, kind=ReadKind.RECORD, actor=call.officer, path="/x/")

    with refused("personal_read_never_changes"):
        read.delete()
    with refused("personal_read_never_changes"):
        PersonalRead.objects.update(kind=ReadKind.FILE)
    with refused("personal_read_words_stay"):
        PersonalRead.objects.update(purpose="Another one.")
    with refused("personal_read_sensitive_has_a_purpose"):
        record_read(applicant=person, kind=ReadKind.SENSITIVE, actor=call.officer)


def test_P6_what_is_sensitive_is_masked_until_it_is_asked_for_with_a_purpose(
    call: Call, person: Applicant
):
    officer = allowed(call.officer, *OFFICER)

    for path in (
        of(person),
        "/admin/scholarships/applicant/",
        of(person, "reveal"),
        of(person, "history"),
    ):
        html = text(officer, path)
        assert not [value for value in SENSITIVE if value in html], path
    assert "•••• 4321" in text(officer, of(person))
    assert "Q765432" not in text(officer, of(person, "reveal"), {"purpose": ""})
    assert not PersonalRead.objects.filter(kind=ReadKind.SENSITIVE).exists()

    shown = text(officer, of(person, "reveal"), {"purpose": "To pay the first instalment."})

    assert all(VALUES[name] in shown for name in ("identity_number", "birth_date", "bank_account"))
    read = PersonalRead.objects.get(kind=ReadKind.SENSITIVE)
    assert (read.purpose, read.read_by) == ("To pay the first instalment.", call.officer)


def test_P6_who_may_only_look_reads_references(call: Call, person: Applicant):
    auditor = allowed(call.officer, "view_applicant")

    listed = text(auditor, "/admin/scholarships/applicant/")

    assert person.reference in listed
    assert VALUES["name_en"] not in listed
    for name in ("reveal", "export"):
        text(auditor, of(person, name), status=403)
        text(auditor, of(person, name), {"purpose": "Curious."}, status=403)
    text(auditor, "/admin/scholarships/applicant/find/", status=403)
    assert "765432" not in text(auditor, of(person))
    assert [read.kind for read in PersonalRead.objects.all()] == [ReadKind.RECORD]


def test_P6_a_person_is_called_by_their_reference_wherever_rows_are_named(person: Applicant):
    assert str(person) == person.reference
    assert VALUES["name_en"] not in repr(person)


def test_P6_people_are_found_by_what_they_gave_and_no_address_of_a_page_holds_it(
    call: Call, person: Applicant
):
    officer = allowed(call.officer, *OFFICER)
    other = call.applicant()

    for said in ("wai yin", VALUES["email"].upper(), "Q7654321", VALUES["phone"], person.reference):
        html = text(officer, "/admin/scholarships/applicant/find/", {"text": said})
        assert of(person) in html, said
        assert of(other) not in html, said
    assert "nobody" in text(officer, "/admin/scholarships/applicant/find/", {"text": "Nobody Else"})
    assert person.reference not in text(officer, "/admin/scholarships/applicant/?q=Quillfeather")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("A123456(7)", "•••• 4567"),
        ("1234567", "••••"),
        ("", ""),
        (None, ""),
        ("024-388-12345", "•••• 2345"),
    ],
)
def test_P6_a_number_is_masked_to_its_last_four_signs(value: str | None, shown: str):
    assert masked(value) == shown


def test_what_is_sensitive_is_entered_by_a_step_of_its_own(call: Call, person: Applicant):
    officer = allowed(call.officer, *OFFICER)

    text(officer, of(person, "step/sensitive"), {"bank_account": "111-222-333"}, status=302)

    person.refresh_from_db()
    assert (person.bank_account, person.identity_number) == (
        "111-222-333",
        VALUES["identity_number"],
    )


def test_a_person_is_changed_on_their_page(call: Call, person: Applicant):
    officer = allowed(call.officer, *OFFICER)
    form = {
        name: getattr(person, name)
        for name in ("name_en", "name_zh_hant", "name_zh_hans", "phone", "language")
    }

    text(officer, of(person), form | {"email": "New@Example.org", "held_reason": ""}, status=302)

    person.refresh_from_db()
    assert (person.email, person.identity_number) == ("new@example.org", VALUES["identity_number"])


def test_the_portfolio_names_only_who_agreed(call: Call, person: Applicant):
    officer = allowed(call.officer, *OFFICER)
    call.officer.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="partners", codename="view_person")
    )
    form = {name: getattr(person, name) for name in ("name_en", "email", "language")}
    form |= {"person": PersonFactory().pk, "held_reason": ""}

    assert "did not agree to be named" in text(officer, of(person), form)

    agree(person, ConsentUse.PUBLIC_NAME)
    text(officer, of(person), form, status=302)


def agree(person: Applicant, use: ConsentUse, *, is_given: bool = True) -> Consent:
    return record_consent(
        applicant=person, use=use, is_given=is_given, wording="I agree.", language="en"
    )


def test_P1_a_consent_counts_until_it_is_taken_back(person: Applicant):
    assert consents_of(person) == dict.fromkeys(ConsentUse.values, False)

    agree(person, ConsentUse.PUBLIC_NAME)
    agree(person, ConsentUse.PUBLIC_WORK)
    agree(person, ConsentUse.PUBLIC_WORK, is_given=False)

    assert consents_of(person) == {
        "PUBLIC_NAME": True, "PUBLIC_WORK": False, "LATER_SURVEY": False,
    }  # fmt: skip


def test_P1_a_consent_stays_with_its_words(person: Applicant):
    said = agree(person, ConsentUse.PUBLIC_NAME)

    with refused("consent_never_changes"):
        Consent.objects.update(is_given=False)
    with refused("consent_never_changes"):
        said.delete()
    with refused("consent_words_stay"):
        Consent.objects.update(wording="I agree to everything.")
    with refused("consent_has_its_words"):
        record_consent(
            applicant=person, use=ConsentUse.PUBLIC_NAME, is_given=True, wording="", language="en"
        )


def test_a_consent_by_telephone_is_kept_by_staff(call: Call, person: Applicant):
    officer = allowed(call.officer, *OFFICER)
    agree(person, ConsentUse.PUBLIC_NAME)

    said = {"use": "PUBLIC_NAME", "is_given": "no", "wording": "Take my name off, please."}
    text(officer, of(person, "step/consent"), said, status=302)

    assert consents_of(person)["PUBLIC_NAME"] is False


def test_who_asks_for_an_erasure_does_not_decide_about_it(call: Call, person: Applicant):
    officer = allowed(call.officer, *OFFICER)
    text(officer, of(person, "step/ask-erasure"), {}, status=302)
    asked = Erasure.objects.get(applicant=person)
    path = f"/admin/scholarships/erasure/{asked.pk}/step/decide/"

    assert "Somebody else than who entered it decides." in text(officer, path, {})
    second = allowed(call.second_officer, *OFFICER)
    text(second, path, {}, status=302)

    asked.refresh_from_db()
    assert (asked.decided_by, asked.done_at) == (call.second_officer, None)


@pytest.mark.usefixtures("as_app_role")
def test_the_serving_role_asks_and_decides_and_erases_nobody():
    call = Call()
    person = call.applicant(**VALUES)
    asked = {"applicant": person, "basis": "REQUEST", "asked_by": call.officer}

    with refused("erasure_begins_as_a_request"):
        Erasure.objects.create(
            **asked | {"decided_at": call.now, "decided_by": call.second_officer}
        )
    with refused("erasure_begins_as_a_request"):
        Erasure.objects.create(applicant=person, basis="RETENTION")
    row = Erasure.objects.create(**asked)
    with refused("erasure_is_carried_out_by_the_command"):
        Erasure.objects.update(
            decided_at=call.now, decided_by=call.second_officer, done_at=call.now
        )
    Erasure.objects.update(decided_at=call.now, decided_by=call.second_officer)
    person.email = person.phone = person.name_en = person.name_zh_hant = person.name_zh_hans = ""
    person.identity_number = person.birth_date = person.bank_account = None
    person.identity_fingerprint, person.erased_at = "", call.now
    with refused("applicant_is_erased_by_the_command"):
        person.save()
    with refused("applicant_is_kept"):
        call.applicant().delete()
    row.delete()


def test_the_rules_of_the_register(call: Call, person: Applicant):
    asked = {"applicant": person, "basis": "REQUEST", "asked_by": call.officer}

    with refused("erasure_basis_is_known"):
        Erasure.objects.create(applicant=person, basis="WHIM")
    with refused("erasure_at_request_says_who_entered_it"):
        Erasure.objects.create(applicant=person, basis="REQUEST")
    with refused("erasure_is_decided_by_another"):
        Erasure.objects.create(**asked, decided_at=call.now, decided_by=call.officer)
    with refused("erasure_done_was_decided"):
        Erasure.objects.create(**asked, done_at=call.now)
    row = Erasure.objects.create(**asked, decided_at=call.now, decided_by=call.second_officer)
    Erasure.objects.update(done_at=call.now)
    for change in ({"done_at": None}, {"asked_by": call.second_officer}):
        with refused("erasure_done_is_kept"):
            Erasure.objects.update(**change)
    with refused("erasure_done_is_kept"):
        row.delete()


def test_P7_everything_about_a_person_is_exported_with_a_purpose(call: Call):
    person, award = scholar(call, with_person=True)
    officer = allowed(call.officer, *OFFICER)

    answer = officer.post(of(person, "export"), {"purpose": "They asked for it."})

    assert answer["Content-Disposition"] == f'attachment; filename="{person.reference}.zip"'
    assert "no-store" in answer["Cache-Control"]
    kept = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    data = json.loads(kept.read("data.json"))
    assert {name: data["person"][name] for name in VALUES} == VALUES
    (row,) = data["applications"]
    assert row["answers"]["statement"] == STATEMENT
    assert [each["points"] for each in row["reviews"][0]["points"]] == [9, 9]
    assert row["panels"][0]["outcome"] == "AWARD"
    assert row["award"]["commitment"]["amount"] == "100000.00"
    assert row["award"]["reports"][0]["text"].startswith("I am")
    assert row["award"]["outcomes"][0]["title"].startswith("Prize")
    assert [step["state"] for step in row["history"]][:2] == ["DRAFT", "SUBMITTED"]
    assert {use["use"] for use in data["consents"]} == set(ConsentUse.values)
    assert data["person_of_the_portfolio"]["slug"] == "quillfeather-wai-yin"
    (paper,) = [name for name in kept.namelist() if name.startswith("papers/")]
    assert kept.read(paper).startswith(b"%PDF-")
    read = PersonalRead.objects.get(kind=ReadKind.EXPORT)
    assert (read.purpose, read.read_by) == ("They asked for it.", call.officer)
    assert call.officer.username not in json.dumps(data)
    assert award.application.number == row["number"]


def test_P7_an_export_without_a_purpose_is_not_made(call: Call, person: Applicant):
    officer = allowed(call.officer, *OFFICER)

    html = text(officer, of(person, "export"), {"purpose": " "})

    assert "<form" in html
    assert not PersonalRead.objects.exists()


def test_the_history_of_a_person_holds_no_value_of_theirs(call: Call, person: Applicant):
    officer = allowed(call.officer, *OFFICER)
    person.name_en = "Another Name"
    person.save()

    html = text(officer, of(person, "history"))

    assert not [value for value in (*VALUES.values(), "Another Name") if value in html]


def test_a_hold_says_until_when_and_why(person: Applicant):
    with refused("applicant_hold_has_a_reason"):
        Applicant.objects.update(held_until=datetime.date(2030, 1, 1))
    with refused("applicant_hold_has_a_reason"):
        Applicant.objects.update(held_reason="A claim.")
    Applicant.objects.update(held_until=datetime.date(2030, 1, 1), held_reason="A claim.")


def test_what_an_applicant_gives_is_theirs_alone(person: Applicant):
    with refused("applicant_has_an_address_of_their_own"):
        Applicant.objects.create(email=VALUES["email"])
    with refused("applicant_email_is_lower_case"):
        Applicant.objects.create(email="Upper@example.org")
    Applicant.objects.create(email="")
    Applicant.objects.create(email="")
