"""Rows as files: CSV and JSON as PostgreSQL writes them, streamed; XLSX sheet by sheet of any rows.

`columns` says what a column holds, `copying` streams a statement, `sheets` writes rows that are at
hand, `answers` sends either to the caller.
"""
