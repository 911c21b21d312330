"""The SQL of tranches: how each stood, what of it was left to pay, and what stood in its way.

Statements that use these begin with `cell` and `own`; see `statements`.
"""
# ruff: noqa: S608

from portfolio.reporting.statements import later
from portfolio.reporting.terms import Terms

COLUMNS = "id, commitment_id, number, title, amount, due_date, state"

# What was paid of a tranche is known by its state, without adding up its entries: all of one that is
# paid, some of one that is approved, nothing of any other. The database holds the states to it.
# A subquery for each row would keep a second process from helping; a function does not.
NAMED = ", ".join(f"t.{name}" for name in COLUMNS.split(", "))
TRANCHES_NOW = f"""
        SELECT {NAMED}, CASE t.state WHEN 'PAID' THEN t.amount WHEN 'APPROVED' THEN topsheet_paid_of(t.id)
            ELSE 0.00 END AS paid_now
        FROM funding_tranche t"""
CHOSEN = "t.id IN (SELECT id FROM chosen)"


def stood(terms: Terms, *, chosen: bool) -> str:
    """Tranches as they stood: as they are where nothing happened to them since, else by their history."""
    if terms.known_at is None:
        return f"{TRANCHES_NOW} WHERE {CHOSEN}" if chosen else TRANCHES_NOW
    return f"""{TRANCHES_NOW}
        WHERE NOT EXISTS (SELECT 1 FROM funding_trancheevent n
            WHERE n.pgh_obj_id = t.id AND n.pgh_created_at > %(known_at)s)
            {f"AND {CHOSEN}" if chosen else ""}
        UNION ALL
        SELECT {", ".join(f"o.{name}" for name in COLUMNS.split(", "))}, coalesce(t.paid_now, 0.00)
        FROM (SELECT DISTINCT pgh_obj_id FROM funding_trancheevent
            WHERE pgh_created_at > %(known_at)s) AS n
        CROSS JOIN LATERAL (
            SELECT h.pgh_label, h.id, h.commitment_id, h.number, h.title, h.amount, h.due_date, h.state
            FROM funding_trancheevent h
            WHERE h.pgh_obj_id = n.pgh_obj_id AND h.pgh_created_at <= %(known_at)s
            ORDER BY h.pgh_id DESC LIMIT 1
        ) AS o
        LEFT JOIN ({TRANCHES_NOW}) AS t ON t.id = o.id
        WHERE o.pgh_label <> 'delete'"""


def tranches(terms: Terms, *, chosen: bool = False) -> str:
    """The tranches of `own` with what is `due` and what of it is `unpaid`, in the terms' currency.

    `amount` and `left_to_pay` are the same two in the currency of the commitment. With `chosen` only
    those that are in it are looked at.
    """
    due, unpaid = "amount", "left_to_pay"
    if not terms.currency:
        # Rounding exactly is slow: most of what is promised is in base currency, and most tranches are
        # paid in full or not at all.
        places = "topsheet_decimals(base_currency)"
        due = f"CASE WHEN rate = 1 THEN amount ELSE topsheet_round_half_even(amount * rate, {places}) END"
        unpaid = f"""CASE WHEN left_to_pay = 0 THEN 0.00 WHEN left_to_pay = amount THEN due
            WHEN rate = 1 THEN left_to_pay
            ELSE topsheet_round_half_even(left_to_pay * rate, {places}) END"""
    return f"""
        SELECT {COLUMNS}, currency, rate, left_to_pay, due, {unpaid} AS unpaid
        FROM (SELECT *, {due} AS due FROM (
            SELECT {NAMED},
                own.currency, own.rate, g.base_currency,
                greatest(t.amount - t.paid_now + coalesce(later.amount, 0.00), 0.00) AS left_to_pay
            FROM ({stood(terms, chosen=chosen)}) AS t
            JOIN own ON own.id = t.commitment_id
            JOIN programmes_programme g ON g.id = %(programme)s
            LEFT JOIN (
                SELECT tranche_id, -sum(amount) AS amount
                FROM ({later(terms, of="tranche_id")}) AS l (tranche_id, kind, amount, base, promised)
                WHERE tranche_id IS NOT NULL GROUP BY tranche_id
            ) AS later ON later.tranche_id = t.id
            WHERE t.state <> 'CANCELLED'
        ) AS slice) AS slice"""


UNPAID_NOW = "t.state IN ('SCHEDULED', 'REQUESTED', 'APPROVED')"


def chosen(terms: Terms, *, only_unpaid: bool, within: str, first_few: bool) -> str:
    """The numbers of tranches that may be due `within` some days, and perhaps a few that are not.

    By their dates and states of now, which an index finds; and whatever changed or was paid since.
    With `first_few` no more of those that nothing happened to than %(limit)s, the first by date.
    """
    paid_since = f"""SELECT tranche_id FROM ({later(terms, of="tranche_id")})
            AS l (tranche_id, kind, amount, base, promised) WHERE tranche_id IS NOT NULL"""
    changed_since = (
        "SELECT pgh_obj_id FROM funding_trancheevent WHERE pgh_created_at > %(known_at)s"
    )
    if first_few and only_unpaid and terms.known_at is None:
        # One by one in the order of an index, until there are enough of them.
        return f"""(SELECT t.id FROM funding_tranche t JOIN own ON own.id = t.commitment_id
            WHERE {UNPAID_NOW} {within} AND (
                SELECT count(*) FROM funding_ledgerentry e
                WHERE e.tranche_id = t.id AND e.commitment_id = own.id
                    AND e.value_date > %(as_of)s) = 0
            ORDER BY t.due_date, t.id LIMIT %(limit)s)
        UNION {paid_since}"""
    now = UNPAID_NOW if only_unpaid else "t.state <> 'CANCELLED'"
    found = [f"SELECT t.id FROM funding_tranche t WHERE {now} {within}"]
    if only_unpaid:
        found.append(paid_since)
    if terms.known_at is not None:
        found.append(changed_since)
    return "\n        UNION ".join(found)


# What an officer found out later is not known yet on the day.
UNMET = """k.met_at IS NULL OR (k.met_at AT TIME ZONE 'Asia/Hong_Kong')::date > %(as_of)s
            OR (k.kind = 'INSURANCE_IN_FORCE' AND k.valid_until < %(as_of)s)"""
IN_FORCE = "b.start_date <= %(as_of)s AND (b.end_date IS NULL OR b.end_date >= %(as_of)s)"


def open_conditions(terms: Terms, of: str) -> str:
    """How many conditions of the tranche `of` did not hold."""
    rows = _kept(
        terms, "funding_condition", ("met_at", "kind", "valid_until"), f"tranche_id = {of}"
    )
    return f"(SELECT count(*) FROM ({rows}) AS k WHERE {UNMET})"


def is_blocked(terms: Terms, of: str) -> str:
    """Whether nothing might be paid to the organisation `of`."""
    rows = _kept(terms, "partners_block", ("start_date", "end_date"), f"organisation_id = {of}")
    return f"EXISTS (SELECT 1 FROM ({rows}) AS b WHERE {IN_FORCE})"


def _kept(terms: Terms, table: str, columns: tuple[str, ...], whose: str) -> str:
    """Rows of a table that keeps its history, as they are or as they stood at `known_at`."""
    names = ", ".join(columns)
    if terms.known_at is None:
        return f"SELECT {names} FROM {table} WHERE {whose}"
    return f"""
        SELECT {names} FROM (
            SELECT DISTINCT ON (pgh_obj_id) pgh_label, {names} FROM {table}event
            WHERE {whose} AND pgh_created_at <= %(known_at)s
            ORDER BY pgh_obj_id, pgh_id DESC
        ) AS h WHERE pgh_label <> 'delete'
        UNION ALL
        SELECT {names} FROM {table} r
        WHERE {whose} AND NOT EXISTS (SELECT 1 FROM {table}event n WHERE n.pgh_obj_id = r.id)"""
