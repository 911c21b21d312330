"""Sends a file: begun before the status is said, so that what fails at once fails with a status."""

from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from portfolio.common.exports.copying import ended

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Stream(Iterator[bytes]):
    """Pieces of a body of which the first is at hand; closing it ends the statement behind them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = iter(pieces)
        self.first: bytes | None = next(self.pieces, b"")

    def __next__(self) -> bytes:
        """The next piece."""
        first, self.first = self.first, None
        return next(self.pieces) if first is None else first

    def close(self) -> None:
        """Give the connection back, also where the caller went away in the middle."""
        ended(self.pieces)


def file_answer(
    pieces: Iterable[bytes], *, name: str, form: str, inline: bool = False
) -> StreamingHttpResponse:
    """The answer with a file called `name`, in one of the forms of MEDIA_TYPES; kept by no cache."""
    response = StreamingHttpResponse(Stream(pieces), content_type=MEDIA_TYPES[form])
    if not inline:
        disposition = content_disposition_header(True, f"{name}.{form}")
        response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    # A proxy that gathers the whole before it passes it on would undo the streaming.
    response.headers["X-Accel-Buffering"] = "no"
    return response
