"""Start of every target: `python -m deploy run`."""

import signal
import sys

# While the rest is imported a Ctrl-C ends us at once and silently; later it is handled in order.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from deploy.local import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
