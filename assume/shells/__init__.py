"""What a shell needs: the environment as a value, its quoting, its files, its rc file."""
