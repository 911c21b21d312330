"""Rights in the staff admin: forms, steps, the page of a title, what is free."""

from typing import Any

import pytest
from django.test import Client

from portfolio.rights.models import Event, Grant
from tests.admin.people import browser
from tests.factories import OrganisationFactory
from tests.rights.deals import Deals, at_commit, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals() -> Deals:
    made = Deals(slug="twilight", name_en="Twilight")
    made.owned()
    return made


@pytest.fixture
def desk(deals: Deals) -> Client:
    return browser(deals.actor, "Programme officer")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def form_of_grant(deals: Deals, **fields: Any) -> dict[str, Any]:
    other = OrganisationFactory(name_en="Lantern Pictures")
    return {
        "title": deals.title.pk, "direction": "OUT", "basis": "LICENSED", "exclusivity": "EXCLUSIVE",
        "may_license_on": "on", "other_side": other.pk, "agreement": deals.agreement(other).pk,
        "media": ["FREE_TV", "PAY_TV"], "territories": "HK\nMO", "territories_except": "",
        "languages": "yue", "start_kind": "DATE", "start_date": "2026-03-01", "start_lag_months": 0,
        "start_lag_days": 0, "end_kind": "OPEN", "end_date": "", "end_lag_months": 0,
        "end_lag_days": 0, "minimum_guarantee": "1,500,000.00", "currency": "HKD", "notes": "",
        "share_percent": "", "reversion_date": "", "reversion_condition": "", **fields,
    }  # fmt: skip


def test_a_grant_is_negotiated_in_a_form_and_put_in_force_by_a_step(deals, desk):
    answer = desk.post("/admin/rights/grant/add/", form_of_grant(deals))
    assert answer.status_code == 302, answer.context["adminform"].errors
    grant = Grant.objects.licensed().get()
    assert (grant.state, grant.media, grant.territories) == (
        "DRAFT",
        ["FREE_TV", "PAY_TV"],
        ["HK", "MO"],
    )
    assert "Put in force" in page(desk, f"/admin/rights/grant/{grant.pk}/change/")

    answer = desk.post(
        f"/admin/rights/grant/{grant.pk}/step/put-in-force/", {"granted_date": "2026-02-01"}
    )

    assert answer.status_code == 302
    grant.refresh_from_db()
    assert (grant.state, grant.granted_date, grant.state_by) == (
        "IN_FORCE",
        day("2026-02-01"),
        deals.actor,
    )
    text = page(desk, f"/admin/rights/grant/{grant.pk}/change/")
    assert "End early" in text
    assert "Put in force" not in text


def test_a_clash_is_said_in_the_step_and_nothing_was_saved(deals, desk):
    deals.licensed("TELEVISION", "HK")
    at_commit()
    desk.post("/admin/rights/grant/add/", form_of_grant(deals))
    grant = Grant.objects.filter(state="DRAFT").get()

    text = desk.post(
        f"/admin/rights/grant/{grant.pk}/step/put-in-force/", {"granted_date": "2026-02-01"}
    ).content.decode()

    assert (
        "Twilight, Pay television in Hong Kong from 1 March 2026 to 31 December 2026 is licensed to"
        in text
    )
    grant.refresh_from_db()
    assert (grant.state, grant.granted_date) == ("DRAFT", None)


def test_a_wrong_scope_is_said_in_the_form(deals, desk):
    for fields, words in (
        (
            {"territories": "HK\nATLANTIS"},
            "ATLANTIS is neither an ISO 3166-1 code nor a set of territories",
        ),
        ({"start_kind": "EVENT"}, "Give the first day, or the event that it begins after."),
        ({"languages": "Cantonese"}, "no language"),
        ({"minimum_guarantee": "100", "currency": ""}, "currency"),
    ):
        answer = desk.post("/admin/rights/grant/add/", form_of_grant(deals, **fields))

        assert answer.status_code == 200
        assert words in answer.content.decode(), fields
    assert not Grant.objects.licensed().exists()


def test_the_date_of_an_event_is_looked_at_before_it_is_saved(deals, desk):
    release = deals.event()
    deals.licensed("FREE_TV", "HK", ("2027-01-01", "2028-12-31"))
    deals.licensed("TELEVISION", "HK", ((release, 6, 0), (release, 18, 0)))
    at_commit()
    step = f"/admin/rights/event/{release.pk}/step/date/"

    clash = desk.post(step, {"date": "2026-03-01", "basis": "", "looked": ""}).content.decode()
    assert "Nothing was saved." in clash
    assert "from 1 January 2027 to 1 September 2027" in clash
    free = desk.post(step, {"date": "2025-03-01", "basis": "", "looked": ""}).content.decode()
    assert "Nothing clashes. Press again to save." in free
    assert 'value="2025-03-01"' in free
    assert Event.objects.get().date is None

    answer = desk.post(step, {"date": "2025-03-01", "basis": "Trade press", "looked": "2025-03-01"})

    assert answer.status_code == 302
    assert (Event.objects.get().date, Event.objects.get().basis) == (
        day("2025-03-01"),
        "Trade press",
    )


def test_another_day_than_the_one_looked_at_is_looked_at_first(deals, desk):
    release = deals.event()

    desk.post(
        f"/admin/rights/event/{release.pk}/step/date/",
        {"date": "2026-03-02", "basis": "", "looked": "2026-03-01"},
    )

    assert Event.objects.get().date is None


def test_an_option_is_closed_by_a_step(deals, desk):
    option = deals.priority("REMAKE", "WORLD")

    answer = desk.post(f"/admin/rights/priority/{option.pk}/step/close/", {"state": "LAPSED"})

    assert answer.status_code == 302
    option.refresh_from_db()
    assert (option.state, option.state_by) == ("LAPSED", deals.actor)


def test_the_page_of_a_title_shows_windows_and_what_is_free(
    deals, desk, django_assert_max_num_queries
):
    lantern = OrganisationFactory(name_en="Lantern Pictures")
    grant = deals.licensed("FREE_TV", "HK", ("2026-03-01", "2026-12-31"), to=lantern)
    deals.holdback(grant, "ON_DEMAND", "HK", ("2026-03-01", "2026-06-30"))
    deals.priority("REMAKE", "WORLD")
    deals.event()
    at_commit()
    url = f"/admin/rights/titles/{deals.title.pk}/"
    page(desk, url)

    # Session and person, title, extents, avails, events, sets.
    with django_assert_max_num_queries(12):
        text = page(desk, url)

    assert text.count("<rect") == 4
    assert "Lantern Pictures" in text
    assert "1 March 2026 – 31 December 2026" in text
    assert "until 28 February 2026<br>from 1 January 2027" in text


def test_a_title_without_rights_says_what_comes_first(desk):
    other = Deals()

    text = page(desk, f"/admin/rights/titles/{other.title.pk}/")

    assert "No rights are recorded" in text
    assert "direction=IN" in text


def test_avails_are_asked_by_title_and_by_territory(deals, desk):
    deals.licensed("FREE_TV", "HK", ("2026-03-01", "2026-12-31"))
    at_commit()

    by_title = page(desk, "/admin/rights/avails/?title=twilite&medium=FREE_TV&territory=HK")
    by_place = page(desk, "/admin/rights/avails/?territory=HK&medium=TELEVISION")
    nothing = page(desk, "/admin/rights/avails/?medium=TELEVISION")

    assert "until 28 February 2026<br>from 1 January 2027" in by_title
    assert "Twilight" in by_place
    assert "Pay per view, Pay television, Streamed channels" in by_place
    assert "Give a title or a territory." in nothing


def test_rights_are_closed_to_who_may_not_see_them(deals, browser_of):
    scholar = browser_of("Scholarship officer")

    for path in (f"titles/{deals.title.pk}/", "avails/", "grant/", "priority/", "event/"):
        assert scholar.get(f"/admin/rights/{path}").status_code == 403
    viewer = browser_of("Viewer")
    grant = Grant.objects.get()
    assert viewer.post(f"/admin/rights/grant/{grant.pk}/step/end/", {}).status_code == 403
