"""The shells: the environment as a value, quoting, the shell files, the rc file."""
