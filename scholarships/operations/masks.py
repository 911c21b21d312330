"""What is sensitive as it may be shown without a reason: its last signs, or that it is there."""

import re

SHOWN = 4


def masked(value: str | None, *, shown: int = SHOWN) -> str:
    """A number by its last four signs, such as •••• 4567; empty where there is none.

    Of what has fewer than eight signs, and of a birth date, nothing is shown.
    """
    signs = re.sub(r"[^0-9A-Za-z]", "", value or "")
    if not signs:
        return ""
    return f"•••• {signs[-shown:]}" if shown and len(signs) >= 2 * shown else "••••"
