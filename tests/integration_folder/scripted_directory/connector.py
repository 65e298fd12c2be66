"""The scripted integration once more, as a directory: its word counts on who is employed."""

from steward.integrations.scripted.connector import Scripted


class ScriptedDirectory(Scripted):
    slug = "scripted_directory"
    name = "Scripted directory"
    kind = "directory"
