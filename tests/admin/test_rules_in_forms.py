"""What the database forbids is said in the form; nothing is half written, nothing is an error 500."""

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from partners.models import Organisation
from portfolio.productions.models import Participation, Production
from portfolio.programmes.models import Programme, Project
from tests import factories
from tests.admin.forms import faults_of, save


def production_url(production: Project) -> str:
    return f"/admin/productions/production/{production.pk}/change/"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"slug": "Not An Address"}, "slug"),
        ({"slug": "double--hyphen"}, "lower-case letters"),
        ({"year": "1700"}, "year from 1888"),
        ({"announced_amount": "5"}, "its currency"),
        ({"announced_amount": "0", "announced_currency": "HKD"}, "more than zero"),
        ({"announced_amount": "5", "announced_currency": "XXX"}, "ISO 4217"),
        ({"name_en": ""}, "at least one name"),
        ({"publication": "EMBARGOED"}, "moment an embargo ends"),
        ({"standing": "TRACK_RECORD"}, "a track record has none"),
        ({"strand": ""}, "strand of a project in the programme"),
    ],
)
def test_a_broken_rule_is_said_in_the_form(
    boss: Client, rows: Any, changed: dict[str, Any], said: str
):
    answer = save(boss, production_url(rows.production), genre="drama", **changed)

    assert answer.status_code == 200
    assert said in faults_of(answer)
    assert Production.objects.get(pk=rows.production.pk).genre == ""


def test_a_rule_on_the_hidden_owner_of_a_part_is_said_as_well(boss: Client, rows: Any):
    answer = save(
        boss,
        production_url(rows.production),
        **{
            "participations-TOTAL_FORMS": 2,
            "participations-1-organisation": rows.organisation.pk,
            "participations-1-role": "BACKER",
            "participations-1-production": rows.production.pk,
        },
    )

    assert answer.status_code == 200
    assert "already has this role" in faults_of(answer) or "duplicate" in faults_of(answer)
    assert Participation.objects.filter(production=rows.production).count() == 1


def test_a_trigger_that_refuses_is_said_in_the_form_with_what_was_typed(boss: Client, rows: Any):
    elsewhere = factories.StrandFactory()

    answer = save(boss, production_url(rows.production), strand=elsewhere.pk, genre="drama")

    assert answer.status_code == 200
    assert "strand of the project's own programme" in faults_of(answer)
    assert answer.context["adminform"].form["genre"].value() == "drama"
    assert Production.objects.get(pk=rows.production.pk).genre == ""


def test_a_circle_of_organisations_is_refused_in_the_form(boss: Client, rows: Any):
    part = factories.OrganisationFactory(parent=rows.organisation)
    url = f"/admin/partners/organisation/{rows.organisation.pk}/change/"

    answer = save(boss, url, parent=part.pk)

    assert "cannot belong to its own part" in faults_of(answer)
    assert Organisation.objects.get(pk=rows.organisation.pk).parent_id is None


def test_the_refusal_speaks_the_readers_language(boss: Client, rows: Any, settings: Any):
    boss.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hant"

    answer = save(boss, production_url(rows.production), strand=factories.StrandFactory().pk)

    assert "請選擇項目所屬計劃的範疇" in faults_of(answer)


def test_one_place_for_two_strands_is_refused(boss: Client, rows: Any):
    second = factories.StrandFactory(programme=rows.programme)

    answer = save(
        boss, f"/admin/programmes/strand/{second.pk}/change/", position=rows.strand.position
    )

    assert answer.status_code == 200
    assert "stands in this place" in faults_of(answer)


def test_strands_may_change_places_in_one_form(boss: Client, rows: Any):
    second = factories.StrandFactory(programme=rows.programme)
    first_place, second_place = rows.strand.position, second.position

    answer = save(
        boss,
        f"/admin/programmes/programme/{rows.programme.pk}/change/",
        **{"strands-0-position": second_place, "strands-1-position": first_place},
    )

    # The form looks at one row at a time and says no; the database would allow it at commit.
    assert answer.status_code in (200, 302)
    assert Programme.objects.get(pk=rows.programme.pk).strands.count() == 2


def test_what_others_need_is_not_deleted_and_the_page_says_why(boss: Client, rows: Any):
    url = f"/admin/partners/organisation/{rows.organisation.pk}/delete/"

    page = boss.get(url)
    answer = boss.post(url, {"post": "yes"})

    assert "protected" in page.content.decode()
    assert answer.status_code == 200
    assert Organisation.objects.filter(pk=rows.organisation.pk).exists()


def test_a_refusal_while_deleting_is_a_message(boss: Client, rows: Any, monkeypatch: Any):
    def refuse(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "DO $$ BEGIN RAISE EXCEPTION 'row_is_kept: this row is kept' "
                "USING ERRCODE = 'check_violation'; END $$"
            )

    monkeypatch.setattr("portfolio.sources.admin.SourceAdmin.delete_model", refuse)
    source = factories.SourceFactory()

    answer = boss.post(f"/admin/sources/source/{source.pk}/delete/", {"post": "yes"}, follow=True)

    assert answer.status_code == 200
    assert "This row is kept" in [str(message) for message in answer.context["messages"]]


def test_a_fault_that_is_no_rule_stays_a_fault(boss: Client, rows: Any, monkeypatch: Any):
    def fail(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    monkeypatch.setattr("portfolio.sources.admin.SourceAdmin.save_model", fail)

    with pytest.raises(DatabaseError, match="division by zero"):
        save(boss, f"/admin/sources/source/{rows.source.pk}/change/", title="Another")


def test_aliases_are_one_a_line_and_kinds_are_boxes(boss: Client, rows: Any):
    url = f"/admin/partners/organisation/{rows.organisation.pk}/change/"

    answer = save(boss, url, aliases="優酷\n\n 优酷 \n優酷", kinds=["STUDIO", "INVESTOR"])
    bad = save(boss, url, kinds=[])
    unknown = save(boss, url, kinds=["SPY"])

    assert answer.status_code == 302
    rows.organisation.refresh_from_db()
    assert rows.organisation.aliases == ["優酷", "优酷"]
    assert rows.organisation.kinds == ["STUDIO", "INVESTOR"]
    assert bad.status_code == unknown.status_code == 200


def test_an_unchanged_form_changes_nothing(boss: Client, rows: Any):
    from portfolio.common.admin_history import event_models

    tables = event_models()
    before = {model: tables[model].objects.count() for model in tables}

    for name in ("organisation", "person"):
        row = getattr(rows, name)
        assert save(boss, f"/admin/partners/{name}/{row.pk}/change/").status_code == 302
    assert save(boss, production_url(rows.production)).status_code == 302
    assert save(boss, f"/admin/sources/claim/{rows.claim.pk}/change/").status_code == 302

    assert {model: tables[model].objects.count() for model in tables} == before


def test_a_new_row_of_each_sort_is_added(boss: Client, rows: Any):
    added = save(
        boss,
        "/admin/productions/production/add/",
        name_en="New film",
        slug="new-film",
        format="FEATURE_FILM",
        programme=rows.programme.pk,
        strand=rows.strand.pk,
    )
    organisation = save(
        boss,
        "/admin/partners/organisation/add/",
        name_zh_hant="新機構",
        slug="new",
        kinds=["STUDIO"],
    )

    assert added.status_code == organisation.status_code == 302
    film = Production.objects.get(slug="new-film")
    assert (film.kind, film.publication, film.announced_amount) == ("PRODUCTION", "DRAFT", None)


def test_actions_make_rows_public_and_take_them_back(boss: Client, rows: Any):
    draft = factories.ProductionFactory(publication="DRAFT")
    embargoed = factories.ProductionFactory(
        publication="EMBARGOED", embargoed_until="2090-01-01T00:00:00Z"
    )
    marked = {"_selected_action": [draft.pk, embargoed.pk, rows.production.pk]}

    boss.post("/admin/productions/production/", {"action": "make_public", **marked})

    draft.refresh_from_db()
    embargoed.refresh_from_db()
    assert (draft.publication, embargoed.publication) == ("PUBLIC", "PUBLIC")
    assert embargoed.embargoed_until is None

    boss.post("/admin/productions/production/", {"action": "make_draft", **marked})

    assert set(
        Production.objects.filter(pk__in=marked["_selected_action"]).values_list(
            "publication", flat=True
        )
    ) == {"DRAFT"}


def test_an_embargo_is_not_set_for_many_at_once(rows: Any, superuser: Any):
    from portfolio.common.operations import set_publication
    from portfolio.common.publishing import Publication

    with pytest.raises(ValueError, match="row by row"):
        set_publication(
            rows=Production.objects.all(), publication=Publication.EMBARGOED, actor=superuser
        )
