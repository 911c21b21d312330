"""The forms that applicants fill in; all of them may be left half empty and resumed."""

import datetime
import re
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portfolio.common.locales import locale_of
from portfolio.common.territories import ISO_3166_1
from scholarships.choices import OutcomeKind, RuleKind
from scholarships.models import Answers, Applicant, Round
from scholarships.operations.eligibility import birth_date_of
from scholarships.operations.masks import masked

NEAREST = ("HK", "MO", "CN", "TW")
IDENTITY = re.compile(r"[A-Za-z0-9()\-/ ]{4,30}")
OLDEST = 100


class PortalForm(forms.Form):
    """A form whose fields say what is wrong beside themselves."""

    required_css_class = "is-required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"label_suffix": ""} | kwargs))


class AddressForm(PortalForm):
    """Where the letter with the way in goes."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


class PersonForm(PortalForm):
    """Who applies. What is sealed is never written back into the page: an empty field keeps it."""

    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_zh_hant = forms.CharField(
        label=_("Name in Traditional Chinese"), max_length=200, required=False
    )
    name_zh_hans = forms.CharField(
        label=_("Name in Simplified Chinese"), max_length=200, required=False
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language of our e-mails"),
        choices=list(Applicant._meta.get_field("language").choices or []),
    )
    identity_number = forms.CharField(
        label=_("Identity card or passport number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth_date = forms.DateField(
        label=_("Birth date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
    )
    field_order = (
        "name_en", "name_zh_hant", "name_zh_hans", "phone", "birth_date", "identity_number",
        "language",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, applicant: Applicant, round: Round) -> None:
        plain = ("name_en", "name_zh_hant", "name_zh_hans", "phone", "language")
        super().__init__(data, initial={name: getattr(applicant, name) for name in plain})
        kept = _("We have %(masked)s. Leave it empty to keep it.")
        number = self.fields["identity_number"]
        number.help_text = _("Kept encrypted; it tells us that nobody applies twice.")
        if applicant.identity_number:
            number.help_text = kept % {"masked": masked(str(applicant.identity_number))}
        if not round.rules.filter(kind=RuleKind.AGE).exists():
            del self.fields["birth_date"]
        elif birth_date_of(applicant):
            self.fields["birth_date"].help_text = kept % {"masked": "••••"}
        else:
            self.fields["birth_date"].help_text = _("Kept encrypted; a rule asks for your age.")

    def clean_identity_number(self) -> str:
        """Letters, digits and what stands between them."""
        number = self.cleaned_data["identity_number"].strip()
        if number and not IDENTITY.fullmatch(number):
            raise ValidationError(_("Write it in letters and digits, such as A123456(7)."))
        return str(number)

    def clean_birth_date(self) -> datetime.date | None:
        """A day on which somebody alive may have been born."""
        born: datetime.date | None = self.cleaned_data["birth_date"]
        today = timezone.localdate()
        if born and not today.year - OLDEST <= born.year <= today.year - 10:
            raise ValidationError(_("Look at the year once more."))
        return born

    def changes(self) -> dict[str, Any]:
        """What is to be kept; a sealed field that was left empty stays as it was."""
        values = dict(self.cleaned_data)
        for name in ("identity_number", "birth_date"):
            if not values.get(name):
                values.pop(name, None)
        if "birth_date" in values:
            values["birth_date"] = values["birth_date"].isoformat()
        return values


def territories() -> list[tuple[str, Any]]:
    """Places of residence in the reader's language, the nearest first."""
    known = Locale.parse(locale_of(get_language() or "en")).territories
    names = {code: str(known.get(code, code)) for code in ISO_3166_1}
    near = [(code, names.pop(code)) for code in NEAREST]
    return [("", "—"), *near, *sorted(names.items(), key=lambda pair: pair[1])]


class AnswersForm(PortalForm):
    """What one applies with."""

    programme_of_study = forms.CharField(
        label=_("Programme of study"), max_length=100, required=False
    )
    year_of_study = forms.IntegerField(
        label=_("Year of study"), min_value=1, max_value=12, required=False
    )
    school = forms.CharField(label=_("School"), max_length=200, required=False)
    residence = forms.ChoiceField(label=_("Place of residence"), required=False)
    has_no_feature = forms.NullBooleanField(
        label=_("I have not made a feature film yet"),
        required=False,
        widget=forms.Select(
            choices=[
                ("", "—"),
                ("true", _("True: I have made none")),
                ("false", _("I have made one")),
            ]
        ),
    )
    project_title = forms.CharField(
        label=_("Title of your project"), max_length=200, required=False
    )
    statement = forms.CharField(
        label=_("What you want to make, and why"),
        max_length=6000,
        required=False,
        help_text=_(
            "Up to 6,000 characters. Those who read it do not see your name: please leave it out."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    work_link = forms.URLField(
        label=_("Link to earlier work"),
        required=False,
        assume_scheme="https",
        help_text=_("If you have something to show, such as https://…"),
    )

    def __init__(self, data: Any = None, *, answers: Answers, round: Round) -> None:
        super().__init__(data, initial={name: getattr(answers, name) for name in self.base_fields})
        self.fields["residence"].choices = territories()  # type: ignore[attr-defined]
        rules = {rule.kind: rule for rule in round.rules.all()}
        if RuleKind.FIRST_FEATURE not in rules:
            del self.fields["has_no_feature"]
        self.programmes = (
            rules[RuleKind.PROGRAMME_OF_STUDY].values
            if RuleKind.PROGRAMME_OF_STUDY in rules
            else []
        )
        self.fields["programme_of_study"].widget.attrs["list"] = "programmes-of-study"


class BankForm(PortalForm):
    """Where the scholarship is paid to."""

    bank_account = forms.CharField(
        label=_("Bank account"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Bank, account number and holder. Kept encrypted; only finance sees it."),
    )

    def clean_bank_account(self) -> str:
        """Something that may be an account."""
        account = str(self.cleaned_data["bank_account"]).strip()
        if not re.search(r"\d{4}", account):
            raise ValidationError(_("The number of the account is missing."))
        return account


class ReportForm(PortalForm):
    """A progress report."""

    text = forms.CharField(
        label=_("Your report"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("What you did, what comes next, and what stands in your way."),
    )


class OutcomeForm(PortalForm):
    """Something that came of a scholarship."""

    kind = forms.ChoiceField(label=_("What sort of thing"), choices=OutcomeKind.choices)
    title = forms.CharField(label=_("What it was"), max_length=300)
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    happened_on = forms.DateField(
        label=_("When"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
