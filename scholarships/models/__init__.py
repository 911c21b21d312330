"""Scholarships: schemes, rounds, applications, reviews, panels, awards, and what is personal in them."""

from scholarships.models.applicant import Applicant, Consent, SecretLink
from scholarships.models.application import Answers, Application, ApplicationFile, Letter
from scholarships.models.award import Award, Outcome, ProgressReport
from scholarships.models.figures import RoundFigures
from scholarships.models.panel import PanelDecision, PanelMeeting, PanelMember
from scholarships.models.privacy import Erasure, PersonalRead
from scholarships.models.review import Review, Score
from scholarships.models.round import EligibilityRule, RequiredPaper, Round, RoundPlaces
from scholarships.models.rubric import Criterion, RoundReviewer
from scholarships.models.scheme import Scheme, SchemeQuerySet

__all__ = [
    "Answers",
    "Applicant",
    "Application",
    "ApplicationFile",
    "Award",
    "Consent",
    "Criterion",
    "EligibilityRule",
    "Erasure",
    "Letter",
    "Outcome",
    "PanelDecision",
    "PanelMeeting",
    "PanelMember",
    "PersonalRead",
    "ProgressReport",
    "RequiredPaper",
    "Review",
    "Round",
    "RoundFigures",
    "RoundPlaces",
    "RoundReviewer",
    "Scheme",
    "SchemeQuerySet",
    "Score",
    "SecretLink",
]
