"""Reviews: shared out evenly, declared, scored, completed."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import ApplicationState, Declared
from scholarships.models import Criterion, Review, Round, Score
from scholarships.operations.applications import context


@atomic_retrying
def share_out_reviews(*, round: Round, actor: Any) -> list[Review]:
    """Give every eligible application as many reviewers as the round wants, evenly.

    Who has least gets the next one; where several have as little, a sum over both names decides, so that
    the same two do not always meet. Who recused themselves is made up for by others, as far as there are any.
    """
    with context(actor):
        Round.objects.select_for_update(no_key=True).get(pk=round.pk)
        people = list(round.reviewers.order_by("pk").values_list("user_id", flat=True))
        load = Counter(dict.fromkeys(people, 0))
        has: dict[int, set[int]] = {}
        works: dict[int, int] = {}
        for review in Review.objects.filter(application__round=round):
            has.setdefault(review.application_id, set()).add(review.reviewer_id)
            if review.declared != Declared.RECUSED:
                works[review.application_id] = works.get(review.application_id, 0) + 1
                load[review.reviewer_id] += 1
        made = []
        eligible = round.applications.filter(state=ApplicationState.ELIGIBLE).order_by("number")
        for application in eligible:
            for _place in range(round.reviews_each - works.get(application.pk, 0)):
                free = [p for p in people if p not in has.get(application.pk, set())]
                if not free:
                    break
                chosen = min(free, key=lambda p: (load[p], _lot(application.number, p)))
                load[chosen] += 1
                has.setdefault(application.pk, set()).add(chosen)
                made.append(Review(application=application, reviewer_id=chosen, assigned_by=actor))
        return Review.objects.bulk_create(made)


def _lot(number: str, person: int) -> str:
    return hashlib.sha256(f"{number}/{person}".encode()).hexdigest()


@atomic_retrying
def declare(
    *, review: Review, declared: Declared, at: datetime.datetime, reason: str = ""
) -> Review:
    """Say whether an interest stands in the way; with one, the reviewer is out and it is on record."""
    with context(review.reviewer):
        row = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
        row.declared, row.declared_at, row.recusal_reason = declared, at, reason
        row.save()
    return row


@atomic_retrying
def give_points(
    *, review: Review, points: Mapping[Criterion, int | None], comment: str | None = None
) -> None:
    """Keep points so far; what is not given yet may be left out."""
    with context(review.reviewer):
        row = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
        if comment is not None and comment != row.comment:
            row.comment = comment
            row.save(update_fields=["comment"])
        for criterion, value in points.items():
            if value is None:
                Score.objects.filter(review=row, criterion=criterion).delete()
            else:
                Score.objects.update_or_create(
                    review=row, criterion=criterion, defaults={"points": value}
                )


@atomic_retrying
def complete_review(*, review: Review, at: datetime.datetime) -> Review:
    """Lock the points of a review; every criterion has them."""
    with context(review.reviewer):
        row = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
        row.completed_at = at
        row.save(update_fields=["completed_at"])
    return row
