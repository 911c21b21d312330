"""What lists of scholarship schemes may be asked."""

from portfolio.common.api.filters import SlugParameter
from portfolio.programmes.filtersets import WorkFilterSet


class SchemeFilterSet(WorkFilterSet):
    """Questions about scholarship schemes."""

    institution = SlugParameter(
        "institution", help_text="The address of the institution that runs it."
    )
