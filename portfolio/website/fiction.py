"""Whether this installation shows made-up programmes, which every page then says."""

from threading import Lock
from time import monotonic

from django.db.models.functions import Now

from portfolio.programmes.models import Programme

# A sample is loaded once, if ever: asking at each page would cost every page of a real programme.
SECONDS_KEPT = 20


class FictionKept:
    """The public programmes that are made up, as this process asked in the last seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Ask again at the next page."""
        self.know([])
        self._until = 0.0

    def know(self, programmes: list[Programme]) -> None:
        """Take these for the answer."""
        self._programmes, self._until = programmes, monotonic() + SECONDS_KEPT

    def programmes(self) -> list[Programme]:
        """Those that anyone may see, by name.  Queries: one, seldom."""
        with self._lock:
            if monotonic() >= self._until:
                self.know(list(Programme.objects.public(Now()).filter(is_fictional=True)))
            return self._programmes


fiction_kept = FictionKept()
