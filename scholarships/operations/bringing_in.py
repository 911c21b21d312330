"""Applications from a file of staff's: looked at first, written all or none; no copy of the file is kept.

The machine of portfolio.imports keeps every row that it read. What is personal is not to lie in a second
place, so that applications are brought in by a way of their own.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.imports.columns import (
    Column,
    DayColumn,
    Fault,
    Flag,
    WholeColumn,
    faults_of_text,
    plain_heading,
)
from portfolio.imports.faults import SENTENCES
from portfolio.imports.reading import read_file
from scholarships.choices import EntryWay
from scholarships.models import Applicant, Application, Round
from scholarships.models.application import ANSWERS, GONE
from scholarships.operations.applications import (
    context,
    save_answers,
    set_personal,
    start_application,
)

PERSON = ("name_en", "name_zh_hant", "name_zh_hans", "phone", "identity_number", "birth_date")
COLUMNS: tuple[Column, ...] = (
    Column("email", "email", aliases=("e-mail", "電郵", "电邮"), required=True, most=254),
    Column("name_en", "name_en", aliases=("name", "english name", "英文姓名")),
    Column("name_zh_hant", "name_zh_hant", aliases=("chinese name", "中文姓名", "姓名")),
    Column("name_zh_hans", "name_zh_hans"),
    Column("phone", "phone", aliases=("telephone", "電話", "电话"), most=40),
    Column("identity_number", "identity_number", aliases=("id number", "身份證號碼", "身份证号码")),
    DayColumn("birth_date", "birth_date", aliases=("date of birth", "出生日期")),
    Column("programme_of_study", "programme_of_study", aliases=("programme", "課程", "课程"), most=100),
    WholeColumn("year_of_study", "year_of_study", aliases=("year", "年級", "年级"), least=1, largest=20),
    Column("residence", "residence", aliases=("place of residence", "居住地"), most=2),
    Column("school", "school", aliases=("學校", "学校")),
    Column("project_title", "project_title", aliases=("project", "計劃名稱", "计划名称")),
    Column("statement", "statement", aliases=("自述",), most=6000),
)  # fmt: skip


class FileNotTaken(Refused):
    """A row of the file cannot be taken; nothing was written."""


@dataclass
class Coming:
    """A row of the file as it was understood, or what is wrong with it."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    is_there: bool = False


def look_at(*, round: Round, data: bytes) -> list[Coming]:
    """What a file would bring into a round; nothing is written. Queries: one.

    Raises: Unreadable; Refused where a column is missing.
    """
    table = read_file(data).table
    by_name = {
        plain_heading(name): column for column in COLUMNS for name in (column.name, *column.aliases)
    }
    meant = {h: by_name[plain_heading(h)] for h in table.headings if plain_heading(h) in by_name}
    if not any(column.name == "email" for column in meant.values()):
        raise Refused(
            _("The file has no column “%(column)s”; it has: %(headings)s.")
            % {"column": "email", "headings": ", ".join(table.headings)[:300]}
        )
    there = set(
        Application.objects.filter(round=round)
        .exclude(state__in=GONE)
        .values_list("applicant__email", flat=True)
    )
    seen: set[str] = set()
    found = []
    for line in table.lines:
        row = Coming(line.number)
        row.faults += [_said(code, figures) for code, figures in line.faults]
        for heading, column in meant.items():
            cell = line.cells.get(heading)
            if cell not in (None, ""):
                _take(row, column, cell)
        _judge(row, seen, there)
        found.append(row)
    return found


def _take(row: Coming, column: Column, cell: Any) -> None:
    try:
        value = column.read(cell)
    except Flag as flag:
        # A telephone or a number of identity is often kept as a number.
        value = flag.taken
    except Fault as fault:
        row.faults.append(f"{column.name}: {_said(fault.code, fault.figures)}")
        return
    if isinstance(value, str):
        row.faults += [_said(code, figures) for code, figures in faults_of_text(value)]
    row.values[column.name] = value


def _judge(row: Coming, seen: set[str], there: set[str]) -> None:
    email = str(row.values.get("email", "")).strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        row.faults.append(_("Give an e-mail address."))
        return
    if email in seen:
        row.faults.append(_("The same e-mail address stands above."))
    seen.add(email)
    row.values["email"] = email
    row.is_there = email in there
    if not any(row.values.get(name) for name in PERSON[:3]):
        row.faults.append(_("Give a name."))
    residence = str(row.values.get("residence", "")).upper()
    if residence and not (len(residence) == 2 and residence.isascii() and residence.isalpha()):
        row.faults.append(_("Give a territory by its two letters, such as HK."))
    row.values["residence"] = residence


def _said(code: str, figures: Mapping[str, Any]) -> str:
    return str(SENTENCES.get(code, code)) % figures


@atomic_retrying
def bring_in(*, round: Round, data: bytes, at: datetime.datetime, actor: Any) -> list[Application]:
    """Make a draft of every row, all or none; who is there already is left as they are.

    Raises: FileNotTaken with the first row that cannot be taken.
    """
    rows = look_at(round=round, data=data)
    faulty = next((row for row in rows if row.faults), None)
    if faulty is not None:
        raise FileNotTaken(
            _("Row %(number)s: %(fault)s") % {"number": faulty.number, "fault": faulty.faults[0]}
        )
    return [
        enter_application(round=round, values=row.values, way=EntryWay.IMPORT, actor=actor)
        for row in rows
        if not row.is_there
    ]


@atomic_retrying
def enter_application(
    *, round: Round, values: Mapping[str, Any], way: EntryWay, actor: Any
) -> Application:
    """Make the draft of somebody who did not come by the form; known by their e-mail address, if any."""
    with context(actor):
        email = str(values.get("email") or "").strip().lower()
        person = Applicant.objects.known().filter(email=email).first() if email else None
        if person is None:
            person = Applicant.objects.create(email=email)
        given = {name: values[name] for name in PERSON if values.get(name)}
        set_personal(applicant=person, actor=actor, **given)
        application = start_application(round=round, applicant=person, way=way, actor=actor)
        # Whoever enters it has it signed on paper.
        answers = {name: values[name] for name in ANSWERS if values.get(name) not in (None, "")}
        save_answers(application=application, answers={**answers, "declares": True}, actor=actor)
    return application
