"""The AWS files, read and turned into a chain with the reason for every choice. Pure but for one read."""
