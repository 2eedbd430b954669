"""The claims of the textbook, measured.

Out: CLAIMS, in the order of their numbers. Per claim: measure(quick) makes the measurements on this
machine and returns numbers, by name; judge(numbers) is pure and returns a verdict ("holds", "does
not hold here" or "holds only when ...") and the sentence with the numbers that decide it.

The articles are Chinese; what they say is paraphrased.
"""

from . import (asynchronous, blocking, multiplexing, nonblocking, queueing, select_limit,
               selectors_module, threads, triggers, watching)
from .claim import Claim

CLAIMS = (
    Claim(1, "Blocking I/O spends both phases inside one system call, and the thread that waits"
             " uses no CPU", blocking.measure, blocking.judge),
    Claim(2, "Non-blocking reads answer at once, but asking burns CPU in proportion to the asking;"
             " a pause between two questions saves CPU and costs response time",
          nonblocking.measure, nonblocking.judge),
    Claim(3, "Multiplexing needs two system calls per read where blocking needs one; with one"
             " connection it is no faster, often slower",
          multiplexing.measure, multiplexing.judge),
    Claim(4, "select can watch no more than 1024 descriptors; poll and epoll have no such limit",
          select_limit.measure, select_limit.judge),
    Claim(5, "select and poll look at every descriptor at each call, so that their cost grows with"
             " the number watched; that of epoll does not",
          watching.measure_many, watching.judge_many),
    Claim(6, "With few connections, all of them active, select and poll can be better than epoll",
          watching.measure_few, watching.judge_few),
    Claim(7, "Level-triggered epoll reports again while something is left, edge-triggered epoll"
             " once; an interest in writing that is left on makes it spin; edge-triggered needs"
             " fewer calls", triggers.measure_calls, triggers.judge_calls),
    Claim(8, "Edge-triggered, two connections at once bring one event, and data left unread are"
             " not reported again", triggers.measure_stall, triggers.judge_stall),
    Claim(9, "A thread per connection costs memory and switching as connections grow; a pool"
             " answers as many clients as it has threads, and the rest wait",
          threads.measure, threads.judge),
    Claim(10, "Signal-driven I/O does not block in the first phase but is synchronous in the"
              " second; asynchronous I/O blocks in neither",
          asynchronous.measure, asynchronous.judge),
    Claim(11, "The selectors module picks epoll by itself and costs what epoll costs",
          selectors_module.measure, selectors_module.judge),
    Claim(12, "What a request waits for before it is read tells the models apart: nothing where a"
              " thread blocks for it, accept where a pool is too small, the requests before it in"
              " an event loop, the next look where one polls with a pause",
          queueing.measure, queueing.judge),
)
