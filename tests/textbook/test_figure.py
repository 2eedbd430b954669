"""Tests of the figure: its scale, its words, its two drawings."""

import dataclasses
import re
import unittest
import xml.etree.ElementTree as ET

import figure
import figure_svg
import figure_text
import made_up
import scale
import servers
import turn
import words

SVG = "{http://www.w3.org/2000/svg}"


def drawn(module, *runs):
    """The figure of some runs for one of the two drawings."""
    return figure.figure(made_up.columns(*runs), servers.figure_load(True), module.LENGTH1,
                         module.LENGTH2)


def hostile():
    """A column whose title is what must not get into an SVG as it is."""
    row = dataclasses.replace(servers.ROWS[0], title="<script>&\"'</svg>", family="a<b>&c")
    return [(row, turn.turn(made_up.blocked()))]


class Scale(unittest.TestCase):
    """Axes."""

    def test_axis_ends_at_a_round_number_not_below_the_longest(self):
        for longest in (1, 7, 49, 50, 51, 999, 1_000, 1_001, 123_456_789):
            axis = scale.axis(longest, 300)
            self.assertGreaterEqual(axis.top, longest)
            self.assertIn(len(axis.ticks), (4, 5, 6))
            self.assertAlmostEqual(axis.ticks[-1], axis.top)
            self.assertLess(axis.top, 2.1 * longest)

    def test_lengths_are_to_scale(self):
        axis = scale.axis(1_500_000, 300)
        self.assertAlmostEqual(axis.at(axis.top), 300)
        self.assertAlmostEqual(axis.at(500_000), 2 * axis.at(250_000))

    def test_nothing_measured_is_no_error(self):
        self.assertEqual(scale.axis(0, 300).at(0), 0)

    def test_ticks_fall_on_lines(self):
        for longest in (400, 500, 1_000, 1_400, 2_100):
            axis = scale.in_lines(scale.axis(longest, 15))
            for ns in axis.ticks:
                self.assertAlmostEqual(axis.at(ns), round(axis.at(ns)))

    def test_three_digits_that_count(self):
        self.assertEqual([scale.time_text(ns) for ns in (831, 9_994, 9_996, 12_740, 99_960, 1.1e6)],
                         ["0.83 us", "9.99 us", "10.0 us", "12.7 us", "100 us", "1,100 us"])

    def test_magnification_is_the_ratio_of_the_scales(self):
        fig = drawn(figure_svg, made_up.blocked(wait=1_000_000, copy=1000))
        one, two = fig.axis1.at(1000), fig.axis2.at(1000)
        self.assertAlmostEqual(fig.magnified, two / one)


class Svg(unittest.TestCase):
    """The SVG file."""

    def bars(self, root, fill):
        """Heights of the bars with a fill, legend left out."""
        return [float(r.get("height")) for r in root.iter(SVG + "rect")
                if r.get("fill") == fill and r.get("width") == str(figure_svg.BAR)]

    def test_bars_are_to_scale(self):
        fig = drawn(figure_svg, made_up.blocked(wait=1_000_000, copy=1000),
                    made_up.blocked(wait=500_000, copy=3000))
        root = ET.fromstring(figure_svg.svg(fig, "m"))
        grey = self.bars(root, figure_svg.FILLS[turn.BLOCKED])
        blue = self.bars(root, figure_svg.FILLS[turn.COPY])
        self.assertAlmostEqual(grey[0] / grey[1], 2.0, places=2)
        self.assertAlmostEqual(blue[1] / blue[0], 3.0, places=2)
        self.assertAlmostEqual(grey[0], fig.axis1.at(1_000_000), places=1)
        self.assertAlmostEqual((blue[0] / 1000) / (grey[0] / 1e6), fig.magnified, delta=0.5)

    def test_text_is_escaped(self):
        fig = figure.figure(hostile(), servers.figure_load(True), figure_svg.LENGTH1,
                            figure_svg.LENGTH2)
        text = figure_svg.svg(fig, "<machine> & \"co\"")
        root = ET.fromstring(text)
        words_ = [e.text for e in root.iter(SVG + "text")]
        self.assertIn("<script>&\"'</svg>", words_)
        self.assertNotIn("<script", text)
        self.assertFalse(list(root.iter(SVG + "script")))

    def test_nothing_is_loaded(self):
        text = figure_svg.svg(drawn(figure_svg, made_up.blocked()), "m")
        root = ET.fromstring(text)
        for element in root.iter():
            for name, value in element.attrib.items():
                self.assertNotIn("href", name)
                self.assertNotRegex(value, r"(?i)https?:|url\((?!#)|@import|javascript:|data:")
            self.assertNotIn(element.tag.removeprefix(SVG), ("image", "use", "style", "script"))
        self.assertEqual(re.findall(r"https?://[^\"]+", text), ["http://www.w3.org/2000/svg"])

    def test_title_and_description(self):
        root = ET.fromstring(figure_svg.svg(drawn(figure_svg, made_up.blocked()), "m"))
        self.assertEqual(root.find(SVG + "title").text, figure.TITLE)
        self.assertIn("asleep in recvfrom", root.find(SVG + "desc").text)
        self.assertTrue(root.get("viewBox").startswith("0 0 "))

    def test_text_stays_inside(self):
        many = [made_up.blocked(call="read")] * 12
        root = ET.fromstring(figure_svg.svg(drawn(figure_svg, *many), "m"))
        width, height = map(float, root.get("viewBox").split()[2:])
        for e in root.iter(SVG + "text"):
            size, turned = float(e.get("font-size")), e.get("transform")
            wide = 0.0 if turned else 0.56 * size * len(e.text)
            part = {"end": 0.0, "middle": 0.5}.get(e.get("text-anchor"), 1.0)
            self.assertLess(float(e.get("x")) + part * wide, width)
            self.assertLess(float(e.get("y")), height)


class Text(unittest.TestCase):
    """The drawing for a terminal."""

    def test_never_wider_than_the_terminal(self):
        fig = drawn(figure_text, *[made_up.blocked(call="recvfrom")] * 12)
        text = figure_text.text(fig, "m" * 90)
        self.assertLessEqual(max(len(line) for line in text.splitlines()), figure_text.WIDTH)

    def test_twelve_columns_in_two_bands(self):
        text = figure_text.text(drawn(figure_text, *[made_up.blocked()] * 12), "m")
        self.assertEqual(text.count("phase 1, us"), 2)
        for row in servers.ROWS:
            self.assertIn(row.title, text)

    def test_bars_are_to_scale(self):
        fig = drawn(figure_text, made_up.blocked(wait=1_000_000), made_up.blocked(wait=500_000))
        lines = figure_text.text(fig, "m").splitlines()
        heights = [sum(line[x:x + 3] == "░░░" for line in lines)
                   for x in (figure_text.AXIS_WIDTH, figure_text.AXIS_WIDTH + figure_text.COLUMN)]
        self.assertLessEqual(abs(heights[0] - 2 * heights[1]), 1)

    def test_most_of_a_line_decides(self):
        segments = (turn.Segment(turn.BLOCKED, 60), turn.Segment(turn.RUNQ, 30))
        self.assertEqual(figure_text.kind_at(segments, 0, 100), (turn.BLOCKED, 0.9))
        self.assertEqual(figure_text.kind_at(segments, 55, 95), (turn.RUNQ, 0.875))
        self.assertEqual(figure_text.kind_at(segments, 100, 200), (None, 0.0))


    def test_what_is_shorter_than_half_a_line_is_not_seen(self):
        axis = scale.Axis(400, 100, 4)
        blocked, copy = (turn.Segment(kind, 240) for kind in (turn.BLOCKED, turn.COPY))
        self.assertEqual([figure_text.cell((blocked,), axis, i) for i in range(4)], [*"░░  "])
        self.assertEqual([figure_text.cell((copy,), axis, i) for i in range(4)], [*"██▀ "])


class Words(unittest.TestCase):
    """What is said."""

    def test_short_segments_are_not_worth_words(self):
        lane = turn.turn(made_up.blocked()).lanes[0]
        self.assertEqual(words.phase1(servers.ROWS[0], lane), ["asleep in recvfrom, 1,000 us"])

    def test_no_copy_is_nothing(self):
        self.assertEqual(words.phase2(turn.turn(made_up.blocked(copy=0)).lanes[0]), "nothing")

    def test_every_kind_has_a_meaning_and_a_look(self):
        self.assertEqual({kind for kind, _ in words.LEGEND}, set(turn.KINDS))
        self.assertEqual(set(figure_svg.FILLS), set(turn.KINDS))
        self.assertEqual(set(figure_text.FILLS), set(turn.KINDS))
        self.assertEqual(len(set(figure_text.FILLS.values())), len(turn.KINDS))

    def test_families_span_their_columns(self):
        many = made_up.columns(*[made_up.blocked()] * 5)
        self.assertEqual(figure.families(many),
                         [("blocking", 0, 3), ("non-blocking", 3, 1), ("multiplexing", 4, 1)])


if __name__ == "__main__":
    unittest.main()
