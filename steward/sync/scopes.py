"""What an app granted, compared with what was asked for: which streams are left out for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from steward.inventory.instance import Instance, StreamState
from steward.sdk.fields import AuthOption, Scope

# Without the accounts nothing else can be joined to anybody.
ESSENTIAL = "accounts"
NOT_GRANTED = "The app has not granted all that this needs. Connect once more and agree to it."


def lacking(option: AuthOption, granted: Collection[str] | None) -> tuple[Scope, ...]:
    """Empty where the app does not say what it granted: then the streams will show it."""
    if granted is None:
        return ()
    had = {_bare(name) for name in granted}
    return tuple(scope for scope in option.scopes if _bare(scope.name) not in had)


def _bare(name: str) -> str:
    """Microsoft takes and gives one scope with and without the address before it, in any case."""
    return name.strip("/").rpartition("/")[2].casefold()


def of_stream(scopes: Iterable[Scope], stream: str) -> tuple[str, ...]:
    """Those without which the stream does not work; for accounts, those without which nothing
    does, since anything that is read of them is better than nothing."""
    needed = (s for s in scopes if stream in s.streams)
    return tuple(s.name for s in needed if s.required or stream != ESSENTIAL)


def mark_streams(instance: Instance, missing: Collection[Scope]) -> None:
    """What is known to be missing is said at once; the next sync says it again, or no more."""
    for stream in StreamState.objects.filter(instance=instance):
        names = of_stream(missing, stream.name)
        if names:
            StreamState.objects.filter(pk=stream.pk).update(
                state=StreamState.NOT_PERMITTED, missing=list(names), error=NOT_GRANTED
            )
