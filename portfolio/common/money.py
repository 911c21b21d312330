"""Amounts beside their currency: numeric(20,2) and ISO 4217, never a float."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import pycountry
from django.db import models
from django.db.models import Q
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _

from portfolio.common.refusals import Refused

# X-codes are metals, test codes and units of account: nothing is paid in them.
ISO_4217 = tuple(sorted(c.alpha_3 for c in pycountry.currencies if not c.alpha_3.startswith("X")))


# Their smallest coin is the major unit itself. Source: ISO 4217, table A.1, minor unit 0.
WITHOUT_DECIMALS = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip

LARGEST_AMOUNT = Decimal("999999999999999999.99")


class AmountField(models.DecimalField):
    """An amount in major units; HK$5,000,000,000.00 fits everywhere. NULL is 'not disclosed'."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_digits": 20, "decimal_places": 2})

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """What is no amount is refused: PostgreSQL would round it and say nothing. Raises: Refused."""
        if isinstance(value, Decimal) and not is_amount(value):
            raise Refused(_("Give an amount with two decimals at most."))
        return super().get_db_prep_save(value, connection)

    def deconstruct(self) -> Any:
        """Django's own class, so that migrations import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", args, kwargs


class CurrencyField(models.CharField):
    """An ISO 4217 code; blank only where the amount beside it may be missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": 3})

    def deconstruct(self) -> Any:
        """Django's own class, so that migrations import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def currency_is_iso4217(
    *, name: str, field: str = "currency", optional: bool = False, often: bool = False
) -> models.CheckConstraint:
    """The code is one of ISO 4217; with `optional`, it may be blank.

    PostgreSQL reads the expression of a constraint anew for every statement. Of 150 codes each by itself
    that takes an eighth of a posting's time: where rows come one by one and `often`, the codes are one text.
    """
    condition = Q(**{f"{field}__in": ISO_4217})
    if often:
        condition = Q(**{f"{field}__regex": f"^({'|'.join(ISO_4217)})$"})
    if optional:
        condition |= Q(**{field: ""})
    return models.CheckConstraint(
        name=name,
        condition=condition,
        violation_error_message=_("Give a currency code of ISO 4217, such as HKD."),
    )


def amount_has_its_currency(*, name: str, amount: str, currency: str) -> models.CheckConstraint:
    """A known amount is more than zero and has a currency; where none is disclosed there is neither."""
    known = is_more_than_zero(amount) & ~Q(**{currency: ""})
    undisclosed = Q(**{f"{amount}__isnull": True, currency: ""})
    return models.CheckConstraint(
        name=name,
        condition=known | undisclosed,
        violation_error_message=_(
            "Give both the amount, more than zero, and its currency; leave both empty where none is disclosed."
        ),
    )


def amount_is_positive(*, name: str, amount: str) -> models.CheckConstraint:
    """The amount is more than zero."""
    return models.CheckConstraint(
        name=name,
        condition=is_more_than_zero(amount),
        violation_error_message=_("The amount must be more than zero."),
    )


def is_more_than_zero(amount: str) -> Q:
    """The condition that an amount is there, is a number and is more than zero."""
    # IS NOT NULL, because a CHECK that comes out as NULL lets the row pass; an upper end, because
    # PostgreSQL's numeric takes NaN and holds it to be more than any number.
    return Q(**{f"{amount}__isnull": False, f"{amount}__gt": 0, f"{amount}__lte": LARGEST_AMOUNT})


def is_amount(value: Decimal) -> bool:
    """Whether a number can be stored as it is: finite, not too large, two decimals at most."""
    if not value.is_finite() or abs(value) > LARGEST_AMOUNT:
        return False
    with localcontext(prec=60):
        return value == value.quantize(Decimal("0.01"))


def decimals_of(currency: str) -> int:
    """How many decimals amounts in a currency have here: none or two."""
    return 0 if currency in WITHOUT_DECIMALS else 2


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount to the decimals of its currency, half to even; stored with two all the same."""
    smallest = Decimal(1).scaleb(-decimals_of(currency))
    # The default context rounds at 28 digits: an amount of 18 times a rate of 24 needs more.
    with localcontext(prec=60):
        return amount.quantize(smallest, rounding=ROUND_HALF_EVEN).quantize(Decimal("0.01"))


def converted(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """`amount` times `rate`, to the decimals of `currency`, half to even; never a float."""
    with localcontext(prec=60):
        return rounded(amount * rate, currency)


def amount_fits_its_currency(
    *, name: str, amount: str = "amount", currency: str = "currency"
) -> models.CheckConstraint:
    """Where the currency has no decimals, neither has the amount."""
    return models.CheckConstraint(
        name=name,
        condition=~Q(**{f"{currency}__in": WITHOUT_DECIMALS}) | Q(**{amount: Floor(amount)}),
        violation_error_message=_("This currency has no decimals: give a whole amount."),
    )
