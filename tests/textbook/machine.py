"""What a measurement was made on, without naming whose machine it is.

In: /proc. Out: one line.
"""

import datetime
import os
import platform
import re


def cpu_model(cpuinfo):
    """The CPU's name in the text of /proc/cpuinfo, else the architecture's."""
    found = re.search(r"^model name\s*:\s*(.+)", cpuinfo, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def virtual(cpuinfo):
    """Whether a hypervisor is there, as CPU flags say it."""
    return bool(re.search(r"^flags\s*:.*\bhypervisor\b", cpuinfo, re.MULTILINE))


def release(version):
    """A kernel's version without what a builder has added to it."""
    return re.match(r"[0-9.]*[0-9]", version)[0] if version[:1].isdigit() else version


def line():
    """CPU, cores, kernel, date."""
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        cpuinfo = file.read()
    place = ", virtual machine" if virtual(cpuinfo) else ""
    return (f"{cpu_model(cpuinfo)}, {os.cpu_count()} CPUs{place}; Linux"
            f" {release(platform.release())}; {datetime.date.today().isoformat()}.")
