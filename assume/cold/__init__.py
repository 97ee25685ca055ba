"""The cold lane: from a plan to credentials, by calling AWS behind a lock."""
