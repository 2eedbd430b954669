"""Tests of scale_rows.py: what is exact, what is lost by name, what is wrong."""

import json
import unittest

import scale_rows as rows


def counts(calls, again=0):
    """The counts of a call."""
    made = dict.fromkeys(rows.COUNTS, 0)
    made.update(calls=calls, ok=calls - again, again=again)
    return made


def measured(name="forks", verdict=rows.EXACT, lost=None, why=""):
    """A row as scale.py makes it."""
    return {"name": name, "wanted": "many", "did": "many", "calls": 12345, "lost": lost or {},
            "charged": 1001, "wall": 1000, "arm_cpu": 0.4, "arm_wall": 12.34, "run_cpu": 1.0,
            "run_wall": 2.0, "report_cpu": 0.02, "report_wall": 0.03, "memory": 18.2e6,
            "verdict": verdict, "why": why, "when": "today"}


class Counts(unittest.TestCase):
    """What was counted, and what was done."""

    def test_calls_are_summed_and_app_is_none(self):
        head = "pid,call," + ",".join(rows.COUNTS)
        lines = [head, "7,read,2,1,0,1,0,0,0,10", "7,read,1,1,0,0,0,0,0,5", "8,read,1,1,0,0,0,0,0,1",
                 "7,app,,,,,,,,", "7,write,0,0,0,0,0,0,0,0"]
        of_seven = rows.by_call(rows.read_csv(lines, {7}))
        self.assertEqual(list(of_seven), ["read"])
        self.assertEqual(of_seven["read"], dict(counts(3, 1), bytes=15))
        self.assertEqual(rows.by_call(rows.read_csv(lines))["read"]["calls"], 4)

    def test_differences_know_more_from_less(self):
        self.assertEqual(rows.differences({"read": counts(3)}, {"read": counts(3)}), ([], []))
        more, less = rows.differences({"read": counts(3), "poll": counts(1)}, {"read": counts(4)})
        self.assertEqual(more, ["poll calls: 1 of 0", "poll ok: 1 of 0"])
        self.assertEqual(less, ["read calls: 3 of 4", "read ok: 3 of 4"])

    def test_a_call_that_was_not_seen_at_all_is_less(self):
        self.assertEqual(rows.differences({}, {"read": counts(2)})[1],
                         ["read calls: 0 of 2", "read ok: 0 of 2"])

    def test_losses_are_those_of_the_intervals(self):
        def record(kind, *found):
            return json.dumps({"type": kind, "losses": [{"name": name, "count": count}
                                                        for name, count in found]})
        lines = [json.dumps({"type": "header"}), record("interval", ("threads", 2)),
                 record("interval", ("threads", 3), ("claims", 1)), record("total", ("threads", 5))]
        self.assertEqual(rows.losses(lines), {"threads": 5, "claims": 1})
        self.assertEqual(rows.losses([record("interval")]), {})


class Books(unittest.TestCase):
    """Whether they balance."""

    def test_balance_adds_all_phases_and_all_that_was_lived(self):
        row = dict(zip(rows.PHASES, ("1", "2", "3", "")))
        self.assertEqual(rows.balance([row, row], [{"wall_ns": "5"}, {"wall_ns": "7"}]), (12, 12))

    def test_half_a_percent_is_allowed_and_no_more(self):
        self.assertEqual(rows.unbalanced(1005, 1000, 1000, 1000), "")
        self.assertEqual(rows.unbalanced(995, 1000, 1000, 1000), "")
        self.assertIn("1006 ns charged of 1000", rows.unbalanced(1006, 1000, 1000, 1000))
        self.assertIn("994 ns charged of 1000", rows.unbalanced(994, 1000, 1000, 1000))

    def test_who_lived_for_longer_or_shorter_than_could_be_is_wrong(self):
        self.assertEqual(rows.unbalanced(1000, 1000, 900, 1100), "")
        self.assertIn("lived", rows.unbalanced(1000, 1000, 1100, 2000))
        self.assertIn("lived", rows.unbalanced(1000, 1000, 100, 900))
        self.assertTrue(rows.unbalanced(0, 0, 0, 100))


class Verdicts(unittest.TestCase):
    """All of them."""

    def test_all_equal_and_nothing_lost_is_exact(self):
        self.assertEqual(rows.judge([], [], {}, ""), (rows.EXACT, ""))

    def test_less_with_a_loss_is_named_and_without_is_wrong(self):
        less = ["read calls: 3 of 4"]
        self.assertEqual(rows.judge([], less, {"threads": 1}, ""), (rows.NAMED, less[0]))
        self.assertEqual(rows.judge([], less, {}, ""), (rows.WRONG, less[0]))

    def test_a_loss_without_a_difference_is_not_exact(self):
        self.assertEqual(rows.judge([], [], {"exchanges": 1}, ""), (rows.NAMED, ""))

    def test_more_is_wrong_whatever_was_lost(self):
        self.assertEqual(rows.judge(["read calls: 5 of 4"], [], {"threads": 1}, "")[0], rows.WRONG)

    def test_books_that_do_not_balance_are_wrong_whatever_was_lost(self):
        self.assertEqual(rows.judge([], [], {"threads": 1}, "7 of 8"), (rows.WRONG, "7 of 8"))


class Tables(unittest.TestCase):
    """The table, and its place in the page."""

    def test_a_line_has_a_cell_for_each_column(self):
        cells = rows.line_of(measured(lost={"threads": 1944, "claims": 1}, verdict=rows.NAMED,
                                      why="read calls: 3 of 4"))
        self.assertEqual(len(cells), len(rows.HEAD))
        self.assertEqual(cells[4], "claims 1, threads 1,944")
        self.assertEqual(cells[5:7], ("1.0010", "0.40 s (12.3 s)"))
        self.assertEqual(cells[-2:], ("named loss: read calls: 3 of 4", "today"))

    def test_nothing_lost_is_said(self):
        self.assertEqual(rows.line_of(measured())[4], "nothing")

    def test_the_page_keeps_what_is_around_and_what_was_not_measured_anew(self):
        names = ("threads", "forks", "calls")
        page = f"a\n{rows.BEGIN}\nold\n{rows.END}\nz\n"
        page = rows.put(page, [measured("calls"), measured("threads")], names)
        self.assertTrue(page.startswith(f"a\n{rows.BEGIN}\n| what |"))
        self.assertTrue(page.endswith(f"\n{rows.END}\nz\n"))
        self.assertNotIn("old", page)
        page = rows.put(page, [measured("forks"), measured("calls", rows.WRONG)], names)
        first = [text.split(" | ")[0] for text in page.splitlines() if text.startswith("| ")]
        self.assertEqual(first, ["| what", "| ---", "| threads", "| forks", "| calls"])
        self.assertEqual(page.count("WRONG"), 1)

    def test_a_page_without_markers_is_refused(self):
        for page in ("nothing", f"{rows.BEGIN} only"):
            with self.assertRaises(ValueError):
                rows.put(page, [measured()], ("forks",))
