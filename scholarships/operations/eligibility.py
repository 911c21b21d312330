"""Whether an applicant meets the rules of a round, and which not."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from scholarships.choices import RuleKind
from scholarships.models import Answers, Applicant, EligibilityRule, Round


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule came to: met, not met, or not answered (None)."""

    rule: EligibilityRule
    is_met: bool | None

    @property
    def text(self) -> str:
        """The rule as applicants read it."""
        return str(self.rule)


def age_on(birth_date: datetime.date, day: datetime.date) -> int:
    """Full years on a day; who was born on 29 February is older on 1 March of other years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def birth_date_of(applicant: Applicant) -> datetime.date | None:
    """The birth date that lies sealed, or None."""
    return datetime.date.fromisoformat(str(applicant.birth_date)) if applicant.birth_date else None


def findings(*, round: Round, applicant: Applicant, answers: Answers | None) -> list[Finding]:
    """Each rule of the round in its order, and whether it is met.

    Time: an age is that of the day on which the round closes, in Hong Kong.
    """
    day = timezone.localdate(round.closes_at)
    return [Finding(rule, _is_met(rule, applicant, answers, day)) for rule in round.rules.all()]


def broken(found: Sequence[Finding]) -> list[str]:
    """The kinds of rules that are not met, unanswered ones among them."""
    return [str(each.rule.kind) for each in found if not each.is_met]


def _is_met(
    rule: EligibilityRule, applicant: Applicant, answers: Answers | None, day: datetime.date
) -> bool | None:
    if answers is None:
        return None
    match rule.kind:
        case RuleKind.PROGRAMME_OF_STUDY:
            said = answers.programme_of_study.strip().casefold()
            return said in {word.strip().casefold() for word in rule.values} if said else None
        case RuleKind.RESIDENCE:
            return answers.residence in rule.values if answers.residence else None
        case RuleKind.YEAR_OF_STUDY:
            return _lies_in(rule, answers.year_of_study)
        case RuleKind.AGE:
            born = birth_date_of(applicant)
            return _lies_in(rule, None if born is None else age_on(born, day))
        case RuleKind.FIRST_FEATURE:
            return answers.has_no_feature
        case _:
            return answers.declares


def _lies_in(rule: EligibilityRule, number: int | None) -> bool | None:
    if number is None:
        return None
    above = rule.least is None or number >= rule.least
    return above and (rule.most is None or number <= rule.most)
