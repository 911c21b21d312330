"""The database that the commands use: its two roles, its addresses, and what it has to be able to.

One role owns the tables and migrates; the other runs the site and owns nothing.
"""

import secrets
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from deploy.checks import SetupError, one_line, private_folder, read_private, write_private
from deploy.cluster import SUPERUSER, Cluster

DATABASE = "topsheet"
OWNER = "topsheet_owner"
APP = "topsheet_app"
OLDEST = 15
EXTENSIONS = ("pg_trgm", "btree_gist")
SECONDS_TO_CONNECT = 5

Connection = psycopg.Connection[tuple[object, ...]]


def own_addresses(cluster: Cluster, *, may_create_databases: bool = False) -> dict[str, str]:
    """The variables for a running cluster of our own, its roles and database made when missing."""
    with _connect(cluster.url(SUPERUSER, "postgres"), name="Our own PostgreSQL") as connection:
        for role in (OWNER, APP):
            _ensure_role(connection, role, cluster)
        if may_create_databases:
            connection.execute(
                sql.SQL("ALTER ROLE {} CREATEDB CREATEROLE").format(sql.Identifier(OWNER))
            )
        if not _one(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
    return {
        "DATABASE_URL": cluster.url(OWNER, DATABASE),
        "DATABASE_APP_URL": cluster.url(APP, DATABASE),
    }


def given_addresses(
    url: str, app_url: str | None, secrets_folder: Path, *, for_tests: bool = False
) -> dict[str, str]:
    """The variables for a server that somebody else runs, after a look at what it can.

    Raises: SetupError when it cannot be reached, is too old, or lacks what Topsheet needs.
    """
    url = _checked(url, "DATABASE_URL")
    with _connect(url, name="DATABASE_URL") as owner:
        _refuse_unfit(owner)
        database, role = owner.info.dbname, owner.info.user
        if for_tests and not (_may(owner, "rolcreatedb") and _may(owner, "rolcreaterole")):
            raise SetupError(
                f"The tests make databases and a role of their own, and the role {role} may not: "
                f'ALTER ROLE "{role}" CREATEDB CREATEROLE.'
            )
        if not app_url:
            try:
                app_url = _app_address(owner, url, database, secrets_folder)
            except SetupError:
                if not for_tests:
                    raise
                # The tests run as the owner; only those about the second role need an address.
                return {"DATABASE_URL": url}
    app_url = _checked(app_url, "DATABASE_APP_URL")
    with _connect(app_url, name="DATABASE_APP_URL") as app:
        if app.info.user == role:
            raise SetupError(
                "DATABASE_APP_URL and DATABASE_URL name the same role. The site has to run as a "
                "second one that owns nothing: CREATE ROLE topsheet_app LOGIN PASSWORD '…'."
            )
        if app.info.dbname != database:
            raise SetupError(
                f"DATABASE_APP_URL names the database {app.info.dbname} and DATABASE_URL "
                f"{database}. Give both the same."
            )
    return {"DATABASE_URL": url, "DATABASE_APP_URL": app_url}


def libpq_variables(url: str) -> dict[str, str]:
    """The variables by which psql, pg_dump and their kin find the database, as its owner."""
    names = {"host", "port", "user", "password", "dbname", "sslmode", "sslrootcert"}
    return {
        "PGDATABASE" if name == "dbname" else f"PG{name.upper()}": str(value)
        for name, value in conninfo_to_dict(url).items()
        if name in names
    }


def _checked(url: str, name: str) -> str:
    """The address with the scheme that both Django and psycopg know."""
    example = "postgres://user:password@host:5432/database"
    try:
        parts = urlsplit(url)
        fit = parts.scheme in {"postgres", "postgresql", "psql", "pgsql"} and len(parts.path) > 1
        parts.port  # noqa: B018 - reading it is what checks it
        url = f"postgres{url[len(parts.scheme) :]}"
        conninfo_to_dict(url)
    except (ValueError, psycopg.Error):
        fit = False
    if not fit:
        raise SetupError(
            f"{name} is not an address of the form {example}; write characters such as # / @ "
            "in a password as %23 %2F %40."
        )
    return url


def _connect(url: str, *, name: str) -> Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=SECONDS_TO_CONNECT)
    except (psycopg.Error, UnicodeError) as error:
        raise SetupError(_why_not_connected(str(error), url, name)) from None


def _why_not_connected(text: str, url: str, name: str) -> str:
    # The server speaks its own language here, so the words are a help and no more: what they do
    # not match is shown as it came.
    known = conninfo_to_dict(url)
    user, database = str(known.get("user")), str(known.get("dbname"))
    where = f"{known.get('host') or 'the local socket'}:{known.get('port', 5432)}"
    for words, mend in (
        (
            ("password authentication failed", "no password supplied"),
            f"the server at {where} refused the password of {user}. Mend it.",
        ),
        (
            ("database", "does not exist"),
            f"the server at {where} has no database {database}. Make it: {_make_it(database)}.",
        ),
        (
            (
                "Connection refused",
                "No such file",
                "timeout",
                "resolve",
                "unreachable",
                "translate",
            ),
            f"no server answers at {where}. Start it, or mend host and port.",
        ),
        (
            ("no pg_hba.conf entry",),
            f"the server at {where} lets {user} not in from here. Mend its pg_hba.conf.",
        ),
    ):
        found = [word in text for word in words]
        if all(found) if words[0] == "database" else any(found):
            return f"{name}: {mend}"
    return f"{name}: {one_line(text)} Mend the address, or unset it to use our own PostgreSQL."


def _make_it(database: str) -> str:
    return f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"


def _refuse_unfit(connection: Connection) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        raise SetupError(
            f"DATABASE_URL: the server is PostgreSQL {version}, and Topsheet needs {OLDEST} or "
            "newer. Upgrade it, or unset DATABASE_URL to use our own PostgreSQL."
        )
    database = connection.info.dbname
    anew = _make_it(database)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise SetupError(
            f"DATABASE_URL: the database {database} is encoded in {encoding}. Make it anew: {anew}."
        )
    for extension in EXTENSIONS:
        query = "SELECT 1 FROM pg_available_extensions WHERE name = %s"
        if not _one(connection, query, extension):
            raise SetupError(
                f"DATABASE_URL: the server has no {extension}. Install PostgreSQL's contrib "
                "modules there (Debian: part of postgresql; elsewhere postgresql-contrib)."
            )
    try:
        with connection.transaction(force_rollback=True):
            for extension in EXTENSIONS:
                connection.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )
            schema = _one(
                connection,
                "SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace "
                "WHERE extname = 'pg_trgm'",
            )
            trigrams = connection.execute(
                sql.SQL("SELECT cardinality({}.show_trgm('电'))").format(
                    sql.Identifier(str(schema))
                )
            ).fetchone()
    except psycopg.errors.InsufficientPrivilege:
        raise SetupError(
            f"DATABASE_URL: {connection.info.user} may not make {' and '.join(EXTENSIONS)} in "
            f"{database}. Give it the database: ALTER DATABASE {database} OWNER TO "
            f'"{connection.info.user}".'
        ) from None
    if not trigrams or not trigrams[0]:
        raise SetupError(
            f"DATABASE_URL: the locale of {database} sees no letters in Chinese, so "
            f"nothing Chinese could be found. Make it anew: {anew}."
        )


def _app_address(owner: Connection, url: str, database: str, secrets_folder: Path) -> str:
    """The address of the runtime role, which is made when it is missing and may be."""
    role = f"{database}_app"[:63]
    host = owner.info.host.replace("/", "_")
    file = private_folder(secrets_folder) / f"{role}@{host}:{owner.info.port}"
    password = read_private(file)
    exists = _one(owner, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    by_hand = "put its address into DATABASE_APP_URL"
    if exists and not password:
        raise SetupError(
            f"The role {role} exists and its password is not in {secrets_folder}: {by_hand}, or "
            f"give it a new one (ALTER ROLE {role} PASSWORD '…') and do so."
        )
    if not exists and not _may(owner, "rolcreaterole"):
        raise SetupError(
            f"{owner.info.user} may not make the role that the site runs as. Have it made "
            f"(CREATE ROLE {role} LOGIN PASSWORD '…') and {by_hand}."
        )
    if not exists:
        password = secrets.token_urlsafe(32)
        write_private(file, password)
        _create_role(owner, role, password)
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    user = f"{quote(role, safe='')}:{quote(str(password), safe='')}"
    return parts._replace(netloc=f"{user}@{place}").geturl()


def _ensure_role(connection: Connection, role: str, cluster: Cluster) -> None:
    kept = (cluster.secrets / f"postgres-{role}").exists()
    exists = _one(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    if not exists:
        _create_role(connection, role, cluster.password(role))
    elif not kept:
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), _scrambled(connection, role, cluster.password(role))
            )
        )


def _create_role(connection: Connection, role: str, password: str) -> None:
    connection.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(role), _scrambled(connection, role, password)
        )
    )


def _scrambled(connection: Connection, role: str, password: str) -> sql.Literal:
    """The password as the server keeps it, so that no log of its ever holds the password itself."""
    made = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return sql.Literal(made.decode())


def _may(connection: Connection, right: str) -> bool:
    query = sql.SQL("SELECT rolsuper OR {} FROM pg_roles WHERE rolname = current_user")
    found = connection.execute(query.format(sql.Identifier(right))).fetchone()
    return bool(found and found[0])


def _one(connection: Connection, query: LiteralString, *values: str) -> object:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None
