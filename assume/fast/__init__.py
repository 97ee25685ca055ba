"""The fast lanes: what a bare interpreter answers by itself."""
