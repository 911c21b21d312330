"""What lists of scholarship schemes may be asked."""

from portfolio.common.api.filters import DeclaredFilterSet, SlugParameter, WordParameter
from portfolio.common.api.private_filters import AddressParameter
from portfolio.programmes.filtersets import WorkFilterSet
from scholarships.choices import ApplicationState, AwardState, EntryWay
from scholarships.models import Scheme


class SchemeFilterSet(WorkFilterSet):
    """Questions about scholarship schemes."""

    institution = SlugParameter(
        "institution", help_text="The address of the institution that runs it."
    )


class ApplicationFilterSet(DeclaredFilterSet):
    """Questions about applications."""

    scheme = AddressParameter("round__scheme", Scheme, help_text="The address of a scheme.")
    state = WordParameter("state", ApplicationState, help_text="Where it stands.")
    way = WordParameter("way", EntryWay, help_text="How it came in.")


class AwardFilterSet(DeclaredFilterSet):
    """Questions about awards."""

    scheme = AddressParameter("round__scheme", Scheme, help_text="The address of a scheme.")
    state = WordParameter("state", AwardState, help_text="Where it stands.")
