"""Tests of turn.py: which thread does what in which phase."""

import unittest

import made_up
import table
import turn
from made_up import line


class Lanes(unittest.TestCase):
    """Threads and their parts."""

    def test_books_balance(self):
        run = made_up.blocked()
        lane = turn.turn(run).lanes[0]
        everything = sum(c[p] for c in run.calls.values() for p in table.PHASES)
        self.assertEqual(lane.phase1_ns + lane.phase2_ns + lane.answer_ns, everything)
        self.assertEqual((lane.phase2_ns, lane.answer_ns), (1000, 3000))

    def test_blocked_names_its_call(self):
        segment = turn.turn(made_up.blocked()).lanes[0].phase1[0]
        self.assertEqual((segment.kind, segment.calls, segment.ns),
                         (turn.BLOCKED, "recvfrom", 1_000_000))

    def test_times_are_per_read(self):
        made = made_up.run(line("read", tid=7, calls=4, ok=4, wait=400, copy=40),
                           line("sendto", tid=7, calls=4, ok=4))
        lane = turn.turn(made).lanes[0]
        self.assertEqual((lane.phase1_ns, lane.phase2_ns), (100, 10))

    def test_polling(self):
        made = made_up.run(line("recvfrom", tid=7, calls=1001, ok=1, again=1000, cpu=600),
                           line("app", tid=7, cpu=200), line("sendto", tid=7, calls=1, ok=1))
        lane = turn.turn(made).lanes[0]
        self.assertEqual([(s.kind, s.ns, s.calls, s.share) for s in lane.phase1],
                         [(turn.POLLING, 800, "recvfrom", 0.75)])
        self.assertEqual(lane.fruitless, 1000)

    def test_one_fruitless_call_is_no_polling(self):
        made = made_up.run(line("recvfrom", tid=7, calls=2, ok=1, again=1, cpu=600),
                           line("sendto", tid=7, calls=1, ok=1))
        self.assertEqual(turn.turn(made).lanes[0].phase1[0].kind, turn.WORKING)

    def test_asleep_outside_calls_is_free(self):
        made = made_up.run(line("recvfrom", tid=7, calls=1, ok=1, copy=5),
                           line("app", tid=7, wait=900), line("sendto", tid=7, calls=1, ok=1))
        self.assertEqual([s.kind for s in turn.turn(made).lanes[0].phase1], [turn.FREE])

    def test_helper_has_its_own_lane(self):
        made = made_up.run(line("read", tid=9, calls=1, ok=1, wait=800, copy=5),
                           line("app", tid=7, wait=900), line("sendto", tid=7, calls=1, ok=1))
        lanes = turn.turn(made).lanes
        self.assertEqual([la.helper for la in lanes], [False, True])
        self.assertEqual([la.phase2_ns for la in lanes], [0, 5])

    def test_who_only_accepts_has_no_lane(self):
        made = made_up.run(line("accept", tid=7, calls=1, ok=1, wait=10_000),
                           line("recvfrom", tid=8, calls=1, ok=1, wait=300),
                           line("sendto", tid=8, calls=1, ok=1))
        lanes = turn.turn(made).lanes
        self.assertEqual([la.phase1_ns for la in lanes], [300])

    def test_copy_on_behalf_of_a_request(self):
        made = made_up.run(line("io_uring_enter", tid=7, calls=1, ok=1, wait=700),
                           line("app", tid=7, copy=9), line("uring_read", tid=7, calls=1, ok=1))
        lane = turn.turn(made).lanes[0]
        self.assertEqual((lane.phase2_ns, lane.phase2[0].calls), (9, ""))

    def test_worker_of_the_kernel_is_a_helper(self):
        made = made_up.run(line("io_uring_enter", tid=7, calls=1, ok=1, wait=700),
                           line("uring_read", tid=7, calls=1, ok=1),
                           line("iou-worker", tid=8, copy=9))
        self.assertEqual([la.helper for la in turn.turn(made).lanes], [False, True])

    def test_nothing_read_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "has read nothing"):
            turn.turn(made_up.run(line("accept", tid=7, calls=1, ok=1)))

    def test_waiting_for_completions_is_by_choice(self):
        made = made_up.run(line("io_uring_enter", tid=7, calls=1, ok=1, wait=700),
                           line("poll", tid=7, calls=1, ok=1, wait=80),
                           line("uring_read", tid=7, calls=1, ok=1))
        self.assertEqual([(s.kind, s.ns, s.calls) for s in turn.turn(made).lanes[0].phase1],
                         [(turn.BLOCKED, 80, "poll"), (turn.CHOSEN, 700, "io_uring_enter")])

    def test_least_disturbed_waited_least_for_a_cpu(self):
        turns = [turn.turn(made_up.run(line("recvfrom", tid=7, calls=1, ok=1, wait=wait, runq=runq),
                                       line("sendto", tid=7, calls=1, ok=1)))
                 for wait, runq in ((5, 300), (900, 20), (5, 50))]
        self.assertIs(turn.least_disturbed(turns), turns[1])


class Windows(unittest.TestCase):
    """Which intervals count."""

    def test_first_and_last_interval_are_left_out(self):
        rows = table.rows_of(made_up.csv(*(line("read", time=t) for t in ("t1", "t2", "t3", "t4"))))
        self.assertEqual([r["time"] for r in turn.steady(rows)], ["t2", "t3"])

    def test_all_of_two_intervals_are_taken(self):
        rows = table.rows_of(made_up.csv(line("read", time="t1"), line("read", time="t2")))
        self.assertEqual(len(turn.steady(rows)), 2)

    def test_signal_is_the_median(self):
        def lines(time, signal):
            return (line("recvfrom", time=time, tid=7, calls=1, ok=1, signal=signal),
                    line("sendto", time=time, tid=7, calls=1, ok=1))

        made = made_up.run(*lines("t1", "900"), *lines("t2", "3"), *lines("t3", "5"),
                           *lines("t4", "7"), *lines("t5", "900"))
        self.assertEqual(turn.turn(made).signal_ns, 5)
        self.assertIsNone(turn.turn(made_up.blocked()).signal_ns)


if __name__ == "__main__":
    unittest.main()
