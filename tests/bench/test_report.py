"""Tests of report.py: the tables, and what is said beside them."""

import unittest
from unittest import mock

import made_up
import report
import results as res

ARMS = ["floor", "iophase"]


def row_of(rows, arm):
    """The cells of the row of ARM."""
    found = [row[1:] for row in rows if row[0] == arm]
    assert len(found) == 1, rows
    return found[0]


class Tables(unittest.TestCase):
    """Numbers in their places."""

    def test_all_rows_of_a_table_are_as_wide_as_its_head(self):
        for rows in report.tables(made_up.results(), ARMS):
            self.assertEqual({len(row) for row in rows}, {len(rows[0])})

    def test_cost_is_absolute_untraced_and_added_elsewhere(self):
        rows = report.cost_table(made_up.results(drift=0), ARMS)
        self.assertEqual(row_of(rows, "untraced"), (
            "300 ns", "", "100 ns", "100 ns", "900 ns", "2,000 ns", "2,000 ns", "10,000", "",
            "500 ns", ""))
        self.assertEqual(row_of(rows, "iophase"), (
            "+260 ns", "1.30", "+52 ns", "+49 ns", "+550 ns", "+200 ns", "+150 ns", "9,000",
            "0.900", "+360 ns", "1.80"))

    def test_cpu_is_absolute_with_its_least_and_its_share(self):
        rows = report.cpu_table(made_up.results(rounds=3, drift=10), ARMS)
        self.assertEqual(row_of(rows, "untraced"), (
            "40,010 ns", "40,000 ns", "", "50,010 ns", "50,000 ns", "", "310 ns", "300 ns"))
        self.assertEqual(row_of(rows, "iophase"), (
            "44,010 ns", "44,000 ns", "1.10", "52,010 ns", "52,000 ns", "1.04", "570 ns",
            "560 ns"))

    def test_what_the_tracer_takes_for_itself(self):
        rows = report.self_table(made_up.results(), ARMS)
        self.assertEqual(row_of(rows, "iophase"), (
            "0.200 s", "0.050 s", "3.000 s", "12.0 MB", "0.300 s", "0.060 s", "15.0 MB", "0.40 %"))
        # Only iophase is run on 1,000 threads.
        self.assertEqual(row_of(rows, "floor")[4:], (report.NOT_MEASURED,) * 4)

    def test_targets_are_of_our_arms_only(self):
        tables = report.tables(made_up.results(cpu_threads=0.02), ARMS)
        self.assertEqual(len(tables), 4)
        self.assertEqual(tables[3][0][0], "target of iophase")
        self.assertEqual([row[3] for row in tables[3][1:]].count("NO"), 1)

    def test_an_arm_that_failed_has_no_numbers(self):
        rows = report.cost_table(made_up.results(), ["bpftrace"])
        self.assertEqual(set(row_of(rows, "bpftrace")), {report.NOT_MEASURED})
        rows = report.target_table(res.Results(), "iophase")
        self.assertEqual({row[2:] for row in rows[1:]}, {(report.NOT_MEASURED,) * 2})


class Pages(unittest.TestCase):
    """The tables as text."""

    def test_text_is_aligned(self):
        self.assertEqual(report.text_table([("arm", "ns"), ("", "call"), ("floor", "+1,000")]),
                         "arm        ns\n         call\nfloor  +1,000")

    def test_markdown_joins_two_head_lines(self):
        self.assertEqual(report.markdown_table([("arm", "getppid"), ("", "target"), ("a", "1")]),
                         "| arm | getppid target |\n| --- | ---: |\n| a | 1 |")
        self.assertEqual(report.markdown_table([("arm", "ns"), ("a", "1")]),
                         "| arm | ns |\n| --- | ---: |\n| a | 1 |")

    def test_csv_counts_rounds_from_1(self):
        lines = report.csv(made_up.results(rounds=2, drift=10)).splitlines()
        self.assertEqual(lines[0], "arm,measure,round,value")
        self.assertIn("iophase,call,1,560.0", lines)
        self.assertIn("iophase,call,2,570.0", lines)
        arms = (made_up.PLAIN, made_up.FLOOR, made_up.FLOOR_SOCKETS, made_up.FLOOR_LIGHT,
                made_up.OURS, made_up.LIGHT)
        self.assertEqual(len(lines), 1 + 2 * sum(map(len, arms)))

    @mock.patch.object(report, "machine", lambda: "a machine")
    def test_the_page_says_how_to_repeat_it(self):
        page = report.markdown(made_up.results(), ARMS, 3, False)
        self.assertIn("- Machine: a machine\n", page)
        self.assertIn("- Rounds: 3, interleaved", page)
        self.assertIn("`make bench`", page)
        self.assertNotIn("PEERS", page)
        self.assertIn("`PEERS=1 make bench`", report.markdown(made_up.results(), ARMS, 3, True))
        self.assertEqual(page.count("\n## "), 5)
        self.assertIn("## Targets: iophase\n", page)

    @mock.patch.object(report, "machine", lambda: "a machine")
    def test_the_text_has_all_tables(self):
        text = report.text(made_up.results(), ARMS, 3)
        for word in ("medians of 3 interleaved rounds; a machine", "traced call", "of untraced",
                     "1,000 thr.", "target of iophase"):
            self.assertIn(word, text)


class Notes(unittest.TestCase):
    """What a reader must know."""

    def test_noise_is_the_span_of_the_untraced(self):
        notes = report.notes(made_up.results(rounds=3, drift=10), ARMS)
        self.assertIn("Noise: recvfrom, untraced, was 300 to 320 over the rounds.", notes)

    def test_others_programs_and_failures_are_said(self):
        made = made_up.results()
        self.assertFalse([line for line in report.notes(made, ARMS) if "failed in" in line])
        made.runs, made.foreign_runs = 9, 2
        made.failures["floor"] += ["it did not start", "it ended"]
        notes = report.notes(made, ARMS)
        self.assertIn("In 2 of 9 runs BPF programs of others were loaded as well, which may have"
                      " cost time too.", notes)
        self.assertIn("floor: failed in 2 of its runs: it did not start", notes)
