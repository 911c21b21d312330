"""A forged form changes nothing that its page does not offer."""

from typing import Any

from django.test import Client

from partners.models import Contact, Organisation
from portfolio.common.publishing import Publication
from portfolio.productions.models import Participation, Production
from portfolio.staff.models import User
from tests import factories
from tests.admin.forms import answers_of, save


def production_url(production: Production) -> str:
    return f"/admin/productions/production/{production.pk}/change/"


def test_fields_that_the_form_does_not_have_are_ignored(boss: Client, rows: Any):
    other = factories.ProductionFactory()

    answer = save(
        boss,
        production_url(rows.production),
        id=other.pk,
        pk=other.pk,
        project_ptr=other.pk,
        kind="SCHOLARSHIP_SCHEME",
        sort_name="zzz",
        search_text="zzz",
        genre="drama",
    )

    assert answer.status_code == 302
    rows.production.refresh_from_db()
    other.refresh_from_db()
    assert (rows.production.genre, rows.production.kind) == ("drama", "PRODUCTION")
    assert rows.production.sort_name == "fearless"
    assert other.genre == ""


def test_a_part_of_another_row_cannot_be_changed_through_this_one(boss: Client, rows: Any):
    foreign = factories.ParticipationFactory()

    answer = save(boss, production_url(rows.production), **{"participations-0-id": foreign.pk})

    assert answer.status_code == 200
    foreign.refresh_from_db()
    assert foreign.production_id != rows.production.pk
    assert Participation.objects.filter(production=rows.production).count() == 1


def test_a_part_cannot_be_moved_to_another_row(boss: Client, rows: Any):
    other = factories.ProductionFactory()

    save(boss, production_url(rows.production), **{"participations-0-production": other.pk})

    assert Participation.objects.filter(production=other).count() == 0


def test_more_rows_than_the_form_shows_are_added_only_with_the_permission(
    browser_of: Any, rows: Any
):
    finance = browser_of("Finance")
    url = f"/admin/partners/organisation/{rows.organisation.pk}/change/"
    page = finance.get(url)
    sent = answers_of(page) | {
        "citations-TOTAL_FORMS": 2,
        "citations-1-source": factories.SourceFactory().pk,
        "citations-1-locator": "p. 2",
        "citations-1-organisation": rows.organisation.pk,
        "citations-0-DELETE": "on",
    }

    finance.post(url, sent)

    # Finance may add a citation, and may not delete one.
    assert rows.organisation.citations.count() == 2


def test_a_viewer_adds_nothing_through_an_inline(browser_of: Any, rows: Any):
    viewer = browser_of("Viewer")
    url = f"/admin/partners/organisation/{rows.organisation.pk}/change/"

    answer = viewer.post(
        url,
        {
            "name_en": "Taken over",
            "contacts-TOTAL_FORMS": 1,
            "contacts-INITIAL_FORMS": 0,
            "contacts-0-name": "Eve",
            "contacts-0-email": "eve@example.org",
        },
    )

    assert answer.status_code == 403
    assert not Contact.objects.filter(name="Eve").exists()
    assert Organisation.objects.get(pk=rows.organisation.pk).name_en == "Youku"


def test_saving_as_new_is_refused(boss: Client, rows: Any):
    answer = save(boss, production_url(rows.production), _saveasnew="1", slug="a-copy")

    assert answer.status_code == 400
    assert not Production.objects.filter(slug="a-copy").exists()


def test_a_form_without_its_inlines_is_refused_and_no_error(boss: Client, rows: Any):
    sent = answers_of(boss.get(production_url(rows.production)))
    sent = {k: v for k, v in sent.items() if "-TOTAL_FORMS" not in k} | {"genre": "drama"}

    answer = boss.post(production_url(rows.production), sent)

    assert answer.status_code == 200
    rows.production.refresh_from_db()
    assert rows.production.genre == ""


def test_an_administrator_makes_nobody_a_superuser(browser_of: Any, officer: Any):
    client = browser_of("Administrator")
    person = officer("Viewer")

    save(client, f"/admin/staff/user/{person.pk}/change/", is_superuser="on", first_name="Vi")

    person.refresh_from_db()
    assert (person.is_superuser, person.first_name) == (False, "Vi")


def test_nobody_changes_their_own_access(browser_of: Any, officer: Any):
    client = browser_of("Administrator")
    me = officer("Administrator")

    save(
        client, f"/admin/staff/user/{me.pk}/change/", groups=[], is_superuser="on", last_name="Lee"
    )

    me.refresh_from_db()
    assert me.last_name == "Lee"
    assert not me.is_superuser
    assert [group.name for group in me.groups.all()] == ["Administrator"]


def test_a_superusers_account_is_closed_to_administrators(browser_of: Any, superuser: User):
    client = browser_of("Administrator")
    before = superuser.password

    assert (
        client.post(f"/admin/staff/user/{superuser.pk}/change/", {"username": "x"}).status_code
        == 403
    )
    assert client.get(f"/admin/staff/user/{superuser.pk}/password/").status_code == 403
    answer = client.post(
        f"/admin/staff/user/{superuser.pk}/password/",
        {"password1": "another long phrase", "password2": "another long phrase"},
    )

    assert answer.status_code == 403
    superuser.refresh_from_db()
    assert superuser.password == before


def test_no_page_shows_a_password_or_its_hash(boss: Client, superuser: User):
    for page in ("change/", "history/"):
        text = boss.get(f"/admin/staff/user/{superuser.pk}/{page}").content.decode()

        assert superuser.password not in text
        assert superuser.password.split("$")[-1] not in text


def test_a_request_from_a_foreign_page_is_refused(superuser: User, rows: Any):
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)

    answer = client.post(
        "/admin/productions/production/",
        {"action": "make_draft", "_selected_action": [rows.production.pk]},
    )

    assert answer.status_code == 403
    rows.production.refresh_from_db()
    assert rows.production.publication == Publication.PUBLIC


def test_opening_an_address_changes_nothing(boss: Client, rows: Any):
    boss.get("/admin/productions/production/?action=make_draft&_selected_action=1")
    boss.get(f"/admin/productions/production/{rows.production.pk}/delete/?post=yes")

    rows.production.refresh_from_db()
    assert rows.production.publication == Publication.PUBLIC
