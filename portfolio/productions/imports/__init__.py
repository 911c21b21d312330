"""What of productions can be imported from files of others."""

from portfolio.imports.importers import register
from portfolio.productions.imports.films import ProductionImporter
from portfolio.productions.imports.releases import ReleaseImporter
from portfolio.productions.imports.results import ResultImporter


def register_importers() -> None:
    """Offer them to staff."""
    register(ProductionImporter())
    register(ReleaseImporter())
    register(ResultImporter())
