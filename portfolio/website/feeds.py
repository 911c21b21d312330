"""What is new, for a feed reader: productions, claims and sources."""

import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import F, Max, Q
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.common.alternates import LANGUAGE_TAGS
from portfolio.common.publishing import is_public
from portfolio.live.models import Concert
from portfolio.productions.models import Production
from portfolio.sources.models import Claim, Source
from portfolio.website.queries.common import public_claims
from portfolio.website.templatetags.catalogue import plain_name, subject, subject_address

NEWEST = 50
# For what no dated source states: an Atom entry must carry some moment, and always the same.
NO_DATE = datetime.date(2024, 1, 1)


def midnight(day: datetime.date | None) -> datetime.datetime:
    """The first moment of a day in the programme's own time zone."""
    start = datetime.datetime.combine(day or NO_DATE, datetime.time.min)
    return timezone.make_aware(start, timezone.get_default_timezone())


class CatalogueAtom(Atom1Feed):
    """An Atom feed that is the same each time, also while it is empty."""

    def latest_post_date(self) -> datetime.datetime:
        """The moment of the newest entry; Django's own says now where there is none."""
        return super().latest_post_date() if self.num_items() else midnight(None)


class CatalogueFeed(Feed):
    """An Atom feed in the language of its address."""

    feed_type = CatalogueAtom
    language: str

    def get_feed(self, obj: Any, request: HttpRequest) -> Any:
        # The same instance answers in all three languages.
        self.language = LANGUAGE_TAGS[get_language() or "en"]
        return super().get_feed(obj, request)

    def item_guid(self, item: Any) -> str:
        return f"tag:topsheet,2024:{item._meta.model_name}:{item.slug}"

    item_guid_is_permalink = False


def newest_source_day(at: datetime.datetime) -> Max:
    """The day of the newest public source of a row."""
    return Max("citations__source__published_date", filter=Q(is_public(at, "citations__source__")))


class ProductionFeed(CatalogueFeed):
    """The productions entered last."""

    title = gettext_lazy("Productions")
    link = reverse_lazy("website:productions")

    def items(self) -> Any:
        now = timezone.now()
        return (
            Production.objects.public(now)
            .in_programme()
            .annotate(day=newest_source_day(now))
            .order_by("-pk")[:NEWEST]
        )

    def item_title(self, item: Production) -> str:
        return plain_name(item)

    def item_description(self, item: Production) -> str:
        return f"{item.get_format_display()} · {item.get_stage_display()}"

    def item_link(self, item: Production) -> str:
        return reverse("website:production", args=[item.slug])

    def item_updateddate(self, item: Any) -> datetime.datetime:
        return midnight(item.day)


class ConcertFeed(CatalogueFeed):
    """The concerts entered last."""

    title = gettext_lazy("Concerts")
    link = reverse_lazy("website:concerts")

    def items(self) -> Any:
        now = timezone.now()
        return (
            Concert.objects.public(now)
            .in_programme()
            .annotate(day=newest_source_day(now))
            .order_by("-pk")[:NEWEST]
        )

    def item_title(self, item: Concert) -> str:
        return plain_name(item)

    def item_description(self, item: Concert) -> str:
        return item.get_form_display()

    def item_link(self, item: Concert) -> str:
        return reverse("website:concert", args=[item.slug])

    def item_updateddate(self, item: Any) -> datetime.datetime:
        return midnight(item.day)


class ClaimFeed(CatalogueFeed):
    """The claims entered last, each with its speaker."""

    title = gettext_lazy("Claims")
    link = reverse_lazy("website:home")

    def items(self) -> Any:
        now = timezone.now()
        return public_claims(now).annotate(day=newest_source_day(now)).order_by("-pk")[:NEWEST]

    def item_title(self, item: Claim) -> str:
        about = plain_name(subject(item))
        if item.speaker:
            who = {"speaker": plain_name(item.speaker), "subject": about}
            return _("Claim by %(speaker)s about %(subject)s") % who
        return _("Claim about %(subject)s; no speaker named") % {"subject": about}

    def item_description(self, item: Claim) -> str:
        return plain_name(item, "text")

    def item_link(self, item: Claim) -> str:
        return subject_address(item)

    def item_updateddate(self, item: Any) -> datetime.datetime:
        return midnight(item.day)


class SourceFeed(CatalogueFeed):
    """The sources published last."""

    title = gettext_lazy("Sources")
    link = reverse_lazy("website:sources")

    def items(self) -> Any:
        newest = F("published_date").desc(nulls_last=True)
        return Source.objects.public(timezone.now()).order_by(newest, "-pk")[:NEWEST]

    def item_title(self, item: Source) -> str:
        return item.title

    def item_description(self, item: Source) -> str:
        return item.publisher or item.get_kind_display()

    def item_link(self, item: Source) -> str:
        return reverse("website:source", args=[item.slug])

    def item_updateddate(self, item: Source) -> datetime.datetime:
        return midnight(item.published_date)
