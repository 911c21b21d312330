"""Whether this installation holds a made-up programme, which every page of the admin then says."""

from django import template

from portfolio.programmes.models import Programme

register = template.Library()


@register.simple_tag
def fictional_programmes() -> list[Programme]:
    """Every fictional programme, drafts too: staff see their rows in any list.

    Asked at each page and kept nowhere, so that the page after `load_sample` says it.  Queries: one.
    """
    return list(Programme.objects.filter(is_fictional=True).order_by("pk"))
