"""scripts/check-docs finds what it is to find: made-up trees, each with one fault, and one without."""

import importlib.machinery
import importlib.util
import os
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../scripts/check-docs")
LOADER = importlib.machinery.SourceFileLoader("check_docs", SCRIPT)
check_docs = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_docs", LOADER))
LOADER.exec_module(check_docs)

# What a program says of its options: the command that is the default one, and another.
PROGRAM = """#!/bin/sh
[ "$1" = ps ] && { echo "REPORT"; echo "      --sort KEY  by what"; exit; }
cat <<'END'
usage: iophase

COMMANDS
  trace   measure
  ps      a list

TARGETS
  -p, --pid LIST  these
      --all       all
END
"""
TABLE = "| option | what |\n|---|---|\n| `-p`, `--pid LIST` | these, not `--that` |\n| `--all`, `--sort` | x |\n\n"


class Tree(unittest.TestCase):
    """A source tree of a few files."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = self.folder.name
        os.environ.pop("IOPHASE", None)

    def write(self, path, text, mode=0o644):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def faults(self, check):
        return list(check_docs.CHECKS[check](self.root))


class Links(Tree):
    """Files, headings, paths in backticks."""

    def test_good_links(self):
        self.write("docs/b.md", "# Two words: `-- X`, here\n\n## Same\n\n## Same\n")
        self.write("a.md", "# Top\n[b](docs/b.md#two-words----x-here) [c](docs/b.md#same-1) [t](#top)\n"
                           "[web](https://example.org/) `docs/b.md` `docs/*.md` `docs/NAME.md`\n"
                           "```\n[no](link.md)\n```\n`[no](link.md)`\n")
        self.assertEqual(self.faults("links"), [])

    def test_missing_file(self):
        self.write("a.md", "\n[b](docs/b.md)\n")
        self.assertEqual(self.faults("links"), ["a.md:2: docs/b.md leads nowhere"])

    def test_missing_heading(self):
        self.write("a.md", "# Top\n```\n# Not a heading\n```\n[b](#not-a-heading)\n")
        self.assertEqual(self.faults("links"), ["a.md:5: #not-a-heading: a.md has no such heading"])

    def test_missing_path(self):
        self.write("a.md", "`user/base/gone.c`\n")
        self.write("CHANGELOG.md", "`user/base/gone.c`\n")
        self.assertEqual(self.faults("links"), ["a.md:1: there is no user/base/gone.c"])


class Pointers(Tree):
    """What source says of pages."""

    def test_good_pointers(self):
        self.write("docs/a.md", "# A\n## What is lost\n")
        self.write("user/base/a.c", '.reading = "docs/a.md, \\"What is "\n\t"lost\\"; docs/a.md"\n/* docs/a.md,\n * "A" */')
        self.assertEqual(self.faults("pointers"), [])

    def test_page_and_heading_that_are_gone(self):
        self.write("docs/a.md", "# A\n")
        self.write("user/base/a.c", '.reading = "docs/b.md; docs/a.md, \\"What is "\n\t"lost\\".",\n')
        self.assertEqual(self.faults("pointers"), ["user/base/a.c: there is no docs/b.md",
                                                   'user/base/a.c: docs/a.md has no heading "What is lost"'])


class Length(Tree):
    """What is to be read in some minutes."""

    def write_all(self, more):
        for page, unit, most in check_docs.LIMITS:
            self.write(page, ("word\n" if unit == "lines" else "word ") * (most + more))

    def test_at_most(self):
        self.write_all(0)
        self.assertEqual(self.faults("length"), [])

    def test_too_long(self):
        self.write_all(1)
        self.assertEqual(len(self.faults("length")), len(check_docs.LIMITS))


class Files(Tree):
    """The tables of the rooms' pages."""

    def setUp(self):
        super().setUp()
        self.write("bpf/maps.bpf.h", "")
        self.write("user/base/fmt.c", "")
        self.write("user/base/fmt.h", "")
        self.write("user/base/log.h", "")
        self.write("docs/rooms/bpf.md", "| `maps.bpf.h` | maps |\n")
        self.write("docs/rooms/base.md", "| `base/fmt.c`, `base/log.h` | `x.c`, texts |\n")

    def test_all_told(self):
        self.assertEqual(self.faults("files"), [])

    def test_new_and_gone_file(self):
        self.write("user/base/new.c", "")
        os.unlink(os.path.join(self.root, "bpf/maps.bpf.h"))
        self.assertEqual(self.faults("files"), ["docs/rooms/bpf.md: there is no maps.bpf.h",
                                                "docs/rooms/base.md: the table of files lacks user/base/new"])

    def test_new_room(self):
        self.write("user/top/view.c", "")
        self.assertEqual(self.faults("files"), ["docs/rooms/top.md: there is no such page for the room user/top"])


class Options(Tree):
    """The table and the examples, against a program."""

    def setUp(self):
        super().setUp()
        self.write("build/iophase", PROGRAM, 0o755)

    def test_complete_table(self):
        self.write("docs/using.md", TABLE)
        self.assertEqual(self.faults("options"), [])

    def test_lacking_and_unknown_option(self):
        self.write("docs/using.md", TABLE.replace("--all", "--any"))
        self.assertEqual(len(self.faults("options")), 2)

    def test_good_examples(self):
        self.write("a.md", "```\nsudo iophase -p $(pidof -s x) --all | sort -n\niophase ps --sort x -- y --z\n```\n"
                           "`iophase --pid=1`\n")
        self.assertEqual(self.faults("examples"), [])

    def test_bad_examples(self):
        self.write("a.md", "`iophase --sort x`\n\n    iophase ps -p 1\n")
        self.assertEqual(self.faults("examples"), ["a.md:1: iophase trace does not take --sort",
                                                   "a.md:3: iophase ps does not take -p"])

    def test_example_in_a_man_page(self):
        self.write("docs/man/iophase.8", ".B \\-\\-sort\n.EX\niophase \\-\\-sort x\n.EE\n")
        self.assertEqual(self.faults("examples"), ["docs/man/iophase.8:3: iophase trace does not take --sort"])

    def test_no_example(self):
        self.write("a.md", "nothing\n")
        self.assertEqual(self.faults("examples"), ["no example was found"])

    def write_man(self, *lines):
        self.write("docs/man/iophase.8", ".TH X\n.SH NAME\niophase \\- x\n.SH OPTIONS\nA time is 5, not \\-9.\n.TP\n"
                   '.BR \\-p ", " \\-\\-pid " \\fILIST\\fR"\nThese; \\-q no.\n.TP\n.B \\-\\-all\nAll.\n'
                   ".SH EXIT STATUS\n.SH SEE ALSO\n.BR iophase\\-ps (8)\n")
        self.write("docs/man/iophase-ps.8", ".TH X\n.SH NAME\niophase\\-ps \\- y\n.SH OPTIONS\n" + "\n".join(lines) + "\n.SH X\n")

    def test_man_pages(self):
        self.write_man(".TP", '.BR \\-\\-sort " \\fIKEY\\fR"')
        self.assertEqual(self.faults("man"), [])

    def test_man_page_lacks_and_invents(self):
        self.write_man(".TP", ".BR \\-s , \\-\\-sort")
        self.assertEqual(self.faults("man"), ["docs/man/iophase-ps.8: has -s, which iophase ps does not take"])
        self.write_man(".TP", ".B \\-\\-order")
        self.assertEqual(self.faults("man"), ["docs/man/iophase-ps.8: lacks --sort",
                                              "docs/man/iophase-ps.8: has --order, which iophase ps does not take"])

    def test_man_page_of_nothing(self):
        self.write_man(".TP", ".B \\-\\-sort")
        os.rename(os.path.join(self.root, "docs/man/iophase-ps.8"), os.path.join(self.root, "docs/man/iophase-top.8"))
        self.assertEqual(self.faults("man"), ["docs/man/iophase-ps.8: there is no page for the command ps",
                                              "docs/man/iophase-top.8: there is no such command"])

    def test_no_program(self):
        os.unlink(os.path.join(self.root, "build/iophase"))
        self.assertRaises(check_docs.NoProgram, self.faults, "options")


if __name__ == "__main__":
    unittest.main()
