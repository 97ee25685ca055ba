"""The command line: words, options, tables. One file per verb; what they decide is decided elsewhere."""
