"""The values of a person, as they are looked for when the person is erased."""

import re
from collections.abc import Iterable, Sequence

from django.apps import apps

from portfolio.common.everywhere import Sought
from scholarships.models import Answers, Applicant, ApplicationFile

# Shorter ones stand in other words too: they are looked for in the tables of scholarships alone.
FEWEST_LETTERS = 4
FEWEST_DIGITS = 7
# "cv.pdf" is everybody's.
FEWEST_OF_OWN_WORDS = 16
COUNTRY = "852"
# Of who is not erased, what they gave themselves stays: somebody else may have the same name.
OF_OTHERS = {
    "scholarships_applicant": "erased_at IS NOT NULL",
}
# What the others wrote is theirs, be it the same address of a work.
THEIR_OWN = frozenset({"scholarships_answers", "scholarships_applicationfile"})
BEFORE, AFTER = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
MAIL_BEFORE, MAIL_AFTER = "(?<![0-9A-Za-z._%+-])", r"(?![0-9A-Za-z-]|[.][0-9A-Za-z])"


class Values:
    """What identifies some people wherever it stands, and what does so in the tables of scholarships alone.

    Names are found in any order of their words, numbers with whatever people write between their digits.
    """

    def __init__(self, applicants: Iterable[Applicant]) -> None:
        self.words: set[str] = set()
        self.mails: set[str] = set()
        self.scripts: set[str] = set()
        self.numbers: set[str] = set()
        self.weak: set[str] = set()
        self.plain: set[str] = set()
        rows = list(applicants)
        keys = [row.pk for row in rows]
        for row in rows:
            self._take(row)
        for answers in Answers.objects.filter(application__applicant__in=keys):
            for text in (answers.work_link, answers.statement[:200]):
                self._own_words(text)
        for name in ApplicationFile.objects.filter(application__applicant__in=keys).values_list(
            "file_name", flat=True
        ):
            self._own_words(name)

    def _take(self, row: Applicant) -> None:
        if row.email:
            self.mails.add(row.email)
            self.plain.add(row.email)
        for name in (row.name_en, row.name_zh_hant, row.name_zh_hans):
            self._name(name.strip())
        for number in (row.phone, row.identity_number, row.bank_account):
            self._number(str(number or ""))
        if row.birth_date:
            self._weak(str(row.birth_date))

    def _name(self, name: str) -> None:
        if not name:
            return
        parts = re.split(r"[\s,]+", name)
        if not name.isascii() and len(parts) == 1:
            # Between Chinese characters there is nothing that ends a word.
            self.scripts.update({re.escape(name)} if len(name) > 1 else ())
        elif len(name) < FEWEST_LETTERS:
            self._weak(name)
            return
        else:
            for first in range(len(parts)):
                turned = [*parts[first:], *parts[:first]]
                self.words.add(r"[\s,]+".join(re.escape(part) for part in turned))
                self.plain.update((" ".join(turned), ", ".join((turned[0], " ".join(turned[1:])))))
        self.plain.add(name)

    def _number(self, number: str) -> None:
        signs = re.sub(r"[^0-9A-Za-z]", "", number)
        if len(signs) < FEWEST_DIGITS:
            if number:
                self._weak(number)
            return
        if number.startswith(("+", "00")) and signs.removeprefix("00").startswith(COUNTRY):
            signs = signs.removeprefix("00").removeprefix(COUNTRY)
        between = r"[ ().\-]{0,2}"
        self.numbers.add(
            f"(?:(?:00)?{COUNTRY}{between})?" + between.join(re.escape(sign) for sign in signs)
        )
        self.plain.update((number, signs))

    def _own_words(self, text: str) -> None:
        if len(text) >= FEWEST_OF_OWN_WORDS:
            self._weak(text)

    def _weak(self, text: str) -> None:
        if text:
            self.weak.add(re.escape(text))

    def sought(self) -> Sequence[Sought]:
        """What to look for, and where."""
        everywhere = [
            *_bounded(self.words | self.numbers, BEFORE, AFTER),
            *_bounded(self.mails, MAIL_BEFORE, MAIL_AFTER),
            *_bounded(self.scripts, "", ""),
        ]
        found = []
        if everywhere:
            needles = tuple(sorted(text.encode() for text in self.plain if len(text) > 1))
            anywhere = self.words | self.numbers | self.mails | self.scripts
            found.append(
                Sought("|".join(everywhere), _joined(anywhere), needles=needles, rows=OF_OTHERS)
            )
        if self.weak:
            found.append(
                Sought(
                    "|".join(_bounded(self.weak, BEFORE, AFTER)),
                    _joined(self.weak),
                    only=_tables_of_scholarships() - THEIR_OWN,
                    rows=OF_OTHERS,
                )
            )
        return found


def _bounded(alternatives: set[str], before: str, after: str) -> list[str]:
    return [f"{before}(?:{_joined(alternatives)}){after}"] if alternatives else []


def _joined(alternatives: set[str]) -> str:
    # The longest first, so that a part of a name does not stand for the whole.
    return "|".join(sorted(alternatives, key=lambda each: (-len(each), each)))


def _tables_of_scholarships() -> frozenset[str]:
    return frozenset(
        model._meta.db_table for model in apps.get_app_config("scholarships").get_models()
    )
