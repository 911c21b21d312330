"""Facts for machines inside a page, and addresses that work when little else does."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString

from portfolio.website.structured_data import as_script

register = template.Library()


@register.simple_tag
def json_ld(data: list[dict[str, Any]]) -> SafeString:
    """The block of schema.org data of a page."""
    return as_script(data)


@register.simple_tag
def static_if_there(path: str) -> str:
    """The address of a static file; nothing, instead of a second error, where it was not collected."""
    try:
        return static(path)
    except ValueError:
        return ""
