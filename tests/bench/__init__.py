"""`make bench`: the figures of docs/performance.md, measured on this machine. Not part of the tests.

Whatever is compared is run in turn (A B C A B C …), so that a machine that slows
down slows all of it; what is printed is the median of the runs, the least of
them, and the ratio to `python -I -S -c pass` by the same interpreter in the
same rounds. Every answer is looked at: a wrong one ends the run.
"""
