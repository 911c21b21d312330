"""Accounts of a budget or of a cost report, pasted from a spreadsheet or read from a file."""

import csv
import io
from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from portfolio.common.refusals import Refused
from portfolio.imports.columns import Fault, number_in, plain_heading
from portfolio.imports.reading import Line, read_file
from portfolio.productions.choices import BudgetCategory
from portfolio.productions.models import BudgetVersion
from portfolio.productions.operations.budgets import Account
from portfolio.productions.operations.costs import Cost

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("account", "code", "科目"),
    "category": ("category", "類別", "类别"),
    "name_en": ("name", "english name", "description", "名稱", "名称"),
    "name_zh_hant": ("traditional chinese name", "繁體中文名稱"),
    "name_zh_hans": ("simplified chinese name", "简体中文名称"),
    "amount": ("amount", "budget", "金額", "金额", "預算", "预算"),
    "to_date": ("to date", "cost to date", "至今成本"),
    "committed": ("on order", "committed", "已訂購", "已订购"),
    "to_complete": ("to complete", "estimate to complete", "完成所需估算"),
}
COLUMNS = {plain_heading(name): key for key, names in HEADINGS.items() for name in names}


class NotUnderstood(Refused):
    """A row that says too little; the text names it."""


def accounts_of(data: bytes) -> list[Account]:
    """The accounts of a budget: account, category, name and amount, under headings of any order.

    Raises: Unreadable, NotUnderstood.
    """
    categories = _categories()
    found = []
    for line in read_file(data).table.lines:
        cells = _cells(line)
        found.append(
            Account(
                _text(cells, "code", line), _category(cells, line, categories),
                _amount(cells, "amount", line), cells.get("name_en", ""),
                cells.get("name_zh_hant", ""), cells.get("name_zh_hans", ""),
            )
        )  # fmt: skip
    return found


def costs_of(data: bytes, budget: BudgetVersion) -> list[Cost]:
    """The accounts of a cost report; the category may be left out where the budget knows the account.

    Raises: Unreadable, NotUnderstood.
    """
    known = {line.code: BudgetCategory(line.category) for line in budget.lines.all()}
    categories = _categories()
    found = []
    for line in read_file(data).table.lines:
        cells = _cells(line)
        code = _text(cells, "code", line)
        found.append(
            Cost(
                code, known.get(code) or _category(cells, line, categories),
                to_date=_amount(cells, "to_date", line),
                committed=_amount(cells, "committed", line),
                to_complete=_amount(cells, "to_complete", line),
                name="" if code in known else cells.get("name_en", ""),
            )
        )  # fmt: skip
    return found


def as_text(budget: BudgetVersion) -> str:
    """The lines of a budget as they can be pasted into a spreadsheet and back."""
    rows = [
        (
            "Account",
            "Category",
            "Name",
            "Traditional Chinese name",
            "Simplified Chinese name",
            "Amount",
        )
    ]
    rows += [
        (line.code, line.category, line.name_en, line.name_zh_hant, line.name_zh_hans, str(line.amount))
        for line in budget.lines.all()
    ]  # fmt: skip
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cells(line: Line) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading, cell in line.cells.items():
        key = COLUMNS.get(plain_heading(heading))
        if key is not None and cell is not None:
            found[key] = f"{cell:f}" if isinstance(cell, Decimal) else str(cell).strip()
    return found


def _text(cells: Mapping[str, str], key: str, line: Line) -> str:
    if not cells.get(key):
        raise NotUnderstood(_("Row %(row)s has no account.") % {"row": line.number})
    return cells[key]


def _amount(cells: Mapping[str, str], key: str, line: Line) -> Decimal:
    try:
        return number_in(cells.get(key, ""))
    except Fault:
        words = {"row": line.number, "column": HEADINGS[key][0]}
        raise NotUnderstood(
            _("Row %(row)s has no amount under “%(column)s”; give 0 where there is none.") % words
        ) from None


def _categories() -> dict[str, BudgetCategory]:
    """Categories by what people call them, in each language of the interface."""
    found = {"atl": BudgetCategory.ABOVE_THE_LINE, "btl": BudgetCategory.BELOW_THE_LINE}
    for category in BudgetCategory:
        found[plain_heading(category.value)] = category
        for language, _name in settings.LANGUAGES:
            with override(language):
                found[plain_heading(str(category.label))] = category
    return found


def _category(
    cells: Mapping[str, str], line: Line, categories: Mapping[str, BudgetCategory]
) -> BudgetCategory:
    found = categories.get(plain_heading(cells.get("category", "")))
    if found is None:
        words = {"row": line.number, "words": ", ".join(str(c.label) for c in BudgetCategory)}
        raise NotUnderstood(_("Row %(row)s needs one of these categories: %(words)s.") % words)
    return found
