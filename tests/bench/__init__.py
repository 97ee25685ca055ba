"""`make bench`: measures the figures of docs/performance.md on this machine. Not part of the tests.

Programs that are compared run in turn (A B C A B C …), so that a machine that
slows down slows all of them. Each row has the median and the minimum of the runs,
and the ratio to `python -I -S -c pass` of the same interpreter in the same rounds.
Every answer is checked: a wrong one ends the bench.
"""
