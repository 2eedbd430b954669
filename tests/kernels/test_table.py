"""The table of kernels: what is read in a run, and what is written of it."""

import importlib.machinery
import importlib.util
import os
import unittest

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "kernels", "table")
LOADER = importlib.machinery.SourceFileLoader("table", PATH)
SPEC = importlib.util.spec_from_loader("table", LOADER)
table = importlib.util.module_from_spec(SPEC)
LOADER.exec_module(table)

RUN = """RELEASE 5.10.0-1
PLAN a b c
CHECK WHAT                         STATE          WHAT FOR
CHECK /proc of our own             works          the same pids as iophase's
CHECK sock:sk_data_ready           lacks          what clients wait for
CHECK
CHECK   sock:sk_data_ready: lacks
CHECK     why       this kernel does not tell
CHECK     get it    use another one
SUBTEST a pass
SUBTEST b skip no such call
SUBTEST c fail ended early
"""


class Table(unittest.TestCase):
    """What a run has said, as a page."""

    def test_a_run_is_read(self):
        run = table.Run(RUN)
        self.assertEqual(run.release, "5.10.0-1")
        self.assertEqual(run.capability, {"/proc of our own": "works", "sock:sk_data_ready": "lacks"})
        self.assertEqual(run.why, {"sock:sk_data_ready": "this kernel does not tell"})
        self.assertEqual(run.subtest["b"], ("skip", "no such call"))

    def test_a_page_has_a_column_for_each_kernel(self):
        other = table.Run("RELEASE 6.12\nSUBTEST a pass\nSUBTEST d pass\n")
        text = table.page({"5.10": table.Run(RUN), "6.12": other})
        for line in ("| subtest | 5.10 | 6.12 |", "| a | works | works |", "| b | lacks | - |",
                     "| c | **fails** | - |", "| d | - | works |", "| sock:sk_data_ready | lacks | - |"):
            self.assertIn(line + "\n", text)

    def test_what_is_lacking_is_named(self):
        text = table.page({"5.10": table.Run(RUN), "6.1": table.Run(RUN)})
        self.assertIn("- sock:sk_data_ready (5.10, 6.1): this kernel does not tell\n", text)
        self.assertIn("- b (5.10, 6.1): no such call\n", text)


if __name__ == "__main__":
    unittest.main()
