"""Words of imports."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FileKind(models.TextChoices):
    """How a file is made."""

    CSV = "CSV", _("CSV")
    XLSX = "XLSX", _("XLSX")
    JSON = "JSON", _("JSON")


class Encoding(models.TextChoices):
    """How a file of text writes its characters; an XLSX says so itself."""

    UTF_8 = "UTF_8", _("UTF-8")
    UTF_8_BOM = "UTF_8_BOM", _("UTF-8 with a byte order mark")
    BIG5_HKSCS = "BIG5_HKSCS", _("Big5-HKSCS")
    GB18030 = "GB18030", _("GB18030")


class BatchState(models.TextChoices):
    """How far an import has come."""

    CHECKED = "CHECKED", pgettext_lazy("import", "Checked")
    CONFIRMED = "CONFIRMED", pgettext_lazy("import", "Confirmed")
    UNDONE = "UNDONE", pgettext_lazy("import", "Undone")


class RowState(models.TextChoices):
    """What a row of the file would do."""

    NEW = "NEW", pgettext_lazy("row of a file", "New")
    CHANGED = "CHANGED", pgettext_lazy("row of a file", "Changed")
    UNCHANGED = "UNCHANGED", pgettext_lazy("row of a file", "Unchanged")
    FLAGGED = "FLAGGED", pgettext_lazy("row of a file", "Flagged")
    FAULTY = "FAULTY", pgettext_lazy("row of a file", "Faulty")


class Act(models.TextChoices):
    """What was done to a row of ours."""

    ADD = "ADD", pgettext_lazy("import", "Added")
    CHANGE = "CHANGE", pgettext_lazy("import", "Changed")
