"""From records to rows, in bulk and past the ORM's objects, which cost 20 to 40 times as much.

This package is the one place where SQL is written by hand. It runs on SQLite and PostgreSQL.
"""
