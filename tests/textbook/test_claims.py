"""The judges of the claims: for made-up numbers, every verdict that there is, and just why."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from claims import CLAIMS  # noqa: E402
from claims import asynchronous, blocking, lab, multiplexing, nonblocking  # noqa: E402
from claims import queueing  # noqa: E402
from claims import select_limit, selectors_module, threads, triggers, watching  # noqa: E402


class Judge(unittest.TestCase):
    """A judge, numbers by which its claim holds, and what is said when some are changed."""

    def verdict(self, judge, numbers, **changed):
        """The verdict on these numbers, some of them changed."""
        self.assertLessEqual(set(changed), set(numbers), "a number that there is not")
        verdict, self.sentence = judge(numbers | changed)
        self.assertTrue(verdict in (lab.HOLDS, lab.FAILS) or verdict.startswith("holds only when "),
                        verdict)
        return verdict

    def holds(self, *args, **changed):
        """The claim holds."""
        self.assertEqual(self.verdict(*args, **changed), lab.HOLDS)

    def fails(self, *args, **changed):
        """It does not."""
        self.assertEqual(self.verdict(*args, **changed), lab.FAILS)

    def only_when(self, condition, *args, **changed):
        """It does on a condition, in which these words occur."""
        verdict = self.verdict(*args, **changed)
        self.assertIn("holds only when ", verdict)
        self.assertIn(condition, verdict)

    def says(self, *words):
        """The latest sentence has these words in it."""
        for word in words:
            self.assertIn(word, self.sentence)


class Blocking(Judge):
    """Claim 1."""
    numbers = {"reads": 100, "read_calls": 100, "other_waits": 0, "pauses_ns": 1e9, "wait_ns": 1e9,
               "wait_p50_ns": 10**7, "copy_ns": 50000, "cpu_ns": 100000, "idle_ns": 3e8,
               "idle_cpu_ns": 0}

    def test_verdicts(self):
        judge, n = blocking.judge, self.numbers
        self.holds(judge, n)
        self.says("100 reads took 1.00 calls each", "slept 1,000 ms (100.0 %", "copied 50.0 us",
                  "used 0.00 us of CPU")
        self.holds(judge, n, read_calls=110, idle_cpu_ns=3e6, wait_ns=8e8)
        self.fails(judge, n, read_calls=111)
        self.fails(judge, n, idle_cpu_ns=3.1e6)
        self.fails(judge, n, copy_ns=0)
        self.fails(judge, n, other_waits=1)
        self.only_when("not there yet", judge, n, wait_p50_ns=0)
        self.only_when("not there yet", judge, n, wait_ns=7.9e8)


class Nonblocking(Judge):
    """Claim 2."""
    numbers = {"blocking_cpu_share": 0.003, "blocking_p50_us": 50.0}
    for _pause, _polls, _awake, _cpu, _p50 in ((0, 1e6, 0.99, 0.98, 20), (100, 6000, 0.1, 0.06, 80),
                                               (1000, 1000, 0.03, 0.012, 500),
                                               (10000, 100, 0.02, 0.002, 5000)):
        numbers |= {f"polls_per_s_{_pause}": _polls, f"awake_{_pause}": _awake,
                    f"cpu_share_{_pause}": _cpu, f"p50_us_{_pause}": _p50,
                    f"read_wait_ns_{_pause}": 0, f"busy_p50_ns_{_pause}": 200}

    def test_verdicts(self):
        judge, n = nonblocking.judge, self.numbers
        self.holds(judge, n)
        self.says("slept 0.00 us in all and took 0.20 us", "98.0 % with 0 us",
                  "0.2 % with 10,000 us", "6.6 times the polls took 5.8 times the CPU",
                  "20 us without a pause, 80 us with the shortest, 5,000 us")
        self.fails(judge, n, read_wait_ns_100=1)
        self.fails(judge, n, awake_0=0.89)
        self.fails(judge, n, cpu_share_0=0.019)
        self.fails(judge, n, p50_us_10000=39)
        self.only_when("grow differently", judge, n, cpu_share_100=0.25)
        self.only_when("grow differently", judge, n, cpu_share_100=0.015)

    def test_nothing_grows(self):
        """Noise that makes both differences 0 or negative is no proof of proportion."""
        self.only_when("grow differently", nonblocking.judge, self.numbers, cpu_share_1000=0.0019)


class Multiplexing(Judge):
    """Claim 3."""
    numbers = {"blocking_calls_per_read": 1.0, "blocking_p50_us": 8.0, "blocking_cpu_us": 4.0}
    for _name in ("select", "poll", "epoll"):
        numbers |= {f"{_name}_calls_per_read": 2.0, f"{_name}_time_ratio": 1.1,
                    f"{_name}_cpu_ratio": 1.2}

    def test_verdicts(self):
        judge, n = multiplexing.judge, self.numbers
        self.holds(judge, n)
        self.says("blocking 1.00 calls per read",
                  "poll 2.00 calls per read, 1.10 times the time and 1.20 times the CPU")
        self.holds(judge, n, epoll_time_ratio=0.97)
        self.fails(judge, n, poll_calls_per_read=1.8)
        self.fails(judge, n, blocking_calls_per_read=1.2)
        self.only_when("not about epoll, faster", judge, n, epoll_time_ratio=0.96)
        self.fails(judge, n, epoll_time_ratio=0.9, poll_time_ratio=0.9, select_time_ratio=0.9)


class SelectLimit(Judge):
    """Claim 4."""
    numbers = {"fd_setsize": 1024, "word_bits": 64, "select_last": 1, "overflow_word": 1,
               "overflow_signal": 6,
               "big_select_ready": -1, "big_select_bit": 0, "big_syscall_ready": -1,
               "big_syscall_bit": 0, "poll_high": 1, "epoll_high": 1, "python_refuses": 1,
               "clients": 1100, "select_answered": 1020, "poll_answered": 1100,
               "epoll_answered": 1100}

    def test_verdicts(self):
        judge, n = select_limit.judge, self.numbers
        self.holds(judge, n)
        self.says("room for 1024 on this machine of 64 bits", "signal 6", "of 1100 clients",
                  "1020 were answered with select, 1100 with poll")
        self.only_when("one uses fd_set", judge, n, big_select_ready=1, big_select_bit=1,
                       big_syscall_ready=1, big_syscall_bit=1)
        for change in ({"fd_setsize": 2048}, {"overflow_word": 0}, {"overflow_signal": 0},
                       {"python_refuses": 0}, {"select_answered": 1100}, {"poll_high": 0},
                       {"epoll_answered": 1099}):
            with self.subTest(change):
                self.fails(judge, n, **change)


class Watching(Judge):
    """Claims 5 and 6."""
    many = {f"{m}_{idle}": cost for m, costs in (
        ("select", (1500, 12000, 150000)), ("poll", (1400, 12000, 140000, 3500000)),
        ("epoll", (230, 250, 260, 300)), ("watched", (11, 101, 1001, 10001)))
        for idle, cost in zip((10, 100, 1000, 10000), costs)}
    few = {f"{m}_{kind}{active}": cost for kind in ("", "call_") for m, costs in (
        ("select", (2500, 9300, 38000, 17500)), ("poll", (2400, 9200, 37000, 17000)),
        ("epoll", (2600, 9600, 39000, 9500)))
        for active, cost in zip((1, 4, 16, "idle_64"), costs)}

    def test_many(self):
        judge, n = watching.judge_many, self.many
        self.holds(judge, n)
        self.says("select costs 100 times as much and poll 100 times", "poll 350 ns more",
                  "epoll with 10,000 costs 1.3 times")
        self.fails(judge, n, select_1000=14000)
        self.fails(judge, n, poll_1000=13000)
        self.fails(judge, n, poll_10000=300000)
        self.fails(judge, n, epoll_1000=2000, epoll_10000=20000)
        self.only_when("about 1,000", judge, n, epoll_10000=700)

    def test_few(self):
        judge, n = watching.judge_few, self.few
        self.holds(judge, n)
        self.says("16 active: 0.949 times", "4 active among 64 idle: 1.8 times")
        self.only_when("they are 4 or 16 (not 1)", judge, n, poll_1=2600, select_1=2560)
        self.fails(judge, n, **{f"epoll_{active}": 2000 for active in (1, 4, 16)})


class Triggers(Judge):
    """Claims 7 and 8."""
    calls = {"partial_events_lt": 10, "partial_events_et": 1, "spin_events_lt": 100000,
             "spin_events_et": 1, "spin_awake_lt": 1.0, "spin_awake_et": 0.001}
    for _work in triggers.LABELS:
        calls |= {f"{_work}_lt_waits": 10.0, f"{_work}_lt_ctls": 4.0, f"{_work}_lt_calls": 20.0,
                  f"{_work}_et_waits": 5.0, f"{_work}_et_ctls": 2.0, f"{_work}_et_calls": 18.0}
    stall = {"accept_events_lt": 2, "accept_unseen_lt": 0, "accept_events_et": 1,
             "accept_unseen_et": 1, "unread_left_et": 90, "unread_again_lt": 1,
             "unread_again_et": 0, "unread_news_et": 1, "unread_timeouts_et": 1,
             "unread_wait_max_ns_lt": 0, "unread_wait_max_ns_et": 150100000}

    def test_calls(self):
        judge, n = triggers.judge_calls, self.calls
        self.holds(judge, n)
        self.says("10 events level-triggered, 1 edge-triggered", "100,000 events and 100.0 %",
                  "64 bytes 10.00 + 4.00 against 5.00 + 2.00")
        self.only_when("epoll_wait for 64 bytes and 32 KiB", judge, n, article_et_waits=10.0)
        self.only_when("epoll_wait for nothing, epoll_ctl for 16 MiB", judge, n,
                       **{f"{work}_et_waits": 10.0 for work in triggers.LABELS})
        self.fails(judge, n, **{f"{work}_et_{what}": 10.0 for work in triggers.LABELS
                                for what in ("waits", "ctls")})
        self.fails(judge, n, partial_events_lt=1)
        self.fails(judge, n, partial_events_et=2)
        self.fails(judge, n, spin_events_lt=50)
        self.fails(judge, n, spin_awake_lt=0.5)

    def test_stall(self):
        judge, n = triggers.judge_stall, self.stall
        self.holds(judge, n)
        self.says("brought 1 event edge-triggered", "left 1 of them unseen", "slept 150 ms",
                  "a new byte brought an event")
        self.only_when("it is about data", judge, n, accept_events_et=2, accept_unseen_et=0)
        self.only_when("it is about connections", judge, n, unread_again_et=1,
                       unread_timeouts_et=0, unread_wait_max_ns_et=0)
        self.fails(judge, n, accept_events_et=2, unread_again_et=1)
        self.holds(judge, n, unread_news_et=0)
        self.says("nor did a new byte")


class Threads(Judge):
    """Claim 9."""
    numbers = {"least": 10, "most": 410, "threads_kb_least": 1800, "threads_kb_most": 5800,
               "threads_stacks_kb_most": 6560, "threads_runq_ns_most": 240000.0,
               "epoll_runq_ns_most": 5000.0, "threads_threads_most": 411,
               "threads_switches_most": 1.0, "epoll_kb_least": 1600,
               "epoll_kb_most": 2000, "epoll_threads_most": 1, "epoll_switches_most": 0.05,
               "pool": 4, "clients": 12, "queued": 8, "at_once": 4, "waited_p50_ms": 480.0,
               "waited_max_ms": 610.0, "hold_ms": 250.0}

    def test_verdicts(self):
        judge, n = threads.judge, self.numbers
        self.holds(judge, n)
        self.says("411 threads and 10.0 KiB", "1 thread and 1.0 KiB", "16 KiB of kernel stack",
                  "1.00 context switches per request against 0.05, and 240 us of waiting",
                  "4 were answered at once, 8 stood in the queue", "after 480 ms")
        self.only_when("it is about the pool", judge, n, threads_kb_most=2400)
        self.only_when("it is about the pool", judge, n, epoll_switches_most=0.9)
        self.only_when("it is about threads per connection", judge, n, at_once=5)
        self.only_when("it is about threads per connection", judge, n, queued=0)
        self.only_when("it is about threads per connection", judge, n, waited_p50_ms=100.0)
        self.fails(judge, n, at_once=12, threads_kb_most=1800)


class Asynchronous(Judge):
    """Claim 10."""
    numbers = {"server_signal_reads": 40, "server_signal_read_wait_ns": 0}
    for _how in (*asynchronous.SYNCHRONOUS, *asynchronous.ASYNCHRONOUS):
        _how = _how.replace("-", "_")
        numbers |= {f"{_how}_supported": 1, f"{_how}_asleep_ns": 3e5, f"{_how}_busy_ns": 60000,
                    f"{_how}_own_copy_ns": 0, f"{_how}_own_reads": 0, f"{_how}_others_wait_ns": 0,
                    f"{_how}_others_copy_ns": 0}
    numbers |= {"blocking_asleep_ns": 2.1e7, "blocking_busy_ns": 300000,
                "signal_busy_ns": 290000, "signal_own_reads": 15, "signal_own_copy_ns": 250000}

    def test_verdicts(self):
        judge, n = asynchronous.judge, self.numbers
        self.holds(judge, n)
        self.says("blocking 21.0 ms, 300 us", "signal 0.3 ms, 290 us (iophase: copied 250 us",
                  "the wait keeps it with blocking, the copy with blocking, signal;",
                  "server_signal slept 0 ms")
        self.only_when("which is so with posix-aio, linux-aio, io_uring-worker", judge, n,
                       io_uring_busy_ns=280000)
        self.only_when("somebody else", judge, n, posix_aio_others_wait_ns=2e7,
                       posix_aio_others_copy_ns=3e5)
        self.says("(iophase: another thread slept 20.0 ms in a read, another thread copied 300 us)")
        self.only_when("which is so with posix-aio, io_uring,", judge, n, linux_aio_asleep_ns=2.1e7)
        self.fails(judge, n, signal_busy_ns=60000)
        self.fails(judge, n, signal_asleep_ns=2.1e7)
        self.fails(judge, n, signal_own_reads=0)
        self.fails(judge, n, **{f"{how.replace('-', '_')}_busy_ns": 300000
                                for how in asynchronous.ASYNCHRONOUS})

    def test_unsupported(self):
        """What this kernel does not have is said, and not counted for the claim."""
        numbers = dict(self.numbers, io_uring_supported=0)
        for name in ("asleep_ns", "busy_ns", "own_copy_ns", "own_reads", "others_wait_ns",
                     "others_copy_ns"):
            del numbers[f"io_uring_{name}"]
        self.only_when("posix-aio, linux-aio, io_uring-worker", asynchronous.judge, numbers)
        self.says("io_uring cannot be had here")


class SelectorsModule(Judge):
    """Claim 11."""
    numbers = {"default_is_epoll": 1, "selectors_is_epoll_lt": 1, "epoll_is_epoll_lt": 1,
               "selectors_calls": 3.0, "epoll_calls": 3.0, "selectors_kernel_us": 3.0,
               "epoll_kernel_us": 3.1, "selectors_cpu_us": 40.0, "epoll_cpu_us": 38.0,
               "kernel_ratio": 0.97, "cpu_ratio": 1.04}

    def test_verdicts(self):
        judge, n = selectors_module.judge, self.numbers
        self.holds(judge, n)
        self.says("DefaultSelector is EpollSelector", "3.00 I/O calls per request against 3.00",
                  "3.0 us in them against 3.1 us (0.97 times)", "40.0 us", "(1.04 times)")
        self.only_when("system calls are counted", judge, n, cpu_ratio=1.3)
        self.fails(judge, n, default_is_epoll=0)
        self.fails(judge, n, selectors_is_epoll_lt=0)
        self.fails(judge, n, selectors_calls=4.0)


class Queueing(Judge):
    """Claim 12."""
    numbers = {f"{way}_{count}_{name}_us": 0 for way in queueing.WAYS
               for count in queueing.CLIENTS for name in queueing.CAUSES}
    numbers |= {f"{way}_{count}_service_us": 20000 for way in queueing.WAYS
                for count in queueing.CLIENTS}
    numbers |= {"pool_8_backlog_us": 60000, "loop_8_dispatch_us": 140000,
                "pausing_1_dispatch_us": 40000, "pausing_8_dispatch_us": 100000}

    def test_verdicts(self):
        judge, n = queueing.judge, self.numbers
        self.holds(judge, n)
        self.says("blocking 0.0 % and 0.0 % with 1, 0.0 % and 0.0 % with 8",
                  "pool 0.0 % and 0.0 % with 1, 75.0 % and 0.0 % with 8",
                  "loop 0.0 % and 0.0 % with 1, 0.0 % and 87.5 % with 8",
                  "pausing 0.0 % and 66.7 % with 1")
        self.holds(judge, n, pool_8_backlog_us=20000, loop_8_dispatch_us=20000,
                   blocking_8_dispatch_us=6600)
        # A busy machine is no model.
        self.holds(judge, n, blocking_8_runq_us=50000, loop_1_wakeup_us=50000)
        self.fails(judge, n, blocking_8_dispatch_us=6700)
        self.fails(judge, n, loop_1_backlog_us=7000)
        self.only_when("about an event loop or polling with a pause", judge, n,
                       pool_8_backlog_us=19000)
        self.only_when("about a pool or polling with a pause", judge, n, loop_8_dispatch_us=19000)
        self.only_when("about a pool or an event loop", judge, n, pausing_1_dispatch_us=19000)
        self.fails(judge, n, pool_8_backlog_us=0, loop_8_dispatch_us=0, pausing_8_dispatch_us=0)


class Words(unittest.TestCase):
    """What the sentences are made of, and the list of claims."""

    def test_claims(self):
        self.assertEqual([claim.number for claim in CLAIMS], list(range(1, 13)))
        self.assertEqual(len({claim.title for claim in CLAIMS}), 12)
        self.assertEqual(len({claim.judge for claim in CLAIMS}), 12)

    def test_numbers(self):
        self.assertEqual(lab.us(151), "0.15 us")
        self.assertEqual(lab.us(12345), "12.3 us")
        self.assertEqual(lab.us(3500000), "3,500 us")
        self.assertEqual(lab.times(3.25), "3.2 times")
        self.assertEqual(lab.times(1234.5), "1,234 times")
        self.assertEqual(lab.percent(0.0123), "1.2 %")
        self.assertEqual(lab.ratio(1, 0), float("inf"))
        self.assertEqual(lab.ratio(0, 0), 1.0)
        self.assertEqual(lab.least([{"a": 3}, {"a": 1}, {"a": 2}]), {"a": 1})

    def test_what_a_probe_prints(self):
        self.assertEqual(lab.numbers_of("a=1 epoll-et_ns=-2 c=0.5\n"),
                         {"a": 1, "epoll-et_ns": -2, "c": 0.5})
        with self.assertRaises(lab.measure.MeasureError):
            lab.numbers_of("")


if __name__ == "__main__":
    unittest.main()
