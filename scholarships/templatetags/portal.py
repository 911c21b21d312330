"""What the applicant's pages say often: instants in Hong Kong, texts in the reader's language."""

import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portfolio.common.alternates import LANGUAGE_TAGS
from scholarships.models import RequiredPaper
from scholarships.models.round import SCRIPTS, said_in
from scholarships.operations.words_of_letters import moment_of

register = template.Library()

ENDINGS = {"PDF": ".pdf,application/pdf", "JPEG": ".jpg,.jpeg,image/jpeg", "PNG": ".png,image/png"}


@register.filter
def moment(at: datetime.datetime) -> SafeString:
    """An instant in Hong Kong's time that a machine can read as well."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), moment_of(at))


@register.simple_tag
def said(row: Any, name: str) -> str:
    """A text of a row in the reader's language, or in the nearest there is."""
    return said_in(row, name)


@register.simple_tag
def spoken(row: Any, name: str) -> SafeString:
    """The same text, marked with its language where that is not the page's."""
    reader = get_language() or "en"
    for tail in SCRIPTS.get(reader, SCRIPTS["en"]):
        if text := getattr(row, f"{name}_{tail}"):
            tag = LANGUAGE_TAGS[tail.replace("_", "-")]
            if tag == LANGUAGE_TAGS.get(reader):
                return format_html("{}", text)
            return format_html('<span lang="{}">{}</span>', tag, text)
    return SafeString("")


@register.filter
def accepted(paper: RequiredPaper) -> str:
    """What a file chooser offers for a paper."""
    return ",".join(ENDINGS[kind] for kind in paper.formats)
