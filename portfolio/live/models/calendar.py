"""The calendar of a venue: dates that are held, confirmed or given back."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.live.choices import BookingState, Purpose
from portfolio.live.models.collaboration import VenueCollaboration
from portfolio.live.models.show import Show
from portfolio.live.models.venue import Space, Venue

LAST_RANK = 9


def taken() -> list[tuple[models.Expression | F, str]]:
    """What two bookings must not have in common: a space of a venue at the same time.

    The spaces are a range of keys: of one key, or without ends for the whole venue, since PostgreSQL
    reads a missing end of a range as "no end". So the whole collides with each of its spaces, and
    one space with no other. Of the time the last instant is not included.
    """
    spaces = Func(
        "space", "space", RangeBoundary(inclusive_upper=True),
        function="int8range", output_field=BigIntegerRangeField(),
    )  # fmt: skip
    hours = Func(
        "starts_at", "ends_at", RangeBoundary(),
        function="tstzrange", output_field=DateTimeRangeField(),
    )  # fmt: skip
    return [
        (F("venue"), RangeOperators.EQUAL),
        (spaces, RangeOperators.OVERLAPS),
        (hours, RangeOperators.OVERLAPS),
    ]


class BookingQuerySet(models.QuerySet["Booking"]):
    """Bookings."""

    def standing(self) -> Self:
        """Bookings that still take time: those held and those confirmed."""
        return self.filter(state__in=[BookingState.HELD, BookingState.CONFIRMED])

    def between(self, start: datetime.datetime, end: datetime.datetime) -> Self:
        """Bookings of which some part lies after `start` and before `end`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def in_space(self, space: Space | int | None) -> Self:
        """Bookings that would stand in the way there; without a space, anywhere in the venue."""
        if space is None:
            return self
        key = space if isinstance(space, int) else space.pk
        return self.filter(Q(space=key) | Q(space__isnull=True))


@keeps_history()
class Booking(models.Model):
    """That a venue, or one of its spaces, is held or confirmed for a time and a purpose.

    Time: from `starts_at`, included, to `ends_at`, not included, so that one may follow another.
    A hold has a rank: 1 is the first option. Who holds the second waits for the first.
    """

    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("venue")
    )
    space = models.ForeignKey(
        Space,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("space"),
        help_text=_("Empty for the whole venue."),
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    title = models.CharField(_("for what"), max_length=200)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    show = models.ForeignKey(
        Show,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("show"),
    )
    collaboration = models.ForeignKey(
        VenueCollaboration,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("venue collaboration"),
        help_text=_("The one under which the dates are taken."),
    )
    state = models.CharField(_("state"), max_length=10, choices=BookingState)
    rank = models.PositiveSmallIntegerField(_("option"), null=True, blank=True)
    lapses_date = models.DateField(
        _("option lapses after"),
        null=True,
        blank=True,
        help_text=_("The last day of the option; empty where none is agreed."),
    )
    state_at = models.DateTimeField(_("since"), editable=False)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    state_reason = models.TextField(_("reason"), blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["venue", "starts_at"], name="booking_by_venue")]
        constraints = [
            models.CheckConstraint(
                name="booking_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("A booking ends after it starts."),
            ),
            models.CheckConstraint(
                name="booking_has_a_title",
                condition=~Q(title=""),
                violation_error_message=_("Say what the booking is for."),
            ),
            is_one_of(
                name="booking_purpose_is_known",
                field="purpose",
                choices=Purpose,
                message=_("Choose the purpose from the list."),
            ),
            is_one_of(
                name="booking_state_is_known",
                field="state",
                choices=BookingState,
                message=_("Choose the state from the list."),
            ),
            models.CheckConstraint(
                name="booking_has_a_rank_while_held",
                condition=(
                    ~Q(state=BookingState.HELD)
                    | Q(rank__isnull=False, rank__gte=1, rank__lte=LAST_RANK)
                )
                & (~Q(state=BookingState.CONFIRMED) | Q(rank__isnull=True)),
                violation_error_message=_(
                    "A hold is an option from the first to the ninth; what is confirmed has none."
                ),
            ),
            ExclusionConstraint(
                name="booking_confirmed_stands_alone",
                expressions=taken(),
                condition=Q(state=BookingState.CONFIRMED),
                violation_error_message=_("Another confirmed booking has this time there."),
            ),
            ExclusionConstraint(
                name="booking_option_stands_alone",
                expressions=[(F("rank"), RangeOperators.EQUAL), *taken()],
                condition=Q(state=BookingState.HELD),
                violation_error_message=_("Another hold has this option for this time there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.get_purpose_display()}"
