"""The textbook figure as SVG: one file, nothing loaded from elsewhere.

In: a Figure made with LENGTH1 and LENGTH2. Out: the text of an SVG file. It is built as a tree, so
whatever a name contains is escaped.
"""

import textwrap
import xml.etree.ElementTree as ET

import figure
import turn as t
import words
from scale import tick_text

UNIT = "µs"
NO_BREAK = "\u00a0"
NAMESPACE = "http://www.w3.org/2000/svg"
FONT = "Helvetica, Arial, 'DejaVu Sans', 'Liberation Sans', sans-serif"

WIDTH, MARGIN = 1180, 24
PER_BAND = 6
AXIS_WIDTH = 78
COLUMN = (WIDTH - 2 * MARGIN - AXIS_WIDTH) // PER_BAND
BAR, TWO_BARS, LANE_GAP = 40, 26, 5  # widths; of each bar if there are two
LENGTH1, LENGTH2 = 300, 130
FAMILY_HEIGHT, TITLE_HEIGHT = 26, 30
WEDGE = 44  # between the panels
UNDER = 44
BAND_GAP = 34
LINE = 16
LABEL_CHARS, LABEL_CHARS_TWO = 17, 15

INK, QUIET, GRID, PAPER = "#1b1f24", "#57606a", "#d8dee4", "#ffffff"
FILLS = {t.BLOCKED: "#c3cad3", t.CHOSEN: "#b5dcc0", t.FREE: "#e6f6ea",
         t.POLLING: "url(#polling)", t.RUNQ: "#c2410c", t.WORKING: "#f2b134", t.COPY: "#1d4ed8"}
EDGES = {t.BLOCKED: "#8b95a1", t.CHOSEN: "#3f9a5b", t.FREE: "#3f9a5b",
         t.POLLING: "#b7791f", t.RUNQ: "#9a3412", t.WORKING: "#b7791f", t.COPY: "#1e3a8a"}
DASHED = {t.FREE: "4 3"}


class Drawing:
    """An SVG tree that is drawn into."""

    def __init__(self, height, title, description):
        self.root = ET.Element("svg", {
            "xmlns": NAMESPACE, "viewBox": f"0 0 {WIDTH} {height:.0f}", "role": "img",
            "aria-labelledby": "title desc", "font-family": FONT, "font-size": "13"})
        ET.SubElement(self.root, "title", {"id": "title"}).text = title
        ET.SubElement(self.root, "desc", {"id": "desc"}).text = description
        self.polling_pattern()
        self.add("rect", x=0, y=0, width=WIDTH, height=height, fill=PAPER)

    def add(self, tag, text=None, **attributes):
        """One element; numbers get two digits, _ becomes -."""
        values = {k.rstrip("_").replace("_", "-"):
                  f"{v:.2f}".rstrip("0").rstrip(".") if isinstance(v, float) else str(v)
                  for k, v in attributes.items() if v is not None}
        element = ET.SubElement(self.root, tag, values)
        element.text = text
        return element

    def polling_pattern(self):
        """Stripes: asking, again and again."""
        pattern = ET.SubElement(ET.SubElement(self.root, "defs"), "pattern", {
            "id": "polling", "width": "8", "height": "8", "patternUnits": "userSpaceOnUse"})
        ET.SubElement(pattern, "rect", {"width": "8", "height": "8", "fill": "#fdeecb"})
        ET.SubElement(pattern, "rect", {"width": "8", "height": "4", "fill": "#f2b134"})

    def write(self, x, y, text, size=13, fill=INK, anchor="start", weight=None, rotate=None):
        """A line of text."""
        turned = f"rotate({rotate} {x:.1f} {y:.1f})" if rotate is not None else None
        self.add("text", text, x=float(x), y=float(y), font_size=size, fill=fill,
                 text_anchor=anchor if anchor != "start" else None, font_weight=weight,
                 transform=turned)

    def wrapped(self, x, y, text, width, size=13, fill=INK):
        """Text in lines of at most `width` characters; returns the y of the next line."""
        whole = text.replace(" " + UNIT, NO_BREAK + UNIT)
        for line in textwrap.wrap(whole, width, break_long_words=False):
            self.write(x, y, line, size, fill)
            y += size + 3
        return y

    def text(self):
        """The file."""
        ET.indent(self.root)
        return ET.tostring(self.root, encoding="unicode", xml_declaration=False) + "\n"


def draw_axis(d, axis, y, words_, columns):
    """Ticks and grid of a panel that begins at y, and what it is."""
    left, right = MARGIN + AXIS_WIDTH, MARGIN + AXIS_WIDTH + columns * COLUMN - 12
    for ns in axis.ticks:
        at = y + axis.at(ns)
        d.add("line", x1=left - 4, x2=right, y1=at, y2=at, stroke=GRID)
        d.write(left - 8, at + 4, tick_text(ns, axis.step), 12, QUIET, "end")
    middle = y + axis.length / 2
    d.write(MARGIN + 4, middle, words_[0], 13, INK, "middle", "bold", -90)
    d.write(MARGIN + 20, middle, words_[1], 12, QUIET, "middle", None, -90)


def bar_width(turn):
    """The width of each bar of a column."""
    return BAR if len(turn.lanes) == 1 else TWO_BARS


def draw_segments(d, segments, axis, x, y, width):
    """The bar of one phase; returns the y of its end."""
    for s in segments:
        height = axis.at(s.ns)
        # A frame would make thin parts thicker than they are.
        frame = EDGES[s.kind] if height > 3 else None
        d.add("rect", x=x, y=float(y), width=width, height=height, fill=FILLS[s.kind], stroke=frame,
              stroke_dasharray=DASHED.get(s.kind) if frame else None)
        y += height
    return y


def draw_wedge(d, x, from_, to, width, height):
    """From the end of phase 1, where phase 2 is at that scale, to its magnified drawing."""
    d.add("line", x1=x, x2=x + width, y1=float(from_), y2=float(from_), stroke=EDGES[t.COPY])
    if not height:
        return
    corner = (f"{x:.1f},{from_:.1f} {x + width:.1f},{from_:.1f} {x + width:.1f},{to:.1f}"
              f" {x:.1f},{to:.1f}")
    d.add("polygon", points=corner, fill="#1d4ed8", fill_opacity="0.10")


def draw_labels(d, row, turn, left, y1, y2, axis2):
    """What is said beside and below the bars of a column that begins at left."""
    x = left + len(turn.lanes) * (bar_width(turn) + LANE_GAP) + 3
    chars = LABEL_CHARS if len(turn.lanes) == 1 else LABEL_CHARS_TWO
    at, below = y1 + 12, y2
    for lane in turn.lanes:
        name = words.who(lane, turn.lanes)
        if name:
            d.write(x, at, f"{'right' if lane.helper else 'left'}: {name}", 11, QUIET)
            at += 15
        for sentence in words.phase1(row, lane, UNIT):
            at = d.wrapped(x, at, sentence, chars, 12) + 4
        if lane.phase2:
            below = d.wrapped(x, below + 12, words.phase2(lane, UNIT), chars, 12)
    if y2 == below:
        d.wrapped(x, below + 12, words.phase2(turn.lanes[0]), chars, 12)
    for i, line in enumerate(words.under(turn, UNIT)):
        d.write(left, y2 + axis2.length + 20 + i * LINE, line, 12, QUIET)


def draw_column(d, fig, row, turn, x, y1, y2):
    """The bars of one server, and the words beside them."""
    width = bar_width(turn)
    for i, lane in enumerate(turn.lanes):
        left = x + i * (width + LANE_GAP)
        end = draw_segments(d, lane.phase1, fig.axis1, left, y1, width)
        draw_wedge(d, left, end, y2, width, lane.phase2_ns)
        draw_segments(d, lane.phase2, fig.axis2, left, y2, width)
    draw_labels(d, row, turn, x, y1, y2, fig.axis2)


def draw_band(d, fig, columns, y):
    """Some columns side by side, from y on; returns the y of their end."""
    left = MARGIN + AXIS_WIDTH
    for family, first, number in figure.families(columns):
        d.add("rect", x=left + first * COLUMN, y=float(y), width=number * COLUMN - 12,
              height=FAMILY_HEIGHT, rx=4, fill="#24292f")
        d.write(left + first * COLUMN + (number * COLUMN - 12) / 2, y + 18, family, 14, PAPER,
                "middle", "bold")
    for i, (row, _) in enumerate(columns):
        d.write(left + i * COLUMN + 4, y + FAMILY_HEIGHT + 21, row.title, 14, INK, "start", "bold")
    y1 = y + FAMILY_HEIGHT + TITLE_HEIGHT + 6
    y2 = y1 + fig.axis1.length + WEDGE
    titles = (("phase 1: waiting for the data", f"time in {UNIT}"),
              ("phase 2: copying", f"{UNIT}, ×{fig.magnified:,.0f}"))
    for axis, at, title in zip((fig.axis1, fig.axis2), (y1, y2), titles):
        draw_axis(d, axis, at, title, len(columns))
    for i, (row, turn) in enumerate(columns):
        draw_column(d, fig, row, turn, left + i * COLUMN + 4, y1, y2)
    return y2 + fig.axis2.length + UNDER


def draw_legend(d, y):
    """What the fills mean, three in a line; returns the y of their end."""
    x = MARGIN
    for i, (kind, meaning) in enumerate(words.LEGEND):
        if i % 3 == 0:
            x, y = MARGIN, y + (LINE + 8) * (i > 0)
        d.add("rect", x=x, y=float(y), width=24, height=14, fill=FILLS[kind], stroke=EDGES[kind],
              stroke_dasharray=DASHED.get(kind))
        d.write(x + 32, y + 12, meaning, 13)
        x += (WIDTH - 2 * MARGIN) // 3
    return y + LINE + 14


def svg(fig, machine):
    """The SVG file's text; `machine` is said below the figure."""
    bands = fig.bands(PER_BAND)
    band = (FAMILY_HEIGHT + TITLE_HEIGHT + 6 + LENGTH1 + WEDGE + LENGTH2 + UNDER + BAND_GAP)
    caption = figure.caption(fig, UNIT)
    height = 52 + len(bands) * band + 2 * (LINE + 8) + 20 + (len(caption) + 3) * (LINE + 2) + 20
    d = Drawing(height, figure.TITLE, description(fig))
    d.write(MARGIN, 34, figure.TITLE, 22, INK, "start", "bold")
    y = 56
    for columns in bands:
        y = draw_band(d, fig, columns, y) + BAND_GAP
    y = draw_legend(d, y - 8) + 12
    for sentence in (*caption, machine):
        y = d.wrapped(MARGIN, y, sentence, 150, 13, QUIET)
    d.root.set("viewBox", f"0 0 {WIDTH} {y + 8:.0f}")
    return d.text()


def description(fig):
    """The figure in words, for those who do not see it."""
    parts = []
    for row, turn in fig.columns:
        for lane in turn.lanes:
            name = words.who(lane, turn.lanes)
            parts.append(f"{row.title}{f' ({name})' if name else ''}: phase 1: "
                         f"{'; '.join(words.phase1(row, lane, UNIT))}. phase 2: "
                         f"{words.phase2(lane, UNIT)}.")
    return " ".join(parts)
