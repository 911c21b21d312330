from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Shared parts without tables: field types, rules, search, money, publishing."""

    name = "portfolio.common"
    label = "common"
    verbose_name = "Common"

    def ready(self) -> None:
        """Register what must hold of the database."""
        from portfolio.common import checks  # noqa: F401
