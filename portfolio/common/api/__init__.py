"""The machinery of the JSON API, built once for all endpoints: docs/adr/0004 says how and why.

`fields` and `rows` say what a row is and build it in PostgreSQL; `filters` and `ordering` say what may
be asked; `plans` turns a question into one prepared statement; `viewsets` answers; `problems` says what
went wrong; `schema` describes all of it.
"""
