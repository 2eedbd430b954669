"""Made-up results of a benchmark for the unit tests: what arms cost that never ran.

In: numbers. Out: Results.
"""

import results as res

PLAIN = {"call": 300.0, "own": 100.0, "other": 100.0, "packet_other": 900.0, "switch": 2000.0,
         "switch_other": 2000.0, "echo": 10_000.0, "echo_server": 40_000.0,
         "echo_client": 50_000.0, "uring": 500.0}
FLOOR = {"call": 500.0, "own": 150.0, "other": 150.0, "packet_other": 1300.0, "switch": 2100.0,
         "switch_other": 2100.0, "echo": 9_500.0, "echo_server": 42_000.0,
         "echo_client": 51_000.0, "uring": 700.0,
         "armed": 0.1, "prompt": 0.1, "detached": 2.0, "memory": 5e6}
OURS = {"call": 560.0, "own": 152.0, "other": 149.0, "packet_other": 1450.0,
        "packet_programs": 235.0, "switch": 2200.0,
        "switch_other": 2150.0, "echo": 9_000.0, "echo_server": 44_000.0,
        "echo_client": 52_000.0, "uring": 860.0,
        "armed": 0.2, "armed_threads": 0.3, "prompt": 0.05, "prompt_threads": 0.06,
        "detached": 3.0, "memory": 12e6, "memory_threads": 15e6, "cpu_threads": 0.004}


# With empty programs on the tracepoints of sockets, too.
FLOOR_SOCKETS = {**FLOOR, "packet_other": 1410.0, "packet_programs": 180.0}
# The same without those of system calls.
FLOOR_LIGHT = {**FLOOR_SOCKETS, "call": 310.0, "own": 100.0, "other": 100.0, "detached": 0.05}
LIGHT = {**OURS, "call": 340.0, "own": 101.0, "other": 99.0, "echo_server": 42_000.0,
         "packet_programs": 200.0, "armed": 0.05, "armed_threads": 0.08, "detached": 0.06}


def results(rounds=3, drift=10.0, **changed):
    """Results of the arms floor, floor-sockets, floor-light, iophase and iophase-light, all slower by
    DRIFT ns in each further round, as the untraced calls are; CHANGED measures of iophase are as
    given, of both."""
    made = res.Results()
    for number in range(rounds):
        for arm, values in ((res.UNTRACED, PLAIN), ("floor", FLOOR),
                            ("floor-sockets", FLOOR_SOCKETS),
                            ("floor-light", FLOOR_LIGHT),
                            ("iophase", {**OURS, **changed}),
                            ("iophase-light", {**LIGHT, **changed})):
            made.add(number, arm, {measure: value + number * drift if value >= 100 else value
                                   for measure, value in values.items()})
    return made
