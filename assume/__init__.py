"""`assume`: an AWS IAM role, in the shell you are in."""

__version__ = "0.1.0"
