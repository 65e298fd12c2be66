"""The view that puts the current accounts and their past versions side by side, as the
migrations make it."""

STILL = "email, username, name, status, kind, role, holds_seat, attributes, last_active_at, since"
OF_VERSION = ", ".join(f"v.{column.strip()}" for column in STILL.split(","))

CREATE = f"""
CREATE VIEW inventory_account_at AS
SELECT id, book, id AS account_id, external_id, created_at, person_id, first_seen_at, removed_at,
    NULL AS until, {STILL}
FROM inventory_account
UNION ALL
SELECT -v.id, v.book, v.account_id, a.external_id, a.created_at, a.person_id, a.first_seen_at,
    NULL, v.until, {OF_VERSION}
FROM inventory_accountversion v JOIN inventory_account a ON a.id = v.account_id
"""

DROP = "DROP VIEW inventory_account_at"
