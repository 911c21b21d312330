"""How far `load_sample` is: a bar for somebody who looks on, nothing in a log."""

import io

from django.core.management import call_command


class Terminal(io.StringIO):
    """What somebody sees who sits in front of it."""

    def isatty(self) -> bool:
        return True


def test_somebody_at_a_terminal_sees_how_far_it_is(db, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)

    call_command(
        "load_sample", projects=2, entries=40, seed=1, stdout=io.StringIO(), stderr=terminal
    )

    drawn = [part for part in terminal.getvalue().split("\r") if "[" in part]
    percents = {}
    for part in drawn:
        bar = part[part.index("[") + 1 : part.index("]")]
        assert len(bar) == 30
        assert set(bar) <= {"#", "."}
        percent = int(part.split("]")[1].split("%")[0])
        assert abs(bar.count("#") - 0.3 * percent) <= 1
        percents.setdefault(part[: part.index("[")].strip(), []).append(percent)
    assert drawn
    assert all(shown == sorted(shown) for shown in percents.values())
    assert any(shown[-1] == 100 for shown in percents.values())
    # The line of the bar is left before anything else is written.
    assert terminal.getvalue().endswith("\n")


def test_a_log_gets_no_bar(db):
    out, log = io.StringIO(), io.StringIO()

    call_command("load_sample", projects=2, entries=40, seed=1, stdout=out, stderr=log)

    assert log.getvalue() == ""
    assert "2 projects, 40 entries" in out.getvalue()
