"""What the sample's money is promised in: the programme, its people, firms and productions."""

import datetime
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from psycopg import Cursor

from portfolio.funding.models import ApprovalLimit, ExchangeRate, RateSeries
from portfolio.programmes.models import Allocation, Programme, Strand
from portfolio.sample.market import BASE, Market
from portfolio.sample.tables import copy_rows, first_free_id
from portfolio.sample.teller import ALONE, World
from portfolio.sample.words import FIRM, FIRST, PLACE, SECOND
from portfolio.staff.models import User

# The sample ends on a day of its own and not today, so that the same seed gives the same rows.
FIRST_DAY, LAST_DAY = datetime.date(2022, 4, 1), datetime.date(2026, 10, 30)
FISCAL_YEARS = range(2022, 2027)
SLUG = "sample-programme"
NOTE = "Fictional; made by load_sample."
REMARK = "Fictional: made up for trying Topsheet."
# The last is how often.
STRANDS = (
    ("feature-films", "Feature films", "劇情片", "剧情片", 40),
    ("television", "Television series", "電視劇", "电视剧", 26),
    ("documentaries", "Documentaries", "紀錄片", "纪录片", 12),
    ("animation", "Animation", "動畫", "动画", 10),
    ("concert-films", "Concert films", "演唱會電影", "演唱会电影", 7),
    ("new-talent", "New talent", "新晉人才", "新晋人才", 5),
)
FORMATS = {
    "feature-films": ("FEATURE_FILM",), "television": ("TV_DRAMA", "VARIETY_SHOW"),
    "documentaries": ("DOCUMENTARY",), "animation": ("ANIMATION",),
    "concert-films": ("DOCUMENTARY",), "new-talent": ("SHORT_FILM",),
}  # fmt: skip
STAGES = ("DEVELOPMENT", "GREENLIT", "PRE_PRODUCTION", "POST_PRODUCTION", "DELIVERED", "RELEASED")
KINDS = ("STUDIO", "BROADCASTER", "DISTRIBUTOR", "INVESTOR", "STREAMING_PLATFORM")
ROLES = ("PRODUCER", "CO_PRODUCER", "FINANCIER", "DISTRIBUTOR")


def make_world(cursor: Cursor[Any], *, projects: int, seed: int) -> World:
    """Make everything that commitments name, and say by which ids."""
    chance = random.Random(f"world {seed}")  # noqa: S311 - no secret
    officers, approvers, finance = make_people()
    firms = make_firms(cursor, chance, max(6, min(projects // 8, 5000)))
    programme = Programme.objects.create(
        slug=SLUG, name_en="Sample programme (fictional)", name_zh_hant="示範計劃（虛構）",
        name_zh_hans="示范计划（虚构）", sponsor_id=firms[0], base_currency=BASE,
        fiscal_year_start_month=4, is_fictional=True, publication="PUBLIC", remarks=REMARK,
        notes=NOTE, years=len(FISCAL_YEARS),
    )  # fmt: skip
    strands = [
        Strand.objects.create(
            programme=programme, slug=f"sample-{slug}", name_en=en, name_zh_hant=hant,
            name_zh_hans=hans, position=n,
        )
        for n, (slug, en, hant, hans, *_rest) in enumerate(STRANDS, start=1)
    ]  # fmt: skip
    allocations = {
        strand.pk: {
            year: Allocation.objects.create(strand=strand, fiscal_year=year).pk
            for year in FISCAL_YEARS
        }
        for strand in strands
    }
    return World(
        programme=programme.pk,
        series=RateSeries.objects.get(slug="ecb").pk,
        allocations=allocations,
        projects=make_productions(cursor, chance, programme.pk, strands, firms, projects),
        funder=firms[0],
        officers=officers,
        approvers=approvers,
        finance=finance,
    )


def make_people() -> tuple[list[int], list[int], int]:
    """Officers, approvers and one of finance; none of them can sign in."""
    role = Group.objects.create(name="Sample approver (fictional)")
    for currency, alone in ALONE.items():
        ApprovalLimit.objects.create(
            role=role, currency=currency, alone_up_to=Decimal(alone) / 100,
            jointly_up_to=Decimal(10) ** 12, start_date=datetime.date(2022, 1, 1),
            decision="Fictional delegation of authority",
        )  # fmt: skip
    groups = {
        "officer": [Group.objects.get(name="Programme officer")],
        "approver": [Group.objects.get(name="Approver"), role],
        "finance": [Group.objects.get(name="Finance")],
    }
    made: dict[str, list[int]] = {}
    for word, count in (("officer", 3), ("approver", 3), ("finance", 1)):
        for number in range(1, count + 1):
            user = User(username=f"sample-{word}-{number}", first_name="Sample",
                        last_name=f"{word} {number} (fictional)")  # fmt: skip
            user.set_unusable_password()
            user.save()
            user.groups.set(groups[word])
            made.setdefault(word, []).append(user.pk)
    return made["officer"], made["approver"], made["finance"][0]


def named(chance: random.Random, *parts: Sequence[tuple[str, str, str]]) -> tuple[str, str, str]:
    """A made-up name in three scripts; one in twelve lacks the Chinese ones."""
    chosen = [chance.choice(part) for part in parts]
    english = " ".join(word[0] for word in chosen)
    if chance.random() < 0.08:
        return english, "", ""
    return (
        english,
        "".join(word[1] for word in reversed(chosen)),
        "".join(word[2] for word in reversed(chosen)),
    )


def make_firms(cursor: Cursor[Any], chance: random.Random, count: int) -> list[int]:
    """Organisations; the first is the sponsor and funder."""
    first = first_free_id(cursor, "partners.Organisation")
    rows = [
        (first, "sample-fund", "Sample Culture Fund (fictional)", "示範文化基金（虛構）",
         "示范文化基金（虚构）", "{}", "{SPONSOR}", "HK", REMARK, NOTE, "PUBLIC")
    ]  # fmt: skip
    for number in range(1, count):
        rows.append(
            (first + number, f"sample-firm-{number}", *named(chance, FIRST, SECOND, FIRM), "{}",
             f"{{{chance.choice(KINDS)}}}", chance.choice(("HK", "HK", "HK", "CN", "TW")), REMARK,
             NOTE, "PUBLIC")
        )  # fmt: skip
    copy_rows(
        cursor, "partners.Organisation",
        ("id", "slug", "name_en", "name_zh_hant", "name_zh_hans", "aliases", "kinds", "country",
         "remarks", "notes", "publication"),
        rows,
    )  # fmt: skip
    return [row[0] for row in rows]


def make_productions(
    cursor: Cursor[Any], chance: random.Random, programme: int, strands: Sequence[Strand],
    firms: Sequence[int], count: int,
) -> list[tuple[int, int, int]]:  # fmt: skip
    """Productions with who takes part in them: (project, strand, payee) each."""
    first = first_free_id(cursor, "programmes.Project")
    weights = [weight for *_names, weight in STRANDS]
    made, projects, details, parts = [], [], [], []
    for number in range(count):
        place = chance.choices(range(len(strands)), weights)[0]
        # By Pareto's law: a few firms take part in much, and the first of all only gives money.
        firm = firms[1 + int(3 * (chance.paretovariate(0.8) - 1)) % (len(firms) - 1)]
        made.append((first + number, strands[place].pk, firm))
        projects.append(
            (first + number, f"sample-title-{number + 1}", *named(chance, FIRST, SECOND, PLACE), "{}",
             "PRODUCTION", programme, strands[place].pk, REMARK, NOTE, "PUBLIC")
        )  # fmt: skip
        stage = chance.choice(STAGES)
        year = chance.randint(2023, 2026) if stage == "RELEASED" else None
        form = chance.choice(FORMATS[STRANDS[place][0]])
        details.append((first + number, form, stage, chance.choice(("", "crime", "drama")), year))
        parts.append((first + number, firm, "PRODUCER"))
        other = chance.choice(firms[1:])
        if other != firm:
            parts.append((first + number, other, chance.choice(ROLES[1:])))
    copy_rows(
        cursor, "programmes.Project",
        ("id", "slug", "name_en", "name_zh_hant", "name_zh_hans", "aliases", "kind",
         "programme_id", "strand_id", "remarks", "notes", "publication"),
        projects,
    )  # fmt: skip
    copy_rows(
        cursor, "productions.Production", ("project_ptr_id", "format", "stage", "genre", "year"),
        details,
    )  # fmt: skip
    start = first_free_id(cursor, "productions.Participation")
    copy_rows(
        cursor, "productions.Participation", ("id", "production_id", "organisation_id", "role"),
        [(start + n, *part) for n, part in enumerate(parts)],
    )  # fmt: skip
    return made


def read_market() -> Market:
    """The rates of the sample's days, from the series of the ECB."""
    published: dict[datetime.date, dict[str, Decimal]] = {}
    rows = ExchangeRate.objects.filter(
        series__slug="ecb", date__range=(FIRST_DAY - datetime.timedelta(days=10), LAST_DAY),
        currency__in=["HKD", "USD", "CNY", "JPY"],
    )  # fmt: skip
    for day, currency, rate in rows.values_list("date", "currency", "rate"):
        published.setdefault(day, {})[currency] = rate
    return Market(FIRST_DAY, LAST_DAY, published)


def revisions(world: World, promised: dict[int, int], seed: int) -> Iterator[tuple[Any, ...]]:
    """What each allocation got: most of it at the start, the rest by a revision in its year."""
    chance = random.Random(f"revisions {seed}")  # noqa: S311 - no secret
    for years in world.allocations.values():
        for year, allocation in years.items():
            # In whole hundred thousands, so much that what is promised is 75 to 95 per cent of it.
            whole = promised[allocation] * 100 // chance.randint(75, 95) // 10_000_000 + 10
            original = whole * 9 // 10
            for number, kind, amount, day, reason in (
                (0, "ORIGINAL", original, FIRST_DAY.isoformat(), "Five-year plan (fictional)"),
                (1, "REVISION", whole - original, f"{year}-10-03", "Mid-year review (fictional)"),
            ):
                yield (
                    allocation, number, kind, f"{amount * 100_000}.00", min(day, LAST_DAY.isoformat()),
                    f"Board paper {year}/{number + 1} (fictional)", reason,
                    f"{min(day, LAST_DAY.isoformat())} 04:00:00+00", world.finance,
                )  # fmt: skip


def set_envelope(world: World) -> None:
    """Announce an envelope that holds all allocations, rounded up to a hundred million."""
    total = sum(
        int(amount)
        for amount in Allocation.objects.filter(strand__programme=world.programme).values_list(
            "balance__allocated", flat=True
        )
    )
    step = 100_000_000
    Programme.objects.filter(pk=world.programme).update(
        envelope_amount=Decimal((total * 11 // 10 // step + 1) * step), envelope_currency=BASE
    )
