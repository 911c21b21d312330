"""Films and series, those who take part in them and make them, and how they come about."""

from portfolio.productions.models.budget import (
    BudgetDecision,
    BudgetLine,
    BudgetVersion,
    BudgetVersionQuerySet,
)
from portfolio.productions.models.coproduction import CoproductionShare, CoproductionTerms
from portfolio.productions.models.costs import CostLine, CostReport
from portfolio.productions.models.credit import Credit, CreditQuerySet
from portfolio.productions.models.deliverable import Deliverable, DeliverableQuerySet
from portfolio.productions.models.financing import (
    FinancingPlan,
    FinancingPlanQuerySet,
    FinancingSource,
)
from portfolio.productions.models.identifier import ProductionIdentifier
from portfolio.productions.models.image import ProductionImage, ProductionImageQuerySet
from portfolio.productions.models.milestone import (
    Milestone,
    MilestoneQuerySet,
    ScheduleDate,
    ScheduleVersion,
)
from portfolio.productions.models.participation import Participation, ParticipationQuerySet
from portfolio.productions.models.production import Production, ProductionQuerySet
from portfolio.productions.models.recoupment import (
    Receipt,
    Waterfall,
    WaterfallPosition,
    WaterfallTier,
    WaterfallVersion,
)
from portfolio.productions.models.release import Release, ReleaseQuerySet
from portfolio.productions.models.result import Result, ResultQuerySet, ResultWithdrawal
from portfolio.productions.models.series import Episode, Season, SeasonQuerySet, Titled
from portfolio.productions.models.stage import StageChange

__all__ = [
    "BudgetDecision",
    "BudgetLine",
    "BudgetVersion",
    "BudgetVersionQuerySet",
    "CoproductionShare",
    "CoproductionTerms",
    "CostLine",
    "CostReport",
    "Credit",
    "CreditQuerySet",
    "Deliverable",
    "DeliverableQuerySet",
    "Episode",
    "FinancingPlan",
    "FinancingPlanQuerySet",
    "FinancingSource",
    "Milestone",
    "MilestoneQuerySet",
    "Participation",
    "ParticipationQuerySet",
    "Production",
    "ProductionIdentifier",
    "ProductionImage",
    "ProductionImageQuerySet",
    "ProductionQuerySet",
    "Receipt",
    "Release",
    "ReleaseQuerySet",
    "Result",
    "ResultQuerySet",
    "ResultWithdrawal",
    "ScheduleDate",
    "ScheduleVersion",
    "Season",
    "SeasonQuerySet",
    "StageChange",
    "Titled",
    "Waterfall",
    "WaterfallPosition",
    "WaterfallTier",
    "WaterfallVersion",
]
