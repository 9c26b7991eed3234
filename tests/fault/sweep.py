#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sweep.py [--every] ... - each call of glassine that can fail fails, or is its last.

A point is one command with one fault at its Nth call of a kind (inject.c), and the same command
once more without. After the first: nothing is lost, no source is another, nothing half stands
under a final name, nothing is claimed that is not there, and a status of 0 means that all was
done. After the second every file and folder and every row is what it is without a fault: nothing
is left anywhere.

Without --every it takes --points points of each command and fault, at random by --seed: what
ctest does. With it every point, --jobs side by side; a command and fault whose line is in the
file of --results already, of the same build, is not run again. --point COMMAND CALL:N:ACTION
runs one, prints what glassine said and keeps the folder. Exit status: 1 where a point failed, 77
where this build takes no faults."""
import argparse
import concurrent.futures
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

import sweep_box as box

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Command:
    """One command line, and in what it runs: START is the library's state before (see Sweep.states),
    or "". What EMPTIES the card leaves nothing on it."""

    def __init__(self, words, start="", empties=False, edits_card=False):
        self.words = words.split()
        self.start, self.empties, self.edits_card = start, empties, edits_card


COMMANDS = {
    "import": Command("import -q -d lib card"),
    "import --move": Command("import -q --move -d lib card", empties=True),
    "import --move plain": Command("import -q --move --write-metadata none -d lib card", empties=True),
    "import --trash": Command("import -q --trash -d lib card", empties=True),
    "import again": Command("import -q -d lib card", "stored"),
    "remove known": Command("import -q --move -d lib card", "stored", empties=True),
    "trash known": Command("import -q --trash -d lib card", "stored", empties=True),
    "update": Command("update -q --time 2001-02-03T04:05:06 --album A lib", "stored"),
    "update --title": Command("update -q --title T lib", "stored"),
    "update plain": Command("update -q --write-metadata none --time 2001-02-03T04:05:06 lib", "stored"),
    "update --in-place": Command("update -q --in-place --album A --title T card", edits_card=True),
    "generate-db": Command("generate-db -q --source lib", "stored"),
    "verify": Command("verify -q --library lib", "stored"),
    "verify --accept": Command("verify -q --library lib --accept edited,changed,moved,missing,untracked", "messy"),
    "verify --repair": Command("verify -q --library lib --repair-from good --repair rotten,missing", "harmed"),
    "show": Command("show --json card"),
    "list": Command("list album A --library lib", "stored"),
    "views": Command("views --library lib --by year views", "stored"),
}

# CALL:ACTION; with a "+" behind CALL that call and all later ones. Whoever is interrupted for
# ever waits for ever, and who gets no memory at all does not begin.
KILLS = "any:KILL any:KILLED write:SHORT".split()
ERRORS = """
    write:ENOSPC write+:ENOSPC write:EIO write:EDQUOT read:EIO read+:EIO open:EIO open:EACCES
    open:EMFILE open+:EMFILE list:EIO stat:EIO stat:EACCES resolve:EIO resolve:EACCES rename:EIO
    rename+:EIO exchange:EIO exchange+:ENOSYS link:EPERM link:EIO unlink:EIO unlink+:EIO
    mkdir:ENOSPC mkdir:EIO rmdir:EIO fsync:EIO fsync+:EIO syncfs:EIO times:EPERM ftruncate:EIO flock:ENOLCK
    fsync:EINTR thread:EAGAIN thread+:EAGAIN site:ENOMEM""".split()
# A program that is interrupted, or is given only half of what it asks, goes on. (SQLite
# makes an fsync() that was interrupted not again: that one may fail.)
NUISANCES = "open:EINTR read:EINTR write:EINTR read:SOME write:SOME syncfs:EINTR ftruncate:EINTR fallocate:EINTR flock:EINTR".split()
FAULTS = KILLS + ERRORS + NUISANCES
# Memory fails at as many places as all other calls together: only --every tries them.
SAMPLED = [fault for fault in FAULTS if fault != "site:ENOMEM"]

CARD = """IMG_0003.JPG IMG_0003.DNG IMG_0004.HEIC IMG_0004.MOV IMG_0005.JPG IMG_0005.JPG.xmp IMG_0006.JPG
    IMG_0006.AAE""".split()
STATUS_DIED, STATUS_FAILED, STATUS_USAGE, STATUS_LIBRARY = -9, 1, 2, 3


def rule_of(fault, at):
    call, action = fault.split(":")
    return f"{call.rstrip('+')}:{at}{'+' if call.endswith('+') else ''}:{action}"


class Sweep:
    """The states that commands begin with and end in, and a folder to run them in."""

    def __init__(self, build, parent):
        self.build = os.path.abspath(build)
        self.inject = os.path.join(self.build, "tests/libgls_inject.so")
        self.folder = tempfile.mkdtemp(dir=parent)
        self.box = os.path.join(self.folder, "box")
        self.environment = {
            "PATH": os.environ["PATH"], "TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": self.box + "/home",
            "XDG_DATA_HOME": self.box + "/home/share", "XDG_CONFIG_HOME": self.box + "/home/config",
            "TMPDIR": self.box + "/tmp", "LD_LIBRARY_PATH": self.build + "/src"}
        os.mkdir(self.box)
        os.chdir(self.box)
        self.empty = {"home/": None, "tmp/": None}
        self.make_states()
        self.wanted = {}

    def run(self, words, rules=None, count=None):
        """The status and what was said. A count is written to the file of that name."""
        environment = dict(self.environment)
        if rules:
            environment.update(LD_PRELOAD=self.inject, GLS_INJECT=rules)
        if count:
            environment["GLS_INJECT_COUNT"] = count
        try:
            done = subprocess.run([self.build + "/glassine", *words], env=environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                                  close_fds=False, check=False)
        except subprocess.TimeoutExpired as late:
            return None, (late.stdout or b"").decode("utf-8", "replace")
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def run_well(self, *words):
        status, text = self.run(words)
        if status != 0:
            sys.exit(f"{' '.join(words)}: status {status}: {text}")

    # ---- The states before ----------------------------------------------------------------

    def make_states(self):
        shots = os.path.join(REPO, "fixtures/sample/DCIM/100GLASS")
        box.write_tree(self.box, self.empty)
        os.makedirs("card/again")
        for name in CARD:
            shutil.copy2(os.path.join(shots, name), "card")
        shutil.copy2("card/IMG_0006.JPG", "card/again")
        self.card = box.read_tree("card")
        self.run_well("import", "-q", "-d", "lib", "card")
        self.run_well("update", "-q", "--album", "A", "--add", "lib")
        self.states = {"stored": box.read_tree("lib")}
        self.states["harmed"] = self.harm()
        self.states["messy"] = self.make_a_mess()

    def harm(self):
        """One photo rotted, one is gone."""
        tree = dict(self.states["stored"])
        first, second = sorted(path for path in tree if path.endswith(".jpg"))[:2]
        content, mtime_ns = tree[first]
        middle = len(content) // 2
        tree[first] = (content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:], mtime_ns)
        del tree[second]
        return tree

    def make_a_mess(self):
        """One photo was moved, one is gone, one got more bytes, one came from elsewhere."""
        tree = dict(self.states["stored"])
        first, second, third = sorted(path for path in tree if path.endswith(".jpg"))[:3]
        tree["elsewhere/"] = None
        tree["elsewhere/x.jpg"] = tree.pop(first)
        del tree[second]
        content, mtime_ns = tree[third]
        tree[third] = (content + b"more", mtime_ns + 10**10)
        with open(os.path.join(REPO, "fixtures/formats/photo.jpeg"), "rb") as file:
            tree["untracked.jpg"] = (file.read(), mtime_ns)
        return tree

    def begin(self, command):
        """Puts everything as it is before the command."""
        tree = dict(self.empty)
        tree.update(box.below("card", self.card))
        if command.start:
            tree.update(box.below("lib", self.states[command.start]))
        if "good" in command.words:
            tree.update(box.below("good", self.states["stored"]))
        box.write_tree(self.box, tree)

    # ---- The undisturbed run --------------------------------------------------------------

    def want(self, name):
        """What the command does when nothing disturbs it. Twice: the second run changes nothing."""
        if name in self.wanted:
            return self.wanted[name]
        command = COMMANDS[name]
        self.begin(command)
        before = box.Snapshot(self.box)
        status, text = self.run(command.words)
        after = box.Snapshot(self.box)
        again, _ = self.run(command.words)
        if status != 0 or again != 0:
            sys.exit(f"{name}: status {status}, then {again}: {text}")
        later = box.Snapshot(self.box).differences(after)
        if later:
            sys.exit(f"{name}: the second run changes {later}")
        if command.empties and any(path.startswith("card/") and content for path, content in after.files.items()):
            sys.exit(f"{name}: leaves files on the card")
        self.wanted[name] = box.Wanted(before, after, text, self.card)
        return self.wanted[name]

    def count(self, name):
        """How many calls of each kind the command makes."""
        command = COMMANDS[name]
        kinds = sorted({fault.split(":")[0].rstrip("+") for fault in FAULTS})
        path = os.path.join(self.folder, "count")
        self.begin(command)
        self.run(command.words, ";".join(f"{kind}:999999999:EIO" for kind in kinds), path)
        with open(path, encoding="ascii") as file:
            return dict(zip(kinds, [int(line) for line in file][1:]))

    # ---- One point -------------------------------------------------------------------------

    def judge_status(self, fault, status, text):
        """What is wrong with how the disturbed run ended."""
        if status is None:
            return ["it hangs"]
        if fault in KILLS:
            return [] if status in (STATUS_DIED, 0) else [f"status {status}"]
        if fault in NUISANCES:
            return [] if status == 0 else [f"status {status}: {text}"]
        if status == STATUS_USAGE and "the configuration" in text:
            return []  # it cannot be read
        return [] if status in (0, STATUS_FAILED, STATUS_LIBRARY) else [f"status {status}"]

    def try_point(self, name, fault, at):
        """All that is wrong at one point, and what the disturbed run said."""
        command, wanted = COMMANDS[name], self.want(name)
        self.begin(command)
        status, text = self.run(command.words, rule_of(fault, at))
        bad = self.judge_status(fault, status, text)
        if re.search(r"(?:is|been) damaged|\(the table \w+ is gone\)", text) and "damaged" not in wanted.text:
            bad.append(f"a call failed, and it was called damaged: {text}")
        state = box.Snapshot(self.box)
        bad += wanted.judge_disturbed(state, command.edits_card)
        if status == 0 and fault not in KILLS and not state.intents:
            # What cannot be removed from the library's own folder waits there for the next run.
            bad += [f"status 0, but {what}" for what in state.differences(wanted.after, False)]
            if text != wanted.text and command.words[0] in ("show", "list"):
                bad.append("status 0, and another output")
        status, again = self.run(command.words)
        if status != 0:
            bad.append(f"the next run: status {status}: {again}")
        later = box.Snapshot(self.box).differences(wanted.after)
        return bad + [f"after the next run {what}" for what in later], text


# ---- Which points, and what came out --------------------------------------------------------

sweep = None  # of this process


def start_process(build, parent):
    global sweep
    sweep = Sweep(build, parent)


def run_cell(name, fault, points):
    """One command with one fault, at these calls."""
    begin = time.monotonic()
    failures = []
    for at in points:
        bad, text = sweep.try_point(name, fault, at)
        if bad:
            failures.append({"rule": rule_of(fault, at), "bad": bad, "said": text[-2000:]})
    return {"command": name, "fault": fault, "points": len(points), "failures": failures,
            "seconds": round(time.monotonic() - begin, 1)}


def build_id(build):
    digest = hashlib.sha256()
    for path in ("glassine", "src/libglassine.so", "tests/libgls_inject.so"):
        if os.path.exists(os.path.join(build, path)):
            with open(os.path.join(build, path), "rb") as file:
                digest.update(file.read())
    with open(os.path.abspath(__file__), "rb") as file:
        digest.update(file.read())
    return digest.hexdigest()[:16]


def read_results(path, build):
    """The lines of an earlier run over the same build."""
    if not path or not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return {(line["command"], line["fault"]): line for line in lines if line["build"] == build}


def choose_cells(options, counts):
    """(command, fault, points), the longest first."""
    cells = []
    for name in options.command or COMMANDS:
        for fault in options.fault or (FAULTS if options.every else SAMPLED):
            every = range(1, counts[name][fault.split(":")[0].rstrip("+")] + 1)
            if not options.every:
                seed = zlib.crc32(f"{options.seed} {name} {fault}".encode())
                every = sorted(random.Random(seed).sample(every, min(options.points, len(every))))
            if every:
                cells.append((name, fault, every))
    return sorted(cells, key=lambda cell: -len(cell[2]))


def print_failures(line):
    for failure in line["failures"]:
        print(f"FAILED --point '{line['command']}' {failure['rule']}")
        for what in failure["bad"]:
            print(f"    {what}")
        print("    it said: " + failure["said"].strip().replace("\n", "\n             "))


def print_table(results):
    """Commands beside faults: points, and behind a "!" those that failed."""
    names = [name for name in COMMANDS if any(key[0] == name for key in results)]
    faults = [fault for fault in FAULTS if any(key[1] == fault for key in results)]
    numbers = {name: str(at + 1) for at, name in enumerate(names)}
    print("".join(f"{numbers[name]:>2}  {name}\n" for name in names))
    print(f"{'':16}" + "".join(f"{numbers[name]:>9}" for name in names))
    for fault in faults:
        row = [results.get((name, fault)) for name in names]
        print(f"{fault:16}" + "".join(
            f"{'-' if cell is None else str(cell['points']) + ('!' + str(len(cell['failures'])) if cell['failures'] else ''):>9}"
            for cell in row))
    points = sum(line["points"] for line in results.values())
    failures = sum(len(line["failures"]) for line in results.values())
    seconds = sum(line["seconds"] for line in results.values())
    print(f"{points} points, {failures} failed, {seconds:.0f} s of one processor")
    return failures


def run_cells(options, cells, parent):
    """Runs what is not known yet, and tells each failure when it is known."""
    build = build_id(options.build)
    results = read_results(options.results, build)
    if not options.every:
        results = {}
    file = open(options.results, "a", encoding="utf-8") if options.results else None
    with concurrent.futures.ProcessPoolExecutor(options.jobs, initializer=start_process,
                                                initargs=(options.build, parent)) as pool:
        waiting = [pool.submit(run_cell, *cell) for cell in cells if cell[:2] not in results]
        for done in concurrent.futures.as_completed(waiting):
            line = done.result()
            results[line["command"], line["fault"]] = line
            print_failures(line)
            sys.stdout.flush()
            if file:
                print(json.dumps({"build": build, **line}), file=file, flush=True)
    return results


def run_point(options):
    name, rule = options.point
    call, at, action = rule.split(":")
    bad, text = sweep.try_point(name, f"{call}{'+' if at.endswith('+') else ''}:{action}", int(at.rstrip("+")))
    print(text, *bad, f"(in {sweep.box})", sep="\n")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=os.path.abspath, default=os.path.join(REPO, "build"),
                        help="the build folder")
    parser.add_argument("--every", action="store_true", help="every point")
    parser.add_argument("--points", type=int, default=1, help="else so many of each command and fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--results", help="a file that a restarted run goes on with")
    parser.add_argument("--command", action="append", choices=COMMANDS, help="only this one")
    parser.add_argument("--fault", action="append", choices=FAULTS, help="only this one")
    parser.add_argument("--point", nargs=2, metavar=("COMMAND", "RULE"), help="one point")
    options = parser.parse_args()
    if not os.path.exists(os.path.join(options.build, "tests/libgls_inject.so")):
        print("faults cannot be injected into this build")
        return 77
    parent = tempfile.mkdtemp(prefix="glassine-sweep-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    start_process(options.build, parent)
    if options.point:
        return run_point(options)
    try:
        counts = {name: sweep.count(name) for name in options.command or COMMANDS}
        print("every point" if options.every else f"--points {options.points} --seed {options.seed}", flush=True)
        return 1 if print_table(run_cells(options, choose_cells(options, counts), parent)) else 0
    finally:
        os.chdir("/")
        shutil.rmtree(parent, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
