"""Erasure: nothing of the person is left anywhere, and what was decided and paid stays (threat P2)."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from deploy.cluster import _programs
from deploy.postgres_user import postgres_user
from partners.models import Person
from portfolio.common.everywhere import text_columns
from portfolio.funding.models import LedgerEntry
from scholarships.choices import ErasureBasis
from scholarships.models import Answers, Applicant, ApplicationFile, Erasure, Letter, SecretLink
from scholarships.operations.erasing import (
    Held,
    NotDecided,
    SamePerson,
    StillFound,
    UsedElsewhere,
    erase,
)
from scholarships.operations.personal_values import Values
from tests.factories import CreditFactory, PersonFactory
from tests.own_database import own_database
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.scholarships.people import (
    TRACES,
    VALUES,
    ask_and_decide,
    everything,
    scholar,
    statistics,
    tables_with_traces,
)

pytestmark = pytest.mark.django_db


def test_P2_everything_of_a_person_is_gone_and_the_rest_stays(
    data_folder: Path, django_capture_on_commit_callbacks
):
    call = Call(places=1)
    with django_capture_on_commit_callbacks(execute=True):
        person, _award = scholar(call, with_person=True)
    ask_and_decide(call, person)
    before = statistics(call.round)
    entries = list(LedgerEntry.objects.order_by("pk").values())
    assert {trace for _table, trace in tables_with_traces()} >= {"quillfeather", "羽慧妍"}
    assert len(list((data_folder / "papers").iterdir())) == 1

    with django_capture_on_commit_callbacks(execute=True):
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    assert tables_with_traces() == []
    assert list((data_folder / "papers").iterdir()) == []
    assert statistics(call.round) == before
    assert list(LedgerEntry.objects.order_by("pk").values()) == entries
    person.refresh_from_db()
    assert person.reference.startswith("S-")
    assert (person.email, person.person, person.identity_number) == ("", None, "")
    for model in (Answers, ApplicationFile, Letter, SecretLink):
        assert not model.objects.exists()
    assert person.consents.first().wording == "I, [erased], agree to this."
    assert person.reads.get().purpose == "[erased] rang from [erased]"
    minutes = call.round.panels.get().minutes
    assert minutes == "The panel spoke of [erased] and of ([erased])."
    assert not Person.objects.filter(slug="quillfeather-wai-yin").exists()


def test_P2_a_whole_dump_holds_nothing_of_the_person(data_folder: Path):
    with own_database() as name:
        call = Call(places=1)
        person, _award = scholar(call, with_person=True)
        ask_and_decide(call, person)
        assert "quillfeather" in dump(name)

        call_command("erase_applicants", register=data_folder / "erased.jsonl")

        call_command("verify_ledger", verbosity=0)
        dumped = dump(name)
        assert [trace for trace in TRACES if trace in dumped] == []
        assert person.reference.lower() in dumped
        for file in data_folder.rglob("*"):
            if file.is_file():
                said = file.read_bytes().decode("latin-1").lower()
                assert [trace for trace in TRACES if trace in said] == []
        lines = (data_folder / "erased.jsonl").read_text().splitlines()
        assert [json.loads(line)["reference"] for line in lines] == [person.reference]


def test_whom_somebody_is_changing_waits_and_keeps_no_other_back(data_folder: Path):
    with own_database():
        call = Call()
        changed, other = call.applicant(**VALUES), call.applicant(name_en="Another")
        for person in (changed, other):
            ask_and_decide(call, person)
        second = connection.copy()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET SESSION lock_timeout = '300ms'")
        with second.cursor() as cursor:
            second.set_autocommit(False)
            cursor.execute(
                "UPDATE scholarships_applicant SET phone = '' WHERE id = %s", [changed.pk]
            )

            with pytest.raises(CommandError, match="somebody is changing it now") as said:
                call_command("erase_applicants", register=data_folder / "erased.jsonl")
            second.rollback()
        second.close()

        assert changed.reference in str(said.value)
        assert other.reference not in str(said.value)
        other.refresh_from_db()
        assert other.erased_at is not None
        call_command("erase_applicants", register=data_folder / "erased.jsonl")
        changed.refresh_from_db()
        assert changed.erased_at is not None


def dump(database: str) -> str:
    """All of a database as pg_dump writes it."""
    programs, _version = _programs(postgres_user())
    known = connection.get_connection_params()
    environment = {
        key: str(known[name])
        for key, name in (
            ("PGHOST", "host"), ("PGPORT", "port"), ("PGUSER", "user"), ("PGPASSWORD", "password"),
        )
        if known.get(name)
    }  # fmt: skip
    program = programs / "pg_dump" if programs.exists() else shutil.which("pg_dump")
    done = subprocess.run(
        [str(program), database], env=environment, check=True, capture_output=True
    )
    return done.stdout.decode().lower()


def test_what_cannot_be_redacted_stops_the_erasure_and_is_named():
    call = Call(places=1)
    person, _award = scholar(call)
    ask_and_decide(call, person)
    stray = PersonFactory(name_en="Wai Yin Quillfeather")

    with pytest.raises(StillFound, match=r"partners_person\.name_en \(1\)") as said:
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    assert not [trace for trace in TRACES if trace in str(said.value).lower()]
    person.refresh_from_db()
    assert (person.email, person.erased_at) == (VALUES["email"], None)
    places = {
        "partners_person.name_en",
        "partners_personevent.name_en",
        "partners_person.sort_name",
    }
    erase(
        applicants=[person],
        basis=ErasureBasis.REQUEST,
        at=call.now,
        may_stay=places | {str(c) for c in text_columns() if c.table.startswith("partners_person")},
    )
    stray.refresh_from_db()
    assert stray.name_en == "Wai Yin Quillfeather"


def test_a_file_that_names_the_person_stops_the_erasure(data_folder: Path):
    call = Call()
    person = call.applicant(**VALUES)
    ask_and_decide(call, person)
    log = data_folder / "log" / "site.log"
    log.parent.mkdir()
    log.write_text("sent to WAIYIN.Quillfeather@example.org")

    with pytest.raises(StillFound, match=r"log/site\.log"):
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    log.unlink()
    (data_folder / "media").mkdir()
    (data_folder / "media" / "Quillfeather Wai Yin.jpg").write_bytes(b"-")
    with pytest.raises(StillFound, match="media/"):
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)


def test_a_copy_of_a_paper_under_another_name_stops_the_erasure(data_folder: Path):
    call = Call()
    person = call.applicant(**VALUES)
    row = call.draft(person)
    ask_and_decide(call, person)
    storage = storages["papers"]
    kept = row.files.get()
    copy = storage.save("left", storage.open(kept.path))

    with pytest.raises(StillFound, match=f"papers/{copy}"):
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    storage.delete(copy)
    assert erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)


def test_somebody_with_the_same_name_keeps_it():
    call = Call()
    person = call.applicant(**VALUES)
    namesake = call.applicant(name_en=VALUES["name_en"])
    ask_and_decide(call, person)

    erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    namesake.refresh_from_db()
    assert namesake.name_en == VALUES["name_en"]


def test_what_others_wrote_of_the_person_is_redacted():
    call = Call()
    person = call.applicant(**VALUES)
    other = call.submitted(statement="I write with Wai Yin Quillfeather (5559 0173).")
    ask_and_decide(call, person)

    erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    assert Answers.objects.get(application=other).statement == "I write with [erased] ([erased])."


def test_who_asks_to_be_erased_is_erased_wherever_they_applied():
    call = Call()
    person = call.applicant(**VALUES)
    again = call.applicant(identity_number="q765432 1")
    ask_and_decide(call, person)
    ask_and_decide(call, again)

    with pytest.raises(SamePerson, match=again.reference):
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    done = erase(applicants=[person, again], basis=ErasureBasis.REQUEST, at=call.now)
    assert {row.applicant_id for row in done} == {person.pk, again.pk}


def test_a_person_whom_the_portfolio_names_for_something_else_is_not_removed():
    call = Call(places=1)
    person, _award = scholar(call, with_person=True)
    CreditFactory(person=person.person)
    ask_and_decide(call, person)

    with pytest.raises(UsedElsewhere, match="credits: 1"):
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    assert Person.objects.filter(pk=person.person_id).exists()


def test_only_what_was_decided_is_erased_at_request():
    call = Call()
    person = call.applicant(**VALUES)

    with pytest.raises(NotDecided, match=person.reference):
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)


def test_a_hold_keeps_everything():
    call = Call()
    person = call.applicant(**VALUES)
    person.held_until, person.held_reason = call.now.date().replace(year=2099), "A claim."
    person.save()
    ask_and_decide(call, person)

    with pytest.raises(Held, match="2099"):
        erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL topsheet.erasing = 'on'")
        with refused("applicant_held_is_not_erased"):
            cursor.execute("UPDATE scholarships_applicant SET erased_at = now()")


def test_erasing_twice_erases_once():
    call = Call()
    person = call.applicant(**VALUES)
    ask_and_decide(call, person)

    first = erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)
    second = erase(applicants=[person], basis=ErasureBasis.REQUEST, at=call.now)

    assert ([row.applicant_id for row in first], second) == ([person.pk], [])


def test_P3_a_restored_backup_brings_nobody_back(data_folder: Path):
    call = Call()
    person, stays = call.applicant(**VALUES), call.applicant()
    register = data_folder / "erased.jsonl"
    register.write_text(
        json.dumps({"reference": person.reference, "basis": "REQUEST", "done_at": "2026-01-01"})
        + "\n"
        + json.dumps({"reference": "S-NEVERKNOWN", "basis": "REQUEST", "done_at": "2026-01-01"})
        + "\n"
    )

    call_command("erase_applicants", replay=True, register=register, verbosity=0)

    person.refresh_from_db()
    stays.refresh_from_db()
    assert person.erased_at is not None
    assert stays.erased_at is None
    assert Erasure.objects.get(applicant=person).basis == ErasureBasis.REGISTER
    assert [re.findall(r'"(S-\w+)"', line) for line in register.read_text().splitlines()] == [
        [person.reference], ["S-NEVERKNOWN"],
    ]  # fmt: skip


def test_the_serving_role_erases_nobody(as_app_role: str):
    with pytest.raises(CommandError, match="Only the owner"):
        call_command("erase_applicants")


def test_the_search_looks_at_every_kind_of_column():
    kinds = {column.kind for column in text_columns()}
    tables = {column.table for column in text_columns()}

    assert kinds >= {"text", "character varying", "jsonb", "bytea", "ARRAY"}
    assert tables >= {
        table for table, _text in everything() if table.startswith("scholarships_app")
    }


@pytest.mark.parametrize(
    "text",
    [
        "Quillfeather Wai Yin", "wai yin QUILLFEATHER", "Yin Quillfeather, Wai", "羽慧妍女士", "55590173",
        "00852 5559-0173", "(852) 5559.0173", "Q7654321", "q765432(1)", "024388765432001",
        "mailto:WAIYIN.QUILLFEATHER@EXAMPLE.ORG.", "Quillfeather,  Wai\nYin",
    ],
)  # fmt: skip
def test_a_value_is_found_as_people_write_it(text: str):
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Quillfeather", "A Quillfeather Wai Yinson", "155590173", "555901734", "XQ7654321",
        "not.waiyin.quillfeather@example.org", "waiyin.quillfeather@example.org.hk", "羽慧",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_value_is_let_be(text: str):
    assert not found(text)


def found(text: str) -> bool:
    """Whether PostgreSQL and Python find a value of the scholar in a text; they agree."""
    values = {key: value for key, value in VALUES.items() if key != "birth_date"}
    (sought,) = Values([Applicant(pk=0, **values)]).sought()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, sought.pattern])
        (here,) = cursor.fetchone()
    assert here == bool(re.search(sought.pattern, text, re.IGNORECASE))
    return bool(here)
