from datetime import UTC
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class InventoryConfig(AppConfig):
    name = "steward.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(_teach)


def _teach(connection: Any, **_: Any) -> None:
    """SQLite cannot count bits, and PostgreSQL's driver takes long over times."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("BIT_COUNT", 1, _bits, deterministic=True)
    elif connection.timezone is UTC:
        from steward.inventory.times import UtcLoader

        connection.connection.adapters.register_loader("timestamptz", UtcLoader)


def _bits(number: int | None) -> int | None:
    return None if number is None else number.bit_count()
