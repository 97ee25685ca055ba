"""The store of credentials that all terminals share: entries, pointers, the lock and its takeover."""
