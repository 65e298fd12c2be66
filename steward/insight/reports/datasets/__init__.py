"""What reports can be made of: the lists that Steward shows, each with its columns, what they may
be narrowed and grouped by, and what can be measured."""
