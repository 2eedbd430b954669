"""Installs the other tracers that the benchmark compares with.

In: the arms that name a package. Out: their programs on PATH. What cannot be had is said on stderr;
its arm is then n/a.
"""

import shutil
import subprocess
import sys


def install(arms):
    """Makes every peer among ARMS ready, as far as this machine allows."""
    for arm in arms:
        if not arm.package or shutil.which(arm.program or arm.command("", [1])[0]):
            continue
        try:
            subprocess.run(["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y",
                            arm.package], stdout=subprocess.DEVNULL, check=True)
        except (OSError, subprocess.CalledProcessError) as why:
            print(f"bench: {arm.name}: {why}", file=sys.stderr)
