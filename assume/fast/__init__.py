"""The fast lanes: the calls that a bare interpreter answers by itself."""
