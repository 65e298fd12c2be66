"""The scripted integration once more, as a directory: its word counts on who is employed, and its
members let apps in themselves."""

from steward.integrations.scripted.connector import Scripted

from steward.sdk.scopes import ForAll


class ScriptedDirectory(Scripted):
    slug = "scripted_directory"
    name = "Scripted directory"
    kind = "directory"
    for_all = ForAll("Installed for the whole directory.", "installed by")
