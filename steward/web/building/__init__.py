"""The page on which reports are made."""
