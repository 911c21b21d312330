"""A scope says what it means before it is compared with others: on grants, holdbacks and priorities."""

import pytest

from portfolio.common.territories import ISO_3166_1
from portfolio.rights.choices import LEAVES, MEDIA_TREE, Medium, leaves_of
from portfolio.rights.models import Event, Extent, Grant, Holdback, Offer, Priority, TerritorySet
from tests.factories import ProductionFactory
from tests.refusals import refused
from tests.rights.deals import AT, Deals, at_commit, day

pytestmark = pytest.mark.django_db

SCOPED = ("grant", "holdback", "priority")


@pytest.fixture
def deals() -> Deals:
    made = Deals()
    made.owned()
    return made


def scoped(deals: Deals, model: str):
    """A row of the model, whose scope is everything everywhere, and no clash with anything."""
    if model == "grant":
        return deals.draft("FREE_TV", "HK")
    if model == "holdback":
        return deals.holdback(deals.draft("FREE_TV", "HK"), "ON_DEMAND", "HK")
    return deals.priority("REMAKE", "WORLD")


@pytest.mark.parametrize("model", SCOPED)
@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        ("media_are_known", {"media": []}, {"media": ["FREE_TV"]}),
        ("media_are_known", {"media": ["RADIO"]}, {"media": ["TELEVISION", "CLIPS"]}),
        ("media_are_known", {"media_except": ["RADIO"]}, {"media_except": ["PAY_TV"]}),
        ("has_territories", {"territories": []}, {"territories": ["HK"]}),
        ("languages_are_tags", {"languages": ["Cantonese"]}, {"languages": ["yue", "zh-Hant"]}),
        ("languages_are_tags", {"languages": ["en", ""]}, {"languages": ["en-GB"]}),
        ("start_fits_its_kind", {"start_date": None}, {"start_date": day("2026-02-01")}),
        ("start_fits_its_kind", {"start_kind": "OPEN"}, {"start_kind": "OPEN", "start_date": None}),
        ("start_fits_its_kind", {"start_lag_days": 1}, {"start_lag_days": 0}),
        ("start_fits_its_kind", {"start_kind": "NEVER"}, {"start_kind": "DATE"}),
        ("end_fits_its_kind", {"end_date": None}, {"end_date": day("2027-12-31")}),
        ("end_fits_its_kind", {"end_kind": "EVENT"}, {"end_kind": "OPEN", "end_date": None}),
        ("end_fits_its_kind", {"end_lag_months": 1}, {"end_lag_months": 0}),
        ("days_are_in_order", {"end_date": day("2025-12-31")}, {"end_date": day("2026-01-01")}),
    ],
)
def test_a_scope_is_well_formed(deals, model, rule, wrong, right):
    row = scoped(deals, model)

    with refused(f"{model}_{rule}"):
        type(row).objects.filter(pk=row.pk).update(**wrong)
    type(row).objects.filter(pk=row.pk).update(**right)
    at_commit()


RULES_OF_SCOPES = """
grant_media_are_known holdback_media_are_known priority_media_are_known
grant_has_territories holdback_has_territories priority_has_territories
grant_languages_are_tags holdback_languages_are_tags priority_languages_are_tags
grant_start_fits_its_kind holdback_start_fits_its_kind priority_start_fits_its_kind
grant_end_fits_its_kind holdback_end_fits_its_kind priority_end_fits_its_kind
grant_days_are_in_order holdback_days_are_in_order priority_days_are_in_order
grant_title_never_changes holdback_title_never_changes priority_title_never_changes
"""


@pytest.mark.parametrize("model", SCOPED)
def test_a_scope_stays_with_its_title(deals, model):
    row = scoped(deals, model)

    with refused(f"{model}_title_never_changes"):
        type(row).objects.filter(pk=row.pk).update(title=ProductionFactory())


@pytest.mark.parametrize("model", SCOPED)
def test_territories_are_codes_or_sets(deals, model):
    row = scoped(deals, model)

    for wrong in ("XX", "ATLANTIS", "hk"):
        with refused("scope_territories_are_known"):
            type(row).objects.filter(pk=row.pk).update(territories_except=[wrong])
    type(row).objects.filter(pk=row.pk).update(territories_except=["SOUTHEAST_ASIA", "US"])
    at_commit()


def test_exceptions_leave_something(deals):
    row = scoped(deals, "grant")

    with refused("scope_leaves_something"):
        Grant.objects.filter(pk=row.pk).update(territories_except=["GREATER_CHINA"])
    with refused("scope_leaves_something"):
        Grant.objects.filter(pk=row.pk).update(media_except=["TELEVISION"])
    Grant.objects.filter(pk=row.pk).update(media_except=["PAY_TV"])
    at_commit()


def test_a_window_hangs_on_an_event_of_its_own_title(deals):
    elsewhere = Event.objects.create(title=ProductionFactory(), kind="DELIVERY")
    here = deals.event()

    with refused("scope_hangs_on_events_of_its_title"):
        deals.draft("FREE_TV", "HK", (elsewhere, None))
    deals.draft("FREE_TV", "HK", (here, None))
    at_commit()


def test_a_holdback_is_of_the_title_of_its_grant(deals):
    other = Deals()

    with refused("holdback_is_of_the_title_of_its_grant"):
        other.holdback(deals.draft("FREE_TV", "HK"), "ON_DEMAND", "HK")


def test_an_offer_is_of_a_grant_of_the_same_title(deals):
    other = Deals()

    with refused("offer_is_of_the_title_of_its_priority"):
        deals.offer(deals.priority("REMAKE"), other.draft("REMAKE"), on="2026-02-01")


def test_rules_of_grants_by_themselves(deals):
    row = scoped(deals, "grant")
    grants = Grant.objects.filter(pk=row.pk)

    for rule, wrong in (
        ("grant_direction_is_known", {"direction": "UP"}),
        ("grant_direction_never_changes", {"direction": "IN"}),
        ("grant_basis_is_known", {"basis": "FOUND"}),
        ("grant_exclusivity_is_known", {"exclusivity": "SOME"}),
        ("grant_names_the_other_side", {"other_side": None}),
        ("grant_names_the_other_side", {"agreement": None}),
        ("grant_names_the_other_side", {"basis": "OWNED"}),
        ("grant_amount_has_its_currency", {"minimum_guarantee": "100.00"}),
        ("grant_currency_is_iso4217", {"minimum_guarantee": "100.00", "currency": "HK$"}),
        ("grant_share_is_a_part", {"share_percent": 0}),
        ("grant_share_is_a_part", {"share_percent": "100.01"}),
        (
            "grant_state_has_its_dates",
            {"state": "IN_FORCE", "state_at": AT, "state_by": deals.actor},
        ),
        ("grant_state_has_its_dates", {"granted_date": day("2026-01-01")}),
        (
            "grant_state_has_its_person",
            {"state": "IN_FORCE", "granted_date": day("2026-01-01")},
        ),
    ):
        with refused(rule):
            grants.update(**wrong)
    grants.update(minimum_guarantee="100.00", currency="HKD", share_percent=100, basis="ASSIGNED")
    at_commit()


def test_rules_of_holdbacks_by_themselves(deals):
    row = scoped(deals, "holdback")

    with refused("holdback_binds_a_known_side"):
        Holdback.objects.filter(pk=row.pk).update(binds="NOBODY")
    Holdback.objects.filter(pk=row.pk).update(binds="OTHER_SIDE")


def test_rules_of_priorities_by_themselves(deals):
    row = scoped(deals, "priority")
    rows = Priority.objects.filter(pk=row.pk)

    for rule, wrong in (
        ("priority_kind_is_known", {"kind": "WISH", "answer_days": 1}),
        ("priority_state_is_known", {"state": "LOST", "state_at": AT, "state_by": deals.actor}),
        ("priority_runs_forward", {"valid_until_date": day("2025-12-31")}),
        ("priority_has_days_to_answer", {"answer_days": 30}),
        ("priority_has_days_to_answer", {"kind": "FIRST_LOOK"}),
        ("priority_has_days_to_answer", {"kind": "LAST_MATCH", "answer_days": 367}),
        ("priority_state_has_its_person", {"state": "LAPSED"}),
    ):
        with refused(rule):
            rows.update(**wrong)
    rows.update(kind="LAST_MATCH", answer_days=366, valid_until_date=day("2026-01-01"))


def test_rules_of_offers_by_themselves(deals):
    priority, grant = deals.priority("REMAKE"), deals.draft("REMAKE")
    offer = deals.offer(priority, grant, on="2026-02-01")
    offers = Offer.objects.filter(pk=offer.pk)

    with refused("offer_is_made_once"):
        deals.offer(priority, grant, on="2026-03-01")
    for wrong in (
        {"answer": "DECLINED"},
        {"answer": "MAYBE", "answered_date": day("2026-02-01")},
        {"answer": "DECLINED", "answered_date": day("2026-01-31")},
    ):
        with refused("offer_answer_has_its_day"):
            offers.update(**wrong)
    offers.update(answer="ACCEPTED", answered_date=day("2026-02-01"))


def test_rules_of_events_by_themselves(deals):
    event = deals.event()
    events = Event.objects.filter(pk=event.pk)

    with refused("event_happens_once"):
        deals.event()
    with refused("event_kind_is_known"):
        events.update(kind="WEDDING")
    with refused("event_other_says_what_it_is"):
        events.update(kind="OTHER", place="")
    with refused("event_title_never_changes"):
        events.update(title=ProductionFactory())
    deals.event(place="TW")


def test_rules_of_sets_by_themselves(deals):
    mine = TerritorySet.objects.create(code="TWO_CITIES", name_en="Two cities", codes=["HK", "MO"])
    sets = TerritorySet.objects.filter(pk=mine.pk)

    for rule, wrong in (
        ("territoryset_has_a_name", {"name_en": ""}),
        ("territoryset_code_is_a_word", {"code": "HK"}),
        ("territoryset_has_territories", {"codes": []}),
        ("territoryset_is_of_known_territories", {"codes": ["HK", "XX"]}),
    ):
        with refused(rule):
            sets.update(**wrong)
    sets.update(codes=["HK", "MO", "SG"])


def test_a_set_that_an_agreement_names_stays_as_it_was(deals):
    mine = TerritorySet.objects.create(code="TWO_CITIES", name_en="Two cities", codes=["HK", "MO"])
    deals.draft("FREE_TV", "TWO_CITIES")

    with refused("territoryset_in_use_stays"):
        TerritorySet.objects.filter(pk=mine.pk).update(codes=["HK"])
    with refused("territoryset_in_use_stays"):
        mine.delete()
    with refused("territoryset_in_use_stays"):
        TerritorySet.objects.filter(code="WORLD").delete()
    TerritorySet.objects.filter(pk=mine.pk).update(name_en="Hong Kong and Macao")


def test_extents_are_kept_by_the_database_alone(deals):
    extent = Extent.objects.get(grant=deals.owned("FREE_TV", "HK", exclusivity="NON_EXCLUSIVE"))

    assert (extent.kind, extent.media, extent.counts) == ("IN", 1 << LEAVES.index("FREE_TV"), True)
    for rule, wrong in (
        ("extent_kind_is_known", {"kind": "ODD"}),
        ("extent_exclusivity_is_known", {"exclusivity": "ODD"}),
    ):
        with refused(rule):
            Extent.objects.filter(pk=extent.pk).update(**wrong)
    extent.pk = None
    with refused("extent_is_kept_once"):
        extent.save(force_insert=True)


def test_the_tree_of_media_is_the_same_in_the_database(sql):
    assert sql("SELECT rights_media_codes(rights_media_bits('{ALL}'))") == [list(LEAVES)]
    for medium in Medium:
        assert sql("SELECT rights_media_codes(rights_media_bits(%s))", [medium]) == [
            list(leaves_of(medium))
        ]
    assert set(MEDIA_TREE) | set(LEAVES) | {Medium.ALL} == set(Medium)


def test_the_world_is_iso_3166(sql):
    assert tuple(TerritorySet.objects.get(code="WORLD").codes) == ISO_3166_1
    assert sql(
        "SELECT rights_territory_codes(bits) FROM rights_territoryset WHERE code = 'WORLD'"
    ) == [list(ISO_3166_1)]
