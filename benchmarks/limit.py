"""The limit: a bare WSGI app with the one best SQL, to measure the API against.

No framework, no validation, no publication of errors: a prepared statement whose JSON PostgreSQL
builds, an orjson envelope, and the bytes go out. What physics allows a Python process; no product.
It answers with the same rows and the same fields as the API does.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
import psycopg

from benchmarks.addresses import database_parameters

type Start = Callable[[str, list[tuple[str, str]]], Any]


def is_public(alias: str) -> str:
    """Whether anyone may see a row now."""
    return (
        f"({alias}.publication = 'PUBLIC' OR "
        f"({alias}.publication = 'EMBARGOED' AND {alias}.embargoed_until <= statement_timestamp()))"
    )


def names(alias: str) -> str:
    """The three names of a row."""
    return (
        f"json_build_object('en', nullif({alias}.name_en, ''), "
        f"'zh-hant', nullif({alias}.name_zh_hant, ''), 'zh-hans', nullif({alias}.name_zh_hans, ''))"
    )


def reference(alias: str) -> str:
    """A row in short."""
    return f"json_build_object('slug', {alias}.slug, 'name', {names(alias)})"


ROW = f"""json_build_object(
  'slug', p.slug, 'name', {names("p")}, 'aliases', p.aliases, 'format', d.format, 'stage', d.stage,
  'genre', nullif(d.genre, ''), 'year', d.year,
  'programme', (SELECT {reference("g")} FROM programmes_programme g
     WHERE g.id = p.programme_id AND {is_public("g")}),
  'standing', p.standing,
  'strand', (SELECT {reference("s")} FROM programmes_strand s WHERE s.id = p.strand_id),
  'participations', array_to_json(ARRAY(
     SELECT json_build_object('organisation', {reference("o")}, 'role', x.role)
     FROM productions_participation x JOIN partners_organisation o ON o.id = x.organisation_id
     WHERE x.production_id = p.id AND {is_public("o")} ORDER BY o.sort_name, x.id LIMIT 200)),
  'credits', array_to_json(ARRAY(
     SELECT json_build_object('person', {reference("o")}, 'role', x.role)
     FROM productions_credit x JOIN partners_person o ON o.id = x.person_id
     WHERE x.production_id = p.id AND {is_public("o")} ORDER BY o.sort_name, x.id LIMIT 200)),
  'announced_amount', CASE WHEN p.announced_amount IS NOT NULL THEN json_build_object(
     'amount', p.announced_amount::text, 'currency', p.announced_currency) END,
  'claimed_result', nullif(p.claimed_result, ''), 'remarks', nullif(p.remarks, ''),
  'sources', array_to_json(ARRAY(
     SELECT json_build_object('slug', s.slug, 'title', s.title)
     FROM programmes_projectcitation c JOIN sources_source s ON s.id = c.source_id
     WHERE c.project_id = p.id AND {is_public("s")} ORDER BY s.published_date, s.id LIMIT 200)))"""

TABLES = f"""productions_production d JOIN programmes_project p ON p.id = d.project_ptr_id
  JOIN programmes_programme pr ON pr.id = p.programme_id
  WHERE {is_public("p")} AND {is_public("pr")}"""

CONDITIONS = {
    "strand": "p.strand_id = (SELECT id FROM programmes_strand WHERE slug = ${n}::text)",
    "format": "d.format = ${n}::text",
    "stage": "d.stage = ${n}::text",
}


@lru_cache(maxsize=500)
def list_statement(filters: tuple[str, ...], descending: bool, beyond: bool, size: int) -> bytes:
    """The statement of a page."""
    where = [CONDITIONS[name].format(n=n) for n, name in enumerate(filters, start=1)]
    if beyond:
        n = len(filters)
        sign = "<" if descending else ">"
        where.append(f"(p.sort_name, p.id) {sign} (${n + 1}::text, ${n + 2}::bigint)")
    turn = "DESC" if descending else "ASC"
    also = "".join(f" AND {condition}" for condition in where)
    return (
        f"SELECT {ROW}, p.sort_name, p.id FROM {TABLES} AND p.standing = 'IN_PROGRAMME'{also} "
        f"ORDER BY p.sort_name {turn}, p.id {turn} LIMIT {size + 1}"
    ).encode()


ROW_STATEMENT = f"SELECT {ROW} FROM {TABLES} AND p.slug = $1::text".encode()

# The query is folded once, as a value, and not once a row.
SEARCH_STATEMENT = f"""SELECT {ROW},
  1.0::float8 - word_similarity((SELECT topsheet_fold($1::text)), p.search_text) AS rank, p.id
  FROM {TABLES} AND p.standing = 'IN_PROGRAMME'
  AND (SELECT topsheet_fold($1::text)) <% p.search_text ORDER BY 2, 3 LIMIT 51""".encode()


# The same entry with every rule of the database, and nothing around it: no key, no answer kept.
POST_STATEMENT = b"""INSERT INTO funding_ledgerentry (posting, kind, programme_id, strand_id,
    fiscal_year, allocation_id, project_id, counterparty_id, commitment_id, amount, currency, rate,
    rate_date, rate_source, base_amount, promised_base_amount, value_date, recorded_by_id, reference,
    remarks)
  SELECT gen_random_uuid(), 'RECOUPMENT', c.programme_id, a.strand_id, a.fiscal_year, a.id,
    c.project_id, c.payee_id, c.id, $2::numeric, c.currency, 1, $3::date, 'SAME_CURRENCY', $2::numeric,
    $2::numeric, $3::date, c.state_by_id, '', ''
  FROM funding_commitment c
  JOIN funding_commitmentposition p ON p.commitment_id = c.id
  JOIN programmes_allocation a ON a.id = p.allocation_id
  WHERE c.reference = $1::text LIMIT 1 RETURNING json_build_object('id', id)"""


@lru_cache(maxsize=1)
def connection() -> psycopg.Connection[Any]:
    """The one connection of this worker."""
    pg: psycopg.Connection[Any] = psycopg.connect(**database_parameters(), autocommit=True)
    pg.prepare_threshold = 0
    return pg


def run(statement: bytes, values: Iterable[str]) -> Any:
    """The answer as PostgreSQL sent it."""
    cursor = psycopg.RawCursor(connection())
    cursor.execute(statement, list(values), prepare=True)
    return cursor.pgresult


def page(result: Any, size: int) -> bytes:
    """The envelope of a list."""
    more = result.ntuples > size
    shown = min(result.ntuples, size)
    link = b"null"
    if more:
        last = [result.get_value(shown - 1, n).decode() for n in (1, 2)]
        link = orjson.dumps("?after=" + ",".join(last))
    rows = b",".join([result.get_value(n, 0) for n in range(shown)])
    return b'{"next":%s,"results":[%s]}' % (link, rows)


def application(environ: dict[str, Any], start_response: Start) -> list[bytes]:
    """/list?strand=…&ordering=-name&key=…&row=…, /row?slug=…, /search?q=…, and POST of an entry."""
    given = dict(parse_qsl(environ["QUERY_STRING"]))
    if environ["REQUEST_METHOD"] == "POST":
        said = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        values = [said["commitment"], said["amount"], said["value_date"]]
        body = run(POST_STATEMENT, values).get_value(0, 0)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("201 Created", headers)
        return [body]
    match environ["PATH_INFO"]:
        case "/list":
            filters = tuple(name for name in CONDITIONS if name in given)
            values = [given[name] for name in filters]
            if "key" in given:
                values += [given["key"], given["row"]]
            descending = given.get("ordering") == "-name"
            body = page(run(list_statement(filters, descending, "key" in given, 50), values), 50)
        case "/row":
            body = run(ROW_STATEMENT, [given["slug"]]).get_value(0, 0)
        case _:
            body = page(run(SEARCH_STATEMENT, [given["q"]]), 50)
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
