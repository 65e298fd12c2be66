"""The language integrations are written in. Nothing here knows of a database or a web page."""
