"""Tests of counts.py: the table of instructions, and its part of a page."""

import unittest

import counts

LINES = ["RELEASE 6.12", "COUNT none calls-recv 780.35", "COUNT none calls-getppid 300",
         "COUNT floor calls-recv 1000.35", "COUNT floor calls-getppid 300.5",
         "COUNT iophase calls-recv 1330.35", "COUNT iophase calls-getppid 350",
         "COUNT floor-raw calls-recv 890.35", "COUNT iophase-raw calls-recv 1000.35", "END"]


class Counts(unittest.TestCase):
    """What a run has said."""

    def test_what_is_added_and_its_share_of_the_floor_that_belongs_to_it(self):
        measured, failures = counts.read(LINES)
        self.assertEqual(failures, [])
        rows = {row[0]: row[1:] for row in counts.table(measured)}
        self.assertEqual(list(rows), ["arm", "none", "floor", "iophase", "floor-raw", "iophase-raw"])
        self.assertEqual(rows["none"][0], "780")
        self.assertEqual(rows["floor"][0], "+220")
        self.assertEqual(rows["iophase"][0], "+550 (2.50 x)")
        self.assertEqual(rows["iophase-raw"][0], "+220 (2.00 x)")

    def test_of_the_echo_server_the_share_of_the_untraced_is_told(self):
        measured, _ = counts.read(["COUNT none calls-echo 10000", "COUNT iophase-light calls-echo 10600",
                                   "COUNT floor-light calls-echo 10200"])
        self.assertEqual(counts.cell(measured, "iophase-light", "calls-echo"), "+600 (1.060)")
        self.assertEqual(counts.cell(measured, "none", "calls-echo"), "10,000")

    def test_a_floor_that_adds_nothing_is_no_measure(self):
        measured, _ = counts.read(LINES)
        self.assertEqual(counts.cell(measured, "iophase", "calls-getppid"), "+50")

    def test_what_is_not_there_is_said(self):
        measured, failures = counts.read(LINES + ["FAIL iophase no such kernel", "COUNT a b none"])
        self.assertEqual(failures, ["iophase no such kernel", "a b: none"])
        self.assertIn("none rings-recv: not measured", counts.missing(measured, ["none"]))
        self.assertEqual(counts.cell(measured, "iophase", "rings-recv"), "n/a")

    def test_without_the_untraced_nothing_is_added(self):
        self.assertEqual(counts.cell({"floor": {"g": 5.0}}, "floor", "g"), "n/a")

    def test_a_page_keeps_the_rest(self):
        part = f"{counts.BEGIN}\nnew\n{counts.END}"
        self.assertEqual(counts.replaced("# Page\n", part), f"# Page\n\n{part}\n")
        old = f"a\n{counts.BEGIN}\nold\n{counts.END}\nb\n"
        self.assertEqual(counts.replaced(old, part), f"a\n{part}\nb\n")
        self.assertEqual(counts.replaced("# Page\n", counts.part_of("none")), "# Page\n")
        self.assertEqual(counts.replaced("# New\n", counts.part_of(old)),
                         f"# New\n\n{counts.BEGIN}\nold\n{counts.END}\n")

    def test_all_rows_of_a_table_are_as_wide_as_its_head(self):
        rows = counts.table(counts.read(LINES)[0])
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.assertEqual({line.count("|") for line in counts.markdown(rows).splitlines()},
                         {len(rows[0]) + 1})
        self.assertEqual(len(counts.text(rows).splitlines()), len(rows))


if __name__ == "__main__":
    unittest.main()
