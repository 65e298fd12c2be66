"""What an app's own words for roles let somebody do: administer, or change what others see.

A word that stands in neither is not known to do so, and nobody guesses. Where an app says who its
administrators are by groups of the kind "role" alone, `by_groups` is set: whoever is in one is an
administrator, but for those in `harmless`. Words are compared whole and whatever their case; a
role that names several, with commas between, is each of them.
"""

from __future__ import annotations

from dataclasses import dataclass


def words(role: str) -> frozenset[str]:
    return frozenset(
        word for part in role.split(",") if (word := " ".join(part.casefold().split()))
    )


@dataclass(frozen=True)
class Roles:
    admins: frozenset[str] = frozenset()
    writers: frozenset[str] = frozenset()
    by_groups: bool = False
    harmless: frozenset[str] = frozenset()

    def is_admin(self, role: str) -> bool:
        return bool(words(role) & self.admins)

    def writes(self, role: str) -> bool:
        return bool(words(role) & (self.admins | self.writers))

    def group_is_admin(self, name: str) -> bool:
        return self.by_groups and not words(name) & self.harmless


# For apps whose roles an integration cannot know beforehand: only what says so itself.
BY_WORD = Roles(
    admins=frozenset(
        {
            "admin", "administrator", "admins", "administrators", "owner", "super admin",
            "superadmin", "super administrator", "system administrator", "sysadmin",
            "primary owner", "account owner", "workspace owner", "workspace admin",
            "organization owner", "organization admin", "org owner", "org admin",
            "global administrator", "root",
        }
    ),
    writers=frozenset(
        {
            "editor", "writer", "author", "publisher", "contributor", "developer", "maintainer",
            "power user",
        }
    ),
)  # fmt: skip
