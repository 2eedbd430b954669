"""Tests of table.py and runs.py: iophase's CSV as numbers."""

import unittest

import made_up
import table


class Rows(unittest.TestCase):
    """Reading the text."""

    def test_quoted_comm(self):
        rows = table.rows_of(made_up.csv(made_up.line("read", comm='"a,""b"""', calls=1)))
        self.assertEqual([r["comm"] for r in rows], ['a,"b"'])

    def test_missing_column(self):
        with self.assertRaisesRegex(table.CsvError, "no column calls"):
            table.rows_of("pid,call,class,model\n1,read,read,blocking\n")

    def test_empty_text(self):
        with self.assertRaises(table.CsvError):
            table.rows_of("")

    def test_short_row(self):
        with self.assertRaisesRegex(table.CsvError, "not as many fields"):
            table.rows_of(made_up.HEADER + "\n1,2,3\n")

    def test_long_row(self):
        with self.assertRaisesRegex(table.CsvError, "not as many fields"):
            table.rows_of(made_up.csv(made_up.line("read") + ",one,more"))


class Sums(unittest.TestCase):
    """Adding rows up."""

    def test_counts_and_times_are_sums(self):
        rows = table.rows_of(made_up.csv(made_up.line("read", ok=2, wait=5, tid=1),
                                         made_up.line("read", ok=3, wait=7, tid=2)))
        calls = table.add_up(rows)
        self.assertEqual((calls["read"]["ok"], calls["read"]["wait_ns"]), (5, 12))
        self.assertEqual(table.by_thread(rows)[2]["read"]["ok"], 3)

    def test_maximum_is_the_largest_and_empty_is_none(self):
        rows = table.rows_of(made_up.csv(made_up.line("read", wait_max="9"),
                                         made_up.line("read", wait_max="4")))
        numbers = table.add_up(rows)["read"]
        self.assertEqual(numbers["wait_max_ns"], 9)
        self.assertIsNone(numbers["wait_p50_ns"])

    def test_total_is_of_calls_only(self):
        calls = made_up.run(made_up.line("read", calls=2), made_up.line("app"),
                            made_up.line("uring_read", calls=40)).calls
        self.assertEqual(table.total(calls, "calls"), 2)
        self.assertEqual(table.total(calls, "calls", "request"), 40)

    def test_reads_are_calls_and_requests(self):
        run = made_up.run(made_up.line("read", ok=2), made_up.line("uring_read", ok=40),
                          made_up.line("io_uring_enter", ok=50))
        self.assertEqual(run.reads, 42)

    def test_model_is_that_of_the_thread_with_most_reads(self):
        rows = table.rows_of(made_up.csv(made_up.line("app", tid=7, model="idle"),
                                         made_up.line("read", tid=8, model="posix-aio", ok=9),
                                         made_up.line("read", pid=9, model="poll", ok=99)))
        self.assertEqual(table.model_of(rows, 7), "posix-aio")
        self.assertEqual(table.model_of(rows, 1), "")


class Ratios(unittest.TestCase):
    """What follows from a Run."""

    def test_again_ratio(self):
        self.assertEqual(made_up.run(made_up.line("read", calls=4, again=3)).again_ratio, 0.75)

    def test_no_reads_no_ratio(self):
        self.assertIsNone(made_up.run(made_up.line("poll", calls=4)).again_ratio)

    def test_nothing_is_divided_by_zero(self):
        run = made_up.run(made_up.line("app"))
        self.assertEqual((run.rps, run.cpu_per_request_ns, run.calls_per_request), (0, 0, 0))

    def test_phases_tell_calls_from_own_code(self):
        phases = made_up.run(made_up.line("read", cpu=5), made_up.line("app", cpu=7)).phases
        self.assertEqual((phases["io"]["cpu_ns"], phases["app"]["cpu_ns"]), (5, 7))


if __name__ == "__main__":
    unittest.main()
