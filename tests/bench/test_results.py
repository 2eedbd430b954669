"""Tests of results.py: what follows from the samples."""

import unittest

import made_up
import results as res
import tracers
import workloads


class Sums(unittest.TestCase):
    """Medians and differences."""

    def test_nothing_was_measured(self):
        empty = res.Results()
        for value in (empty.median("a", "call"), empty.least("a", "call"), empty.span("a", "call"),
                      empty.added("a", "call"), empty.share("a", "call"),
                      empty.floor_ratio("iophase", "call")):
            self.assertIsNone(value)

    def test_median_least_and_span_are_over_the_rounds(self):
        made = made_up.results(rounds=3, drift=10)
        self.assertEqual(made.median(res.UNTRACED, "call"), 310)
        self.assertEqual(made.least(res.UNTRACED, "call"), 300)
        self.assertEqual(made.span(res.UNTRACED, "call"), (300, 320))

    def test_differences_are_within_a_round(self):
        # Rounds that differ by more than what is measured do not hide it.
        made = made_up.results(rounds=5, drift=1000)
        self.assertEqual(made.added("iophase", "call"), 260)
        self.assertEqual(made.added("iophase", "call", "floor"), 60)

    def test_a_round_without_the_other_does_not_count(self):
        made = made_up.results(rounds=1)
        made.add(7, "iophase", {"call": 1e6})
        self.assertEqual(made.added("iophase", "call"), 260)

    def test_share_is_of_the_untraced_of_the_round(self):
        self.assertAlmostEqual(made_up.results(drift=0).share("iophase", "echo"), 0.9)

    def test_floor_ratio(self):
        made = made_up.results()
        self.assertAlmostEqual(made.floor_ratio("iophase", "call"), 1.3)
        # Raw arms have a floor of their own, which was not measured here.
        self.assertIsNone(made.floor_ratio("iophase-raw", "call"))

    def test_a_floor_that_costs_nothing_gives_no_ratio(self):
        made = res.Results()
        made.add(0, res.UNTRACED, {"call": 300})
        made.add(0, "floor", {"call": 300})
        made.add(0, "iophase", {"call": 400})
        self.assertIsNone(made.floor_ratio("iophase", "call"))

    def test_noise_grows_with_what_the_rounds_differ_by(self):
        made = res.Results()
        for number, extra in enumerate((0, 100, 200, 300, 400)):
            made.add(number, "floor", {"own": 100})
            made.add(number, "iophase", {"own": 100 + extra})
        # Quartiles 100 and 300: 2 * 1.25 * 200 / 1.35 / sqrt(5).
        self.assertAlmostEqual(made.noise("iophase", "floor", "own"), 165.6, places=1)
        self.assertEqual(made_up.results().noise("iophase", "floor", "own"), res.NOISE_NS)
        self.assertEqual(made_up.results(rounds=1).noise("iophase", "floor", "own"), res.NOISE_NS)


class PerRun(unittest.TestCase):
    """What programs take per run, from two looks at their sums."""

    def test_sum_of_the_means(self):
        before = {"a": (10, 1000), "b": (5, 500)}
        after = {"a": (20, 1300), "b": (15, 700), "c": (9, 9)}
        self.assertEqual(workloads.per_run(before, after, ("a", "b")), 30.0 + 20.0)

    def test_the_kernel_keeps_15_bytes_of_a_name(self):
        after = {"sock_send_lengt": (2, 50)}
        self.assertEqual(workloads.per_run({}, after, ("sock_send_length",)), 25.0)

    def test_one_that_did_not_run(self):
        self.assertIsNone(workloads.per_run({}, {"a": (1, 10)}, ("a", "b")))


class Targets(unittest.TestCase):
    """What is held against what is wanted."""

    def met(self, arm="iophase", **changed):
        """Which targets of iophase are met, by the first word of their names."""
        rows = res.targets(made_up.results(**changed), arm)
        return {what: met for what, _, _, met in rows}

    def test_all_are_met(self):
        self.assertEqual(set(self.met().values()), {True})

    def test_each_can_fail(self):
        for measure, value, what in (
                ("echo", 8_000.0, "throughput of the traced echo server"),
                ("echo_server", 50_000.0, "CPU time of the echo server per request"),
                ("call", 600.0, "ns added per traced call"),
                ("uring", 1000.0, "ns added per request of io_uring"),
                ("own", 170.0, "beyond the floor, untraced call of the target"),
                ("other", 170.0, "beyond the floor, untraced call of another process"),
                ("packet_programs", 245.0,
                 "programs on sockets' events beyond floor-sockets, packet of another process"),
                ("armed_threads", 0.6, "start to armed, the slower target"),
                ("prompt", 0.6, "Ctrl-C to the prompt, the slower target"),
                ("memory_threads", 21e6, "user-space memory, 1,000 threads"),
                ("cpu_threads", 0.02, "CPU use at -i 1, 1,000 threads")):
            with self.subTest(measure):
                met = self.met(**{measure: value})
                self.assertEqual([name for name, ok in met.items() if not ok], [what])

    def test_without_hooks_on_calls_other_things_are_wanted(self):
        met = self.met("iophase-light")
        self.assertEqual(set(met.values()), {True})
        self.assertNotIn("ns added per traced call", met)
        for measure, value, what in (
                ("echo_server", 43_000.0, "CPU time of the echo server per request"),
                ("other", 120.0, "added to an untraced call of another process"),
                ("armed_threads", 0.2, "start to armed, the slower target"),
                ("detached", 0.2, "Ctrl-C to detached")):
            with self.subTest(measure):
                met = self.met("iophase-light", **{measure: value})
                self.assertEqual([name for name, ok in met.items() if not ok], [what])

    def test_each_of_our_arms_has_its_floor_and_what_it_may_cost(self):
        names = [arm.name for arm in tracers.ARMS]
        for name in names:
            if name.startswith("iophase"):
                self.assertIn(res.FLOOR_OF[name], names)
                self.assertIn(name, res.MAX_SERVER_CPU)

    def test_what_was_not_measured_is_neither(self):
        rows = res.targets(res.Results(), "iophase")
        self.assertEqual({(measured, met) for _, _, measured, met in rows}, {(None, None)})
