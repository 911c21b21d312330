"""What the templates say often: names in three scripts, amounts, dates, source marks."""

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.choices import OrganisationKind
from portfolio.common.alternates import LANGUAGE_TAGS
from portfolio.common.names import LANGUAGE_OF_NAME, READING_ORDER
from portfolio.common.territories import territory_name
from portfolio.productions.choices import WORLD, Genre
from portfolio.sources.models import Citation, Source
from portfolio.website import formats
from portfolio.website.source_marks import SourceMarks

register = template.Library()

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")


def reader() -> str:
    """The language of the page that is being written."""
    return get_language() or "en"


def in_reading_order(row: Any, stem: str = "name") -> list[tuple[str, str]]:
    """The (language tag, text) pairs of a row, the reader's first, each text once."""
    found: dict[str, str] = {}
    for name_field in READING_ORDER.get(reader(), READING_ORDER["en"]):
        text = getattr(row, name_field.replace("name", stem, 1))
        if text and text not in found:
            found[text] = LANGUAGE_OF_NAME[name_field]
    return [(tag, text) for text, tag in found.items()]


def in_its_language(tag: str, text: str) -> SafeString:
    """The text, marked with its language where that is not the page's."""
    if tag == LANGUAGE_TAGS.get(reader(), "en"):
        return format_html("{}", text)
    return format_html('<span lang="{}">{}</span>', tag, text)


@register.simple_tag
def name(row: Any, stem: str = "name") -> SafeString:
    """The name that the reader sees first."""
    pairs = in_reading_order(row, stem)
    return in_its_language(*pairs[0]) if pairs else SafeString("")


@register.simple_tag
def plain_name(row: Any, stem: str = "name") -> str:
    """The same name without markup, for titles and attributes."""
    pairs = in_reading_order(row, stem)
    return pairs[0][1] if pairs else ""


@register.simple_tag
def other_names(row: Any) -> SafeString:
    """The names in the other scripts, each with its own language."""
    others = in_reading_order(row)[1:]
    if not others:
        return SafeString("")
    spans = format_html_join(
        mark_safe(' <span class="names__part" aria-hidden="true">/</span> '),
        '<span lang="{}">{}</span>',
        others,
    )
    return format_html('<span class="names">{}</span>', spans)


@register.simple_tag
def as_written(text: str) -> SafeString:
    """A text that is kept in one language only; marked as English where it has no Chinese."""
    if _CHINESE.search(text):
        return format_html("{}", text)
    return in_its_language("en", text)


@register.filter
def in_full(amount: Decimal, currency: str) -> str:
    """Every digit of an amount."""
    return formats.amount_in_full(amount, currency, reader())


@register.filter
def in_words(amount: Decimal, currency: str) -> str:
    """An amount as people say it."""
    return formats.amount_in_words(amount, currency, reader())


@register.filter
def written_out(day: datetime.date | None) -> SafeString:
    """A day, written out, that a machine can read as well."""
    if not day:
        return SafeString("")
    return format_html(
        '<time datetime="{}">{}</time>', day.isoformat(), formats.date_in_full(day, reader())
    )


@register.filter
def in_short(day: datetime.date | None) -> SafeString:
    """A day where there is little room, that a machine can read as well."""
    if not day:
        return SafeString("")
    return format_html(
        '<time datetime="{}">{}</time>', day.isoformat(), formats.date_in_short(day, reader())
    )


@cache
def labels(model: type[Model], field: str) -> dict[str, Any]:
    """The words of a choice, each still in no language."""
    choices: Any = model._meta.get_field(field).flatchoices  # type: ignore[union-attr]
    return dict(choices)


@register.filter
def label(row: Model, field: str) -> str:
    """The word for a choice; Django's own way translates every choice there is to find one."""
    value = getattr(row, field)
    return str(labels(type(row), field).get(value, value))


@register.simple_tag
def picture(image: Any, sizes: str = "100vw", lazy: bool = True) -> SafeString:
    """An image in as many widths as there are; the browser takes what it needs.

    One address in every language: a picture has none.
    """
    addresses = [(picture_address(image, width), width) for width in image.widths]
    pairs = in_reading_order(image, "alt")
    tag, alt = pairs[0] if pairs else ("en", "")
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" lang="{}"{}>',
        addresses[min(1, len(addresses) - 1)][0],
        ", ".join(f"{address} {width}w" for address, width in addresses),
        sizes, image.width, image.height, alt, tag,
        mark_safe(' loading="lazy"') if lazy else "",
    )  # fmt: skip


@register.simple_tag
def picture_address(image: Any, width: int = 0) -> str:
    """The address of a file of an image; the widest, unless a width is given."""
    return f"/images/{image.sha256}-{width or image.width}.jpg"


@register.filter
def language_name(code: str) -> str:
    """The name of a language."""
    return formats.language_name(code, reader())


@register.simple_tag
def genres_in_words(row: Any) -> str:
    """The genres of a work, in their order."""
    words = dict(Genre.choices)
    return ", ".join(str(words.get(genre, genre)) for genre in row.genres)


@register.filter
def grouped(number: int) -> str:
    """A count with a comma after each thousand, as all three languages write it in Hong Kong."""
    return f"{number:,}"


@register.filter
def country(code: str) -> str:
    """The name of a country."""
    return territory_name(code, reader()) if code else ""


@register.filter
def language_tag(code: str) -> str:
    """What a lang attribute says for the language of a source."""
    return {"zh-Hant": "zh-Hant-HK", "yue": "zh-Hant-HK"}.get(code, code)


@register.filter
def place(code: str) -> str:
    """The name of a territory, or that it is the whole world."""
    return _("Worldwide") if code == WORLD else country(code)


@register.filter
def counted(number: Decimal) -> str:
    """A count that may have a fraction, with a comma after each thousand."""
    whole = number.to_integral_value()
    return f"{whole:,f}" if whole == number else f"{number:,.2f}"


@register.filter
def day_there(moment: datetime.datetime) -> datetime.date:
    """The civil date of an instant where the house is."""
    return timezone.localdate(moment)


@register.filter
def kinds_in_words(kinds: Iterable[str]) -> str:
    """What an organisation does, in words."""
    joint = "、" if reader().startswith("zh") else ", "
    return joint.join(str(OrganisationKind(kind).label) for kind in kinds)


@register.simple_tag(takes_context=True)
def marks(context: template.Context, row: Any) -> SafeString:
    """The numbered marks of a row's public sources; each leads to the foot of the page."""
    page_marks: SourceMarks | None = context.get("marks")
    if page_marks is None:
        return SafeString("")
    if "citations" not in getattr(row, "_prefetched_objects_cache", {}):
        # Asked here, the database would answer with draft sources as well.
        raise LookupError(f"{row!r} came without its public citations")
    citations: Iterable[Citation] = row.citations.all()
    return numbered_links(page_marks, [citation.source for citation in citations])


@register.simple_tag(takes_context=True)
def source_marks(context: template.Context, sources: Iterable[Source]) -> SafeString:
    """The numbered marks of the sources that a count goes back to."""
    return numbered_links(context["marks"], sources)


@register.simple_tag(takes_context=True)
def result_marks(context: template.Context, row: Any) -> SafeString:
    """The numbered mark of the source that reported a figure."""
    return numbered_links(context["marks"], [row.source])


def numbered_links(page_marks: SourceMarks, sources: Iterable[Source]) -> SafeString:
    """One small link for each source, in the order of their numbers on this page."""
    numbers = sorted(page_marks.mark(source) for source in sources)
    if not numbers:
        return SafeString("")
    links = format_html_join(
        "",
        '<a class="mark" href="#source-{}" aria-label="{}">{}</a>',
        ((n, _("Source %(number)s") % {"number": n}, n) for n in numbers),
    )
    # The word joiner keeps the marks on the line of what they belong to, after Chinese as well.
    return format_html('\u2060<span class="marks">{}</span>', links)


@register.simple_tag
def subject_address(claim: Any) -> str:
    """The page of what a claim is about, at the claim."""
    if claim.programme:
        page = reverse("website:programme", args=[claim.programme.slug])
    elif claim.organisation:
        page = reverse("website:partner", args=[claim.organisation.slug])
    else:
        page = project_address(claim.project)
    return f"{page}#claim-{claim.slug}"


@register.simple_tag
def project_address(project: Any) -> str:
    """The page of a project, whatever sort of work it is."""
    pages = {
        "PRODUCTION": "website:production",
        "SCHOLARSHIP_SCHEME": "website:scheme",
        "CONCERT": "website:concert",
        "VENUE_COLLABORATION": "website:venue_collaboration",
    }
    return reverse(pages[project.kind], args=[project.slug])


@register.filter
def subject(claim: Any) -> Any:
    """What a claim is about."""
    return claim.programme or claim.organisation or claim.project
