"""How fast Steward is, always as a ratio against a bare loop in the same run."""
