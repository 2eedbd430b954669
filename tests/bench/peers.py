"""Installs the other tracers that the benchmark compares with.

In: the arms that name a package. Out: their programs on PATH and, for bcc, which compiles its
programs where it runs, kernel headers. What cannot be had is said on stderr; its arm is then n/a.
"""

import os
import platform
import shutil
import subprocess
import sys


def run(argv, **options):
    """Runs ARGV and returns its stdout; its stderr is shown. Raises CalledProcessError."""
    return subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True, **options).stdout


def depends(package, prefix):
    """The first package that PACKAGE depends on whose name begins with PREFIX."""
    for line in run(["apt-cache", "depends", package]).splitlines():
        kind, _, name = line.strip().partition(": ")
        if kind == "Depends" and name.startswith(prefix):
            return name
    raise LookupError(f"{package} depends on no {prefix}*")


def unpack_headers(folder):
    """Unpacks the distribution's kernel headers into FOLDER/all, the way bcc wants them.

    They are not those of the running kernel. syscount needs only what no kernel version changed,
    and Debian's two packages, machine and common, have to lie in one folder.
    """
    machine = depends("linux-headers-" + run(["dpkg", "--print-architecture"]).strip(),
                      "linux-headers-")
    common = depends(machine, "linux-headers-")
    os.makedirs(folder, exist_ok=True)
    run(["apt-get", "download", "-o", "APT::Sandbox::User=root", machine, common], cwd=folder)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".deb"):
            run(["dpkg", "-x", name, "."], cwd=folder)
    for package in (common, machine):
        # scripts and tools are links to programs that only a kernel build needs.
        shutil.copytree(f"{folder}/usr/src/{package}", f"{folder}/all.part", symlinks=True,
                        dirs_exist_ok=True, ignore=shutil.ignore_patterns("scripts", "tools"))
    os.rename(f"{folder}/all.part", f"{folder}/all")


def provide_headers(build):
    """Points bcc to kernel headers, unpacked below BUILD, where the running kernel has none."""
    running = f"/lib/modules/{platform.release()}/build"
    if "BCC_KERNEL_SOURCE" in os.environ or os.path.exists(running):
        return
    folder = os.path.abspath(f"{build}/bench-headers")
    if not os.path.exists(f"{folder}/all"):
        unpack_headers(folder)
    os.environ["BCC_KERNEL_SOURCE"] = f"{folder}/all"


def install(arms, build):
    """Makes every peer among ARMS ready, as far as this machine allows."""
    for arm in arms:
        if not arm.package:
            continue
        try:
            if not shutil.which(arm.command("", [1])[0]):
                run(["apt-get", "install", "-y", arm.package])
            if arm.package == "bpfcc-tools":
                provide_headers(build)
        except (OSError, LookupError, subprocess.CalledProcessError) as why:
            print(f"bench: {arm.name}: {why}", file=sys.stderr)
