"""The facts of the first programme: what they become, and what changes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from partners.models import Organisation, Person
from portfolio.facts import operations
from portfolio.productions.choices import Stage
from portfolio.productions.models import Credit, Participation, Production
from portfolio.productions.operations.stages import take_step
from portfolio.programmes.models import Programme, ProgrammePartner, Project, Strand
from portfolio.sources.models import Claim, Source
from portfolio.staff.models import User
from scholarships.models import Scheme
from tests.facts.conftest import FILE

COUNTED = [Source, Organisation, Person, Programme, Strand, Project, Production, Scheme, Claim]


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in COUNTED}


def history() -> int:
    """How many changes the database has recorded of productions, partners and their links."""
    tables = ["productions_productionevent", "programmes_projectevent", "partners_organisationevent",
              "productions_participationevent", "programmes_projectcitationevent"]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " + ".join(f"(SELECT count(*) FROM {t})" for t in tables))
        return int(cursor.fetchone()[0])


def test_the_file_becomes_exactly_its_rows(load, shipped):
    load(shipped)

    assert rows() == {
        "Source": 3,
        "Organisation": 19,
        "Person": 5,
        "Programme": 1,
        "Strand": 6,
        "Project": 20,
        "Production": 19,
        "Scheme": 1,
        "Claim": 5,
    }


def test_the_envelope_is_what_the_sources_state(load, shipped):
    load(shipped)

    programme = Programme.objects.get(slug="hk-revitalisation")
    assert (programme.envelope_amount, programme.envelope_currency) == (
        Decimal("5000000000.00"),
        "HKD",
    )
    assert programme.envelope_qualifier == "AT_LEAST"
    assert [(q.amount, q.currency) for q in programme.quoted_equivalents.all()] == [
        (Decimal("640000000.00"), "USD")
    ]
    assert (programme.years, programme.announced_date.isoformat()) == (5, "2024-03-11")
    assert programme.sponsor.slug == "alibaba-dme"


def test_eleven_partners_are_co_initiators(load, shipped):
    load(shipped)

    slugs = set(ProgrammePartner.objects.values_list("organisation__slug", flat=True))
    assert slugs == {
        "edko", "benxiaohai", "mandarin", "huanxi", "media-asia", "universe", "meiya", "one-cool",
        "tvb", "shaw-brothers", "emperor",
    }  # fmt: skip


def test_eighteen_productions_count_and_the_track_record_does_not(load, shipped):
    load(shipped)

    counted = Production.objects.in_programme()
    assert (
        counted.filter(format="TV_DRAMA", participations__organisation__slug="youku").count() == 8
    )
    films = counted.filter(
        format="FEATURE_FILM", participations__organisation__slug="alibaba-pictures"
    )
    assert films.count() == 10
    assert set(
        films.filter(participations__organisation__slug="one-cool-film").values_list("slug")
    ) == {
        ("trier-of-fact",),
        ("last-dance",),
    }
    assert [p.slug for p in Production.objects.track_record()] == ["a-guilty-conscience"]
    assert Production.objects.track_record().get().strand is None


def test_no_amount_is_made_up(load, shipped):
    load(shipped)

    assert not Project.objects.exclude(announced_amount=None).exists()
    assert Scheme.objects.get().amount_per_place is None
    assert Scheme.objects.get().places == 20


def test_every_row_has_its_sources(load, shipped):
    load(shipped)

    for model in (Organisation, Person, Programme, Strand, Project, Claim):
        assert not model.objects.filter(sources=None).exists(), model
    assert [s.slug for s in Programme.objects.get().sources.order_by("slug")] == [
        "mingpao-2024-03-12",
        "press-2024-03-11",
        "press-2024-03-14",
    ]


def test_claims_have_their_speakers(load, shipped):
    load(shipped)

    assert sorted(
        Claim.objects.values_list("speaker__slug", "kind", "organisation__slug"), key=str
    ) == [
        ("jie-li", "OBJECTIVE", None),
        ("kevin-yeung", "EXPECTATION", "alibaba-dme"),
        ("kevin-yeung", "PLAN", None),
        ("ying-xie", "OBJECTIVE", None),
        (None, "EXPECTATION", None),
    ]


def test_a_second_run_changes_nothing_and_says_so(load, shipped, capsys):
    load(shipped)
    before = history()

    call_command("load_facts", str(FILE))

    assert history() == before
    assert capsys.readouterr().out == "Nothing to change: all 175 rows are as the file states.\n"


def test_a_changed_title_changes_that_row_alone(load, shipped):
    load(shipped)
    before = history()
    shipped["productions"][0]["title"]["zh-hans"] = "法证先锋6"

    changes = load(shipped)

    assert changes.lines == [
        "changed production forensic-heroes-vi: name_zh_hans from '' to '法证先锋6'"
    ]
    assert history() == before + 1


def test_a_changed_role_replaces_the_one_that_was_loaded(load, shipped):
    load(shipped)
    shipped["productions"][0]["participants"] = [{"partner": "youku", "role": "distributor"}]

    changes = load(shipped)

    assert len(changes.lines) == 2
    production = Production.objects.get(slug="forensic-heroes-vi")
    assert [(p.organisation.slug, p.role) for p in production.participations.all()] == [
        ("youku", "DISTRIBUTOR")
    ]


def test_what_staff_added_stays(load, shipped):
    load(shipped)
    with connection.cursor() as cursor:
        # The test is one transaction; an officer's would be another one, without the file's context.
        cursor.execute(
            "SELECT set_config('pghistory.context_id', '', true), "
            "set_config('pghistory.context_metadata', '', true)"
        )
    production = Production.objects.get(slug="forensic-heroes-vi")
    tvb = Organisation.objects.get(slug="tvb")
    Participation.objects.create(production=production, organisation=tvb, role="BROADCASTER")
    take_step(
        production=production, to_stage=Stage.DEVELOPMENT, effective_date=date(2026, 6, 1),
        actor=User.objects.create(username="officer"), at=datetime(2026, 6, 1, 12, tzinfo=UTC),
    )  # fmt: skip
    assert production.participations.count() == 2

    changes = load(shipped)

    assert changes.lines == []
    assert production.participations.count() == 2
    assert Production.objects.get(slug="forensic-heroes-vi").stage == "DEVELOPMENT"


def test_a_draft_that_staff_made_stays_a_draft(load, shipped):
    load(shipped)
    Organisation.objects.filter(slug="tvb").update(publication="DRAFT")

    load(shipped)

    assert Organisation.objects.get(slug="tvb").publication == "DRAFT"


def test_credits_name_the_person(load, shipped):
    load(shipped)

    credit = Credit.objects.get()
    assert (credit.person.slug, credit.production.slug, credit.role) == (
        "jack-ng",
        "a-guilty-conscience",
        "DIRECTOR",
    )


def test_a_key_of_another_sort_of_work_is_refused(load, shipped):
    load(shipped)
    shipped["scholarships"][0]["key"] = "last-dance"
    shipped["productions"] = [p for p in shipped["productions"] if p["key"] != "last-dance"]

    with pytest.raises(operations.FactsClash, match="last-dance: this key belongs to another sort"):
        load(shipped)


def test_history_says_that_the_file_did_it(load, shipped):
    load(shipped)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.metadata ->> 'command' FROM productions_productionevent e "
            "JOIN pghistory_context c ON c.id = e.pgh_context_id"
        )
        assert cursor.fetchall() == [("load_facts",)]


def test_if_empty_leaves_an_installation_alone(load, shipped, capsys):
    shipped["productions"] = []
    load(shipped)

    call_command("load_facts", str(FILE), "--if-empty")

    assert Production.objects.in_programme().count() == 0
    assert capsys.readouterr().out == ""


def test_a_file_that_is_not_there_is_said(db):
    with pytest.raises(
        CommandError, match=r"Cannot read /nowhere/x.json: No such file or directory\."
    ):
        call_command("load_facts", "/nowhere/x.json")
