"""No right is given twice, and none that was never acquired."""

import datetime

import pytest
from django.db import transaction

from portfolio.common.refusals import refusal_of
from portfolio.rights import operations
from portfolio.rights.choices import EndReason
from tests.factories import OrganisationFactory
from tests.refusals import refused
from tests.rights.deals import AT, Deals, at_commit, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals() -> Deals:
    made = Deals(name_en="Twilight")
    made.owned()
    return made


def test_an_exclusive_grant_may_not_overlap_another(deals):
    deals.licensed("SUBSCRIPTION_VOD", "HK", ("2026-01-01", "2026-06-30"))

    with refused("grant_is_exclusive_as_it_says"):
        deals.licensed("ON_DEMAND", "GREATER_CHINA", ("2026-06-30", "2026-12-31"))


@pytest.mark.parametrize(
    ("media", "territories", "window"),
    [
        ("ON_DEMAND", "GREATER_CHINA", ("2026-07-01", "2026-12-31")),
        ("TELEVISION", "GREATER_CHINA", ("2026-01-01", "2026-12-31")),
        ("ON_DEMAND", "SOUTHEAST_ASIA", ("2026-01-01", "2026-12-31")),
    ],
)
def test_the_next_day_another_medium_or_another_place_is_free(deals, media, territories, window):
    deals.licensed("SUBSCRIPTION_VOD", "HK", ("2026-01-01", "2026-06-30"))

    deals.licensed(media, territories, window)
    at_commit()


def test_exceptions_make_room(deals):
    deals.licensed("SUBSCRIPTION_VOD", "HK")

    deals.licensed("ALL", "WORLD", territories_except="HK")
    deals.licensed("ALL", "HK", media_except="ON_DEMAND")
    at_commit()


def test_grants_beside_others_are_fine_until_one_is_exclusive(deals):
    deals.licensed("FREE_TV", "HK", exclusivity="NON_EXCLUSIVE")
    deals.licensed("FREE_TV", "HK", exclusivity="NON_EXCLUSIVE")
    at_commit()

    with refused("grant_is_exclusive_as_it_says"):
        deals.licensed("FREE_TV", "HK", exclusivity="CO_EXCLUSIVE")


def test_co_exclusive_grants_stand_beside_each_other(deals):
    deals.licensed("FREE_TV", "HK", exclusivity="CO_EXCLUSIVE")

    deals.licensed("FREE_TV", "HK", exclusivity="CO_EXCLUSIVE")
    at_commit()


def test_the_refusal_names_title_medium_territory_days_and_the_other_agreement(deals):
    other = OrganisationFactory(name_en="Lantern Pictures")
    first = deals.licensed("FREE_TV", "HK", ("2026-03-01", None), to=other)

    with pytest.raises(Exception) as refusal, transaction.atomic():  # noqa: PT012
        deals.licensed("TELEVISION", "GREATER_CHINA", ("2026-01-01", "2026-12-31"))
        at_commit()

    assert str(refusal_of(refusal.value)) == (
        "Twilight, Free television in Hong Kong from 1 March 2026 to 31 December 2026 is licensed to "
        f"Lantern Pictures under agreement {first.agreement.reference} already"
    )


def test_what_was_never_acquired_is_not_licensed():
    deals = Deals()
    deals.acquired("ON_DEMAND", "HK MO", ("2026-01-01", "2026-12-31"))

    deals.licensed("SUBSCRIPTION_VOD", "HK", ("2026-01-01", "2026-12-31"))
    at_commit()
    for media, territories, window in (
        ("FREE_TV", "HK", ("2026-01-01", "2026-12-31")),
        ("FREE_VOD", "HK TW", ("2026-01-01", "2026-12-31")),
        ("FREE_VOD", "HK", ("2026-01-01", "2027-01-01")),
        ("FREE_VOD", "HK", (None, "2026-12-31")),
    ):
        with refused("grant_is_out_of_what_was_acquired"):
            deals.licensed(media, territories, window)


def test_acquisitions_add_up():
    deals = Deals()
    deals.acquired("ALL", "HK", ("2026-01-01", "2026-06-30"))
    deals.acquired("TELEVISION", "HK", ("2026-07-01", None))
    deals.acquired("ON_DEMAND THEATRICAL", "HK", ("2026-07-01", None))

    deals.licensed("FREE_TV FREE_VOD", "HK", ("2026-03-01", "2028-12-31"))
    at_commit()
    with refused("grant_is_out_of_what_was_acquired"):
        deals.licensed("AIRLINES PAY_TV", "HK", ("2026-03-01", "2028-12-31"))


def test_an_exclusive_grant_needs_an_exclusive_right():
    deals = Deals()
    deals.acquired("FREE_TV", "HK", exclusivity="NON_EXCLUSIVE")

    with refused("grant_is_out_of_what_was_acquired"):
        deals.licensed("FREE_TV", "HK")
    deals.licensed("FREE_TV", "HK", exclusivity="NON_EXCLUSIVE")
    at_commit()


def test_a_right_that_may_not_be_licensed_on_is_not():
    deals = Deals()
    deals.acquired("FREE_TV", "HK", fields={"may_license_on": False})

    with refused("grant_is_out_of_what_was_acquired"):
        deals.licensed("FREE_TV", "HK")


def test_a_right_in_every_language_is_more_than_any_list_of_languages():
    deals = Deals()
    deals.acquired("FREE_TV", "HK", languages="yue en")

    deals.licensed("FREE_TV", "HK", languages="yue")
    at_commit()
    with refused("grant_is_out_of_what_was_acquired"):
        deals.licensed("FREE_TV", "HK", ("2026-01-01", "2026-12-31"), "en zh-Hant")
    with refused("grant_is_out_of_what_was_acquired"):
        deals.licensed("FREE_TV", "MO")


def test_languages_part_grants(deals):
    deals.licensed("FREE_TV", "HK", languages="yue")

    deals.licensed("FREE_TV", "HK", languages="en")
    at_commit()
    with refused("grant_is_exclusive_as_it_says"):
        deals.licensed("FREE_TV", "HK")


def test_what_is_relied_on_does_not_end_before_what_relies_on_it(deals):
    root = deals.title.grants.acquired().get()
    grant = deals.licensed("FREE_TV", "HK", ("2026-01-01", "2026-12-31"))
    at_commit()

    with refused("grant_is_out_of_what_was_acquired"):
        operations.end_grant(
            grant=root, ended_date=day("2026-06-30"), reason=EndReason.REVERSION, at=AT,
            actor=deals.actor,
        )  # fmt: skip
    root.refresh_from_db()
    operations.end_grant(
        grant=grant, ended_date=day("2026-06-30"), reason=EndReason.TERMINATION, at=AT,
        actor=deals.actor,
    )  # fmt: skip
    operations.end_grant(
        grant=root, ended_date=day("2026-06-30"), reason=EndReason.REVERSION, at=AT,
        actor=deals.actor,
    )  # fmt: skip
    at_commit()


def test_an_ended_grant_makes_room_and_comes_back_only_where_there_is_room(deals):
    first = deals.licensed("FREE_TV", "HK")
    operations.end_grant(
        grant=first, ended_date=day("2026-03-31"), reason=EndReason.TERMINATION, at=AT,
        actor=deals.actor,
    )  # fmt: skip
    deals.licensed("FREE_TV", "HK", ("2026-04-01", "2026-12-31"))
    at_commit()

    with refused("grant_is_exclusive_as_it_says"):
        operations.resume_grant(grant=first, at=AT, actor=deals.actor)


def test_two_grants_change_places_in_one_transaction(deals):
    early = deals.licensed("FREE_TV", "HK", ("2026-01-01", "2026-06-30"))
    late = deals.licensed("FREE_TV", "HK", ("2026-07-01", "2026-12-31"))
    at_commit()

    early.start_date, early.end_date = late.start_date, late.end_date
    late.start_date, late.end_date = day("2026-01-01"), day("2026-06-30")
    early.save()
    late.save()
    at_commit()


def test_holdbacks_are_kept(deals):
    cinema = deals.licensed("THEATRICAL", "HK", ("2026-01-01", "2026-04-30"))
    deals.holdback(cinema, "ON_DEMAND", "HK", ("2026-01-01", "2026-07-31"))
    at_commit()

    with refused("grant_keeps_to_holdbacks"):
        deals.licensed("SUBSCRIPTION_VOD", "HK", ("2026-07-31", "2026-12-31"))
    deals.licensed("SUBSCRIPTION_VOD", "HK", ("2026-08-01", "2026-12-31"))
    at_commit()
    with refused("grant_keeps_to_holdbacks"):
        deals.holdback(cinema, "ON_DEMAND", "HK", ("2026-08-01", "2026-08-31"))
    deals.holdback(cinema, "ON_DEMAND", "HK", ("2026-08-01", "2026-08-31"), binds="OTHER_SIDE")
    at_commit()


def test_an_option_keeps_others_waiting_until_its_holder_declines(deals):
    option = deals.priority("REMAKE", "WORLD", (None, None), runs=("2026-02-01", "2026-06-30"))
    at_commit()
    remake = deals.draft("REMAKE", "WORLD", ("2026-03-01", None))

    with refused("grant_waits_for_those_who_come_first"):
        deals.force(remake, on=day("2026-03-01"))
    remake.refresh_from_db()
    deals.offer(option, remake, on="2026-02-10", declined="2026-03-01")
    deals.force(remake, on=day("2026-03-01"))
    at_commit()


@pytest.mark.parametrize("on", ["2026-01-31", "2026-07-01"])
def test_before_and_after_its_term_an_option_binds_nobody(deals, on):
    deals.priority("REMAKE", "WORLD", (None, None), runs=("2026-02-01", "2026-06-30"))

    deals.licensed("REMAKE", "WORLD", ("2026-03-01", None), on=day(on))
    at_commit()


def test_the_holder_of_an_option_may_take_it_up(deals):
    option = deals.priority("REMAKE", "WORLD", (None, None), runs=("2026-01-01", "2026-06-30"))

    deals.licensed("REMAKE", "WORLD", ("2026-03-01", None), to=option.holder)
    at_commit()


def test_a_first_look_that_was_not_answered_has_lapsed_after_its_days(deals):
    look = deals.priority("SEQUEL", "WORLD", (None, None), kind="FIRST_LOOK", days=30,
                          runs=("2026-01-01", "2026-12-31"))  # fmt: skip
    sequel = deals.draft("SEQUEL", "WORLD", ("2026-06-01", None))
    offer = deals.offer(look, sequel, on="2026-03-01")
    offer.refresh_from_db()
    assert offer.answer_due_date == day("2026-03-31")

    with refused("grant_waits_for_those_who_come_first"):
        deals.force(sequel, on=day("2026-03-31"))
    sequel.refresh_from_db()
    deals.force(sequel, on=day("2026-04-01"))
    at_commit()


def test_an_answer_that_let_a_grant_pass_is_not_taken_back(deals):
    option = deals.priority("REMAKE", "WORLD", (None, None))
    remake = deals.draft("REMAKE", "WORLD", ("2026-03-01", None))
    offer = deals.offer(option, remake, on="2026-01-02", declined="2026-01-03")
    deals.force(remake, on=day("2026-01-03"))
    at_commit()

    with refused("grant_waits_for_those_who_come_first"):
        offer.delete()


def test_a_window_that_hangs_on_an_event_is_looked_at_when_the_event_has_a_date(deals):
    release = deals.event()
    deals.licensed("FREE_TV", "HK", ("2027-01-01", "2028-12-31"))
    late = deals.licensed("TELEVISION", "HK", ((release, 6, 0), (release, 18, -1)))
    at_commit()

    found = operations.clashes_if_dated(event=release, date=day("2026-03-01"))

    assert [(clash.rule, clash.figures["since"], clash.figures["until"]) for clash in found] == [
        ("grant_is_exclusive_as_it_says", "1 January 2027", "31 August 2027")
    ]
    release.refresh_from_db()
    assert release.date is None
    with refused("grant_is_exclusive_as_it_says"):
        operations.date_event(event=release, date=day("2026-03-01"), actor=deals.actor)
    operations.date_event(event=release, date=day("2025-06-30"), actor=deals.actor)
    at_commit()
    window = late.extents.get().window
    assert (window.lower, window.upper) == (day("2025-12-30"), day("2026-12-30"))


def test_a_date_that_turns_a_window_round_is_refused(deals):
    release = deals.event()
    deals.licensed("FREE_TV", "HK", ((release, 6, 0), "2026-12-31"))
    at_commit()

    with refused("scope_window_is_in_order"):
        operations.date_event(event=release, date=day("2026-07-01"), actor=deals.actor)
    operations.date_event(event=release, date=day("2026-06-30"), actor=deals.actor)
    at_commit()


def test_a_grant_in_negotiation_takes_nothing(deals):
    deals.draft("FREE_TV", "HK")
    deals.draft("FREE_TV", "HK")

    deals.licensed("FREE_TV", "HK")
    at_commit()


def test_a_grant_needs_the_signatures_by_its_day(deals):
    unsigned = deals.draft("FREE_TV", "HK")
    unsigned.agreement.parties.update(signed_date=None)

    with refused("grant_in_force_is_signed_by_all_parties"):
        deals.force(unsigned)
    unsigned.refresh_from_db()
    unsigned.agreement.parties.update(signed_date=datetime.date(2026, 1, 2))
    with refused("grant_in_force_is_signed_by_all_parties"):
        deals.force(unsigned, on=datetime.date(2026, 1, 1))
    unsigned.refresh_from_db()
    deals.force(unsigned, on=datetime.date(2026, 1, 2))
    at_commit()


def test_what_was_agreed_is_neither_deleted_nor_taken_back(deals):
    grant = deals.licensed("FREE_TV", "HK")
    at_commit()

    with refused("grant_is_deleted_only_in_negotiation"):
        grant.delete()
    with refused("grant_takes_only_allowed_steps"):
        type(grant).objects.filter(pk=grant.pk).update(state="DRAFT", granted_date=None)
    draft = deals.draft("FREE_TV", "HK")
    draft.delete()
    at_commit()
