"""Run several management commands in one process, since starting Django is most of their time.

Each command is one argument; its words are parted by tabs, so that a path may hold spaces.
"""

import os
import sys

import django
from django.core.management import CommandError, call_command


def main(commands: list[str]) -> int:
    """Run the commands in order; what each printed ends with a line of its own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
    django.setup()
    for command in commands:
        name, *arguments = command.split("\t")
        try:
            call_command(name, *arguments)
        except CommandError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return error.returncode
        print("\f", end="", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
