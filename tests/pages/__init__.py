"""The pages of docs/ that have one task each: everything that they type is typed."""
