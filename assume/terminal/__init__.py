"""The user at the terminal: lines to show, questions to ask, a profile to pick."""
