"""The tests: a file per module, shells/ in real shells, promises/ for what many processes and faults must not break."""
