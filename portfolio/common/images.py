"""Images of strangers: whatever is wrong with a file, the caller refuses it in its own words."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from portfolio.common.refusals import Refused

# What Pillow raises for files that are damaged, cut off, or something else.
DAMAGED = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
)


@contextmanager
def refusing_damage(refusal: Refused) -> Iterator[None]:
    """Open and read an image within: `refusal` is raised where it cannot be read.

    An image that unpacks to far more than its file is one that cannot be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except DAMAGED:
        raise refusal from None
