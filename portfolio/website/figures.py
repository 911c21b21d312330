"""The one picture of the front page: each strand as a row of frames, one for each known project."""

from dataclasses import dataclass

from portfolio.reporting.programme_overview import StrandFigures

# As many frames as fit a row; beyond that a frame stands for several projects.
MOST_FRAMES = 24
FRAME_WIDTH, FRAME_HEIGHT, GAP = 20, 28, 6


@dataclass(frozen=True)
class StrandMarks:
    """The frames of one strand: where each stands, and how many projects it stands for."""

    frames: list[tuple[int, str]]
    width: int
    height: int
    frame_width: int
    each: int


def strand_marks(line: StrandFigures, *, most: int) -> StrandMarks:
    """Frames on one scale for all strands: `most` is the number of projects in the fullest."""
    each = max(1, -(-most // MOST_FRAMES))
    productions = -(-line.productions // each)
    schemes = -(-line.schemes // each)
    live = -(-(line.concerts + line.collaborations) // each)
    sorts = ["production"] * productions + ["live"] * live + ["scheme"] * schemes
    longest = max(1, -(-most // each))
    step = FRAME_WIDTH + GAP
    return StrandMarks(
        frames=[(index * step, sort) for index, sort in enumerate(sorts)],
        width=longest * step,
        height=FRAME_HEIGHT,
        frame_width=FRAME_WIDTH,
        each=each,
    )
