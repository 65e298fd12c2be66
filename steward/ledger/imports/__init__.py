"""Bringing one's own data in files: what a file says, what it would change, changing it, and taking
it back. One kind of data a file; `fields` is the language they are described in."""
