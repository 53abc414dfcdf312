"""An empty plot, and its bytes.

Belongs here: what all plots share: size, colours, and that drawing needs no screen.
"""

import io
import os
from typing import TYPE_CHECKING

from trueup.paths import LOCAL_FOLDER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, which colour-blind people can tell apart.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
WIDTH_INCHES = 7.5
INCHES_PER_ROW = 0.34
DOTS_PER_INCH = 96


def new_axes(title: str, rows: int) -> "Axes":
    """Axes in a figure of their own, with room for so many rows of text or bars."""
    # Its cache of fonts stays in the project's own folder.
    os.environ.setdefault("MPLCONFIGDIR", str(LOCAL_FOLDER / "matplotlib"))
    # The import takes half a second, which only runs with plots need.
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(WIDTH_INCHES, 1.3 + INCHES_PER_ROW * rows),
        dpi=DOTS_PER_INCH,
        layout="constrained",
    )
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    return axes


def png_of(axes: "Axes") -> bytes:
    """The figure that these axes are in, as a PNG file."""
    data = io.BytesIO()
    axes.get_figure().savefig(data, format="png")
    return data.getvalue()
