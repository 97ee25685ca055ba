"""The demo: a shell with a simulated AWS of its own, and the tour that types in it.

`config.world` fills the simulator of `assume.simulator`, `config.build` writes the
AWS files that point to it, `home` prepares a HOME for the shell. The tests use the
same simulator and the same files.
"""
