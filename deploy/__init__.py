"""The two commands on a fresh machine, `make run` and `make test`, and how to run it for real."""
