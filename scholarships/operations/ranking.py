"""What reviews come to: scores, spread, outliers, and the order with its ties."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median, pstdev

from scholarships.choices import ApplicationState, Declared
from scholarships.models import Application, Criterion, Review, Round

OUTLYING = Decimal(20)
"""Points of 100 by which a score differs from the middle of the others' before it is marked."""
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One review's score of 100, and whether it is far from the others'."""

    review: Review
    score: Decimal
    is_outlier: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """An application in the order of its scores.

    Units: `score` and `spread` of 100; `rank` counts from 1, equal scores have the same.
    """

    application: Application
    rank: int
    score: Decimal | None
    spread: Decimal
    deviation: Decimal
    judgements: Sequence[Judgement]
    waited_for: int
    recusals: int
    is_tied: bool


def score_of(review: Review, criteria: Sequence[Criterion]) -> Decimal:
    """The weighted mean of a review's points as a share of 100."""
    points = {score.criterion_id: score.points for score in review.scores.all()}
    whole = sum(criterion.weight for criterion in criteria)
    weighed = sum(
        (
            Decimal(criterion.weight * points[criterion.pk]) / criterion.most_points
            for criterion in criteria
        ),
        Decimal(0),
    )
    return (weighed * 100 / whole).quantize(THOUSANDTH)


def ranking(round: Round) -> list[Ranked]:
    """Applications that a panel decides about, best first; those without a score last.

    Queries: five.
    """
    criteria = list(round.criteria.all())
    rows = (
        round.applications.filter(state=ApplicationState.ELIGIBLE)
        .prefetch_related("reviews__scores", "reviews__reviewer")
        .order_by("number")
    )
    found = []
    for row in rows:
        reviews = list(row.reviews.all())
        scores = [(r, score_of(r, criteria)) for r in reviews if r.completed_at]
        found.append((row, reviews, scores, _mean([score for _r, score in scores])))
    found.sort(key=lambda each: (each[3] is None, -(each[3] or 0), each[0].number))
    ranks = [each[3] for each in found]
    return [
        Ranked(
            application=row,
            rank=ranks.index(mean) + 1,
            score=mean,
            spread=max((s for _r, s in scores), default=Decimal(0))
            - min((s for _r, s in scores), default=Decimal(0)),
            deviation=_deviation([s for _r, s in scores]),
            judgements=[
                Judgement(r, s, _is_outlier(s, [o for q, o in scores if q is not r]))
                for r, s in scores
            ],
            waited_for=sum(
                r.completed_at is None and r.declared != Declared.RECUSED for r in reviews
            ),
            recusals=sum(r.declared == Declared.RECUSED for r in reviews),
            is_tied=mean is not None and ranks.count(mean) > 1,
        )
        for row, reviews, scores, mean in found
    ]


def _mean(scores: Sequence[Decimal]) -> Decimal | None:
    if not scores:
        return None
    return (sum(scores, Decimal(0)) / len(scores)).quantize(THOUSANDTH)


def _deviation(scores: Sequence[Decimal]) -> Decimal:
    return pstdev(scores).quantize(THOUSANDTH) if len(scores) > 1 else Decimal(0)


def _is_outlier(score: Decimal, others: Sequence[Decimal]) -> bool:
    return len(others) > 1 and abs(score - median(others)) > OUTLYING
