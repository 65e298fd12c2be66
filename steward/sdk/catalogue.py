"""The catalogue is the folder listing: every package in `steward.integrations` whose module
`connector` holds a `Connector`, and every entry point of the group `steward.integrations`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType

from steward.sdk.connector import Connector
from steward.sdk.scopes import Knowledge
from steward.sdk.scopes import read as read_scopes

PACKAGE = "steward.integrations"


@cache
def integrations() -> Mapping[str, type[Connector]]:
    """Every integration by slug, in the order of their names."""
    package = importlib.import_module(PACKAGE)
    names = [f"{PACKAGE}.{m.name}" for m in pkgutil.iter_modules(package.__path__) if m.ispkg]
    names += [point.value for point in entry_points(group=PACKAGE)]
    found = [connector_in(name) for name in names]
    return MappingProxyType({c.slug: c for c in sorted(found, key=lambda c: c.name.casefold())})


def offering_consent() -> dict[str, type[Connector]]:
    """Those with a way to sign in by which the app itself asks an admin."""
    return {slug: c for slug, c in integrations().items() if any(o.consent for o in c.auth)}


def connector_in(package: str) -> type[Connector]:
    module = importlib.import_module(f"{package}.connector")
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, Connector)
            and value.__module__ == module.__name__
        ):
            return value
    raise LookupError(f"{package}/connector.py holds no Connector")


def folder_of(slug: str) -> Path:
    """Where the integration's guide.md, icon.svg and recorded answers are."""
    module = importlib.import_module(integrations()[slug].__module__)
    return Path(str(module.__file__)).parent


def scopes_known_by(slug: str) -> Knowledge:
    """What an integration says of the scopes that apps may be given in it."""
    return read_scopes(folder_of(slug)) if slug in integrations() else Knowledge()
