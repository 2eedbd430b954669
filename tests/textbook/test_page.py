"""Tests of the table, the page, the verdicts, the machine's line, the load's line."""

import dataclasses
import types
import unittest

import judge
import machine
import made_up
import measure
import page
import servers
import summary
from made_up import line


def measured(**fields):
    """One server with one run, and one that is not built."""
    run = made_up.run(line("recvfrom", calls=20, ok=10, again=10, wait=10_000, copy=5000),
                      line("accept", calls=1, ok=1, wait=10**9), line("app", wait=30_000),
                      requests=10, seconds=0.5, cpu_ns=20_000, threads=3, **fields)
    return [(servers.ROWS[0], [run]), (servers.ROWS[1], [])]


def judged(**fields):
    """A claim that was judged."""
    made = judge.Judged(3, "a < b | c", {"x_ns": 1234567, "ratio": 0.12345}, "holds", "so *it* is",
                        1.0)
    return dataclasses.replace(made, **fields)


class Table(unittest.TestCase):
    """The table."""

    def cells(self, **fields):
        """Heading -> cell of the first server."""
        rows = summary.cells(measured(**fields))
        return dict(zip(rows[0], rows[2]))

    def test_numbers(self):
        cells = self.cells(model="blocking")
        self.assertEqual((cells["iophase"], cells["requests"], cells["threads"]),
                         ("blocking", "20", "3"))
        self.assertEqual((cells["CPU"], cells["copy"], cells["again"]), ("2.00", "0.50", "50.0 %"))

    def test_waiting_in_accept_is_for_no_read(self):
        self.assertEqual((self.cells()["wait"], self.cells()["outside"]), ("1.00", "3.00"))

    def test_missing_server_is_named(self):
        self.assertEqual(summary.cells(measured())[3][:3],
                         ["thread per conn.", "not built", summary.MISSING])

    def test_width(self):
        many = [(row, measured(model=row.model)[0][1]) for row in servers.ROWS]
        self.assertLessEqual(max(len(s) for s in summary.text(many).splitlines()), page.WIDTH)

    def test_markdown_has_as_many_cells_everywhere(self):
        lines = summary.markdown(measured(model="a|b")).splitlines()
        self.assertEqual({s.replace("\\|", "").count("|") for s in lines},
                         {len(summary.COLUMNS) + 2})

    def test_median_run(self):
        runs = [made_up.run(requests=1, cpu_ns=ns) for ns in (900, 5, 20)]
        self.assertEqual(summary.median_run(runs).cpu_ns, 20)


class Page(unittest.TestCase):
    """The page."""

    def text(self, claims=()):
        """A page."""
        return page.page(measured(lost=["Lost calls: 4"]), "  figure\n", claims,
                         servers.table_load(False), 3, "a CPU; Linux 6.1")

    def test_figure_is_a_block_of_code_beside_a_link(self):
        self.assertIn("      figure\n", self.text())
        self.assertIn("](textbook.svg)", self.text())

    def test_losses_are_said(self):
        self.assertIn("blocking: Lost calls: 4", self.text())

    def test_claims_are_escaped(self):
        text = self.text([judged()])
        self.assertIn("### 3. a \\< b \\| c", text)
        self.assertIn("**Holds.** so \\*it\\* is", text)
        self.assertIn("\n    x_ns 1,234,567, ratio 0.123\n", text)
        self.assertIn("| 3 | a \\< b \\| c | holds |", text)

    def test_claim_on_a_terminal(self):
        text = page.claim_text(judged(sentence="word " * 60))
        self.assertLessEqual(max(len(s) for s in text.splitlines()), page.WIDTH)
        self.assertTrue(text.startswith("3. a < b | c\n   holds: word"))

    def test_a_claim_without_numbers(self):
        self.assertNotIn("details", page.claim_markdown(judged(numbers={})))


class Verdicts(unittest.TestCase):
    """Judging."""

    def claim(self, verdict):
        """A claim with this verdict."""
        return types.SimpleNamespace(number=1, title="t", measure=lambda quick: {"quick": quick},
                                     judge=lambda numbers: (verdict, f"quick {numbers['quick']}"))

    def test_verdicts(self):
        for verdict in ("holds", "does not hold here", "holds only when it rains"):
            found = judge.judge(self.claim(verdict), True)
            self.assertEqual((found.verdict, found.sentence), (verdict, "quick True"))

    def test_no_verdict(self):
        with self.assertRaisesRegex(ValueError, "is no verdict"):
            judge.judge(self.claim("maybe"), True)


class Lines(unittest.TestCase):
    """Texts of others."""

    def test_load(self):
        said = measure.parse_load("requests=8 bytes_sent=1 seconds=0.5 rate=16.0 p50_us=9.7 "
                                  "p99_us=30.1")
        self.assertEqual(said, {"requests": 8, "seconds": 0.5, "p50_us": 9.7, "p99_us": 30.1})

    def test_load_that_failed(self):
        with self.assertRaisesRegex(measure.MeasureError, "printed no"):
            measure.parse_load("")

    def test_machine(self):
        cpuinfo = "processor : 0\nmodel name\t: A CPU @ 3 GHz\nflags\t\t: fpu hypervisor sse\n"
        self.assertEqual(machine.cpu_model(cpuinfo), "A CPU @ 3 GHz")
        self.assertTrue(machine.virtual(cpuinfo))
        self.assertFalse(machine.virtual("flags : fpu\n"))
        self.assertEqual(machine.release("6.1.0-56-amd64"), "6.1.0")

    def test_table_of_servers(self):
        self.assertEqual(len(servers.ROWS), 12)
        self.assertEqual(len({row.name for row in servers.ROWS}), 12)
        self.assertTrue({row.family for row in servers.ROWS} == set(servers.FAMILIES))


if __name__ == "__main__":
    unittest.main()
