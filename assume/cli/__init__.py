"""The command line: words, options, tables. One file per verb; the decisions are made elsewhere."""
