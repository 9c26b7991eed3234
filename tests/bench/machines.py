#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""machines.py BUILD... - a row for each build folder: the command's size, how many shared
libraries it needs, the time of a start, the memory of `show` and of an import of the sample
card, and how many tests passed of those that ctest ran there last. The time is the best of many:
of a start (`place`) to its end. A build for another processor runs by an emulator, whose time and
memory say nothing: its row has none."""
import os
import re
import subprocess
import sys
import tempfile
import time

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLE = os.path.join(REPO, "fixtures/sample")
PHOTO = os.path.join(SAMPLE, "DCIM/100GLASS/IMG_0001.JPG")


def run(*words):
    """Seconds and the largest resident set in MiB, which GNU time measures: of a child of
    this program the kernel would count this one's memory as well."""
    begin = time.monotonic()
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *words], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    seconds = time.monotonic() - begin
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.stderr}")
    return seconds, int(done.stderr.splitlines()[-1]) / 1024


def libraries(command):
    listed = subprocess.run(["ldd", command], capture_output=True, text=True, check=False)
    return sum("=>" in line for line in listed.stdout.splitlines())


def started(command):
    begin = time.monotonic()
    subprocess.run([command, "place", "48.8583,2.2945"], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - begin


def tests(build):
    """What CTest's log says of its last run."""
    try:
        with open(os.path.join(build, "Testing/Temporary/LastTest.log"), errors="replace") as log:
            text = log.read()
    except FileNotFoundError:
        return "not run"
    passed = len(re.findall(r"^Test Passed\.$", text, re.M))
    return f"{passed} of {len(re.findall(r'^[0-9]+/[0-9]+ Testing: ', text, re.M))}"


def is_foreign(build):
    with open(os.path.join(build, "CMakeCache.txt")) as cache:
        return re.search(r"^CMAKE_TOOLCHAIN_FILE:[A-Z]+=.", cache.read(), re.M) is not None


def row(build):
    command = os.path.join(build, "glassine")
    size = os.path.getsize(command)
    library = os.path.join(build, "src/libglassine.so")
    if os.path.exists(library):
        size += os.path.getsize(os.path.realpath(library))
    if is_foreign(build):
        return f"| {build} | {size:,} | | | | | {tests(build)} |"
    start = min(started(command) for _ in range(40))
    show = min(run(command, "show", PHOTO)[1] for _ in range(5))
    with tempfile.TemporaryDirectory() as folder:
        card = run(command, "import", "-q", "-d", os.path.join(folder, "library"), SAMPLE)[1]
    return f"| {build} | {size:,} | {libraries(command)} | {start * 1000:.1f} ms | " \
           f"{show:.1f} MiB | {card:.1f} MiB | {tests(build)} |"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print("| build | bytes | libraries | start | memory of show | of an import | tests passed |")
    print("|---|---|---|---|---|---|---|")
    for folder in sys.argv[1:]:
        print(row(folder.rstrip("/")))
