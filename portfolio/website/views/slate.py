"""The slate: the programme's productions by stage, and over time."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portfolio.productions.choices import Format
from portfolio.website import parameters
from portfolio.website.page import public_page, render_page
from portfolio.website.queries.common import page_of
from portfolio.website.queries.productions import Chosen, chosen_productions
from portfolio.website.queries.programmes import public_strands
from portfolio.website.queries.slate import board, titles_of_the_slate, with_dates
from portfolio.website.slate_chart import timeline_of


@public_page
def slate(request: HttpRequest) -> HttpResponse:
    """The productions of the programme in columns by stage; what was abandoned stands apart."""
    now = timezone.now()
    chosen = chosen_in(request)
    *columns, abandoned = board(chosen_productions(titles_of_the_slate(now), chosen, now), now)
    return render_page(
        request,
        "website/slate.html",
        {
            "columns": columns,
            "abandoned": abandoned,
            "has_titles": any(column.count for column in [*columns, abandoned]),
            **filters(chosen, now),
        },
        section="slate",
    )


@public_page
def timeline(request: HttpRequest) -> HttpResponse:
    """One line a production over time, from its public milestones and stages, with its table."""
    now = timezone.now()
    chosen = chosen_in(request)
    titles = chosen_productions(with_dates(titles_of_the_slate(now), now), chosen, now)
    listed = page_of(titles, after=parameters.after(request))
    chart = timeline_of(listed.rows, today=timezone.localdate(now), language=request.LANGUAGE_CODE)
    return render_page(
        request,
        "website/slate_timeline.html",
        {
            "listed": listed,
            "chart": chart,
            "today": timezone.localdate(now),
            **filters(chosen, now),
        },
        section="slate",
    )


def chosen_in(request: HttpRequest) -> Chosen:
    """The strand and the format that the reader chose."""
    return Chosen(
        strand=parameters.slug(request, "strand"),
        format=parameters.choice(request, "format", Format.values),
    )


def filters(chosen: Chosen, at: datetime.datetime) -> dict[str, Any]:
    """What both pages offer to filter by, and what was chosen.  Queries: one."""
    return {
        "chosen": chosen,
        "is_filtered": chosen != Chosen(),
        "strands": list(public_strands(at).prefetch_related(None)[:100]),
        "formats": Format.choices,
    }
