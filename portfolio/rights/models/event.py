"""Events in the life of a title that windows hang on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of, never_changes
from portfolio.common.history import keeps_history
from portfolio.productions.models import Production
from portfolio.rights.choices import EventKind


@keeps_history()
class Event(models.Model):
    """Something that happens to a title on a day, such as its release in Hong Kong.

    Time: `date` is a civil date, empty until it is known. A window that hangs on it is looked at
    when it gets one: until then it takes nothing and is taken from by nobody.
    """

    title = models.ForeignKey(
        Production, on_delete=models.PROTECT, related_name="rights_events", verbose_name=_("title")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind)
    place = models.CharField(
        _("where"),
        max_length=100,
        blank=True,
        help_text=_("A territory or a channel; part of what tells it from others."),
    )
    date = models.DateField(_("date"), null=True, blank=True)
    basis = models.CharField(
        _("how we know"), max_length=300, blank=True, help_text=_("Who said so, and where.")
    )

    class Meta:
        verbose_name = _("event of a title")
        verbose_name_plural = _("events of titles")
        ordering = ["title", "date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "kind", "place"],
                name="event_happens_once",
                violation_error_message=_("The title has this event already."),
            ),
            is_one_of(
                name="event_kind_is_known",
                field="kind",
                choices=EventKind,
                message=_("Choose the kind of event from the list."),
            ),
            models.CheckConstraint(
                name="event_other_says_what_it_is",
                condition=~Q(kind=EventKind.OTHER) | ~Q(place=""),
                violation_error_message=_("Say what happens, and where."),
            ),
        ]
        triggers = [
            never_changes(
                name="event_title_never_changes",
                field="title",
                message="windows of this title hang on it; add the event to the other title instead",
            )
        ]

    def __str__(self) -> str:
        words = (
            f"{self.get_kind_display()}, {self.place}" if self.place else self.get_kind_display()
        )
        return f"{words}: {self.date.isoformat()}" if self.date else str(words)
