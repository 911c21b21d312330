"""What of rights can be imported from files of others."""

from portfolio.imports.importers import register
from portfolio.rights.imports.avails import AvailsImporter


def register_importers() -> None:
    """Offer them to staff."""
    register(AvailsImporter())
