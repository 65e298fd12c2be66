"""Steward: who has what, who uses it, what is wasted, what is risky."""
