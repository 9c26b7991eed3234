# SPDX-License-Identifier: MIT
"""What sweep.py sees of the folder in which it runs glassine: all files, all rows; and what must
hold of them."""
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess

DATABASE = "lib/.glassine/library.db"
# The library's own files, whose bytes differ from run to run; generate-db keeps the old database.
OWN = re.compile(r"(lib|good)/\.glassine/(library\.db(-wal|-shm|\.\d{8}-\d{6}(-\d+)?)?|lock)")
TRASH = "home/share/Trash/"
# All that is kept of a file but when and from where it came. Units by their first path: which
# number they have depends on the run.
ROWS = """
    SELECT 'file', f.path, f.size, hex(f.source_sha256), f.source_size, hex(f.stored_xxh128),
           hex(f.essence_xxh128), f.essence_version, f.date_taken, m.original_name, m.title, m.album,
           m.latitude, m.longitude, m.description, m.people, m.rating, m.favourite, CASE f.unit_id
           WHEN 0 THEN '' ELSE (SELECT min(u.path) FROM files u WHERE u.unit_id = f.unit_id) END
      FROM files f LEFT JOIN metadata m ON m.file_id = f.id
     UNION ALL
    SELECT 'member', f.path, a.name, a.title, a.description, a.date, '', '', '', '', '', '', '', '', '', '', '', '', ''
      FROM album_members b JOIN albums a ON a.id = b.album_id JOIN files f ON f.id = b.file_id"""


# ---- Trees: a path, with a "/" behind a folder's, and (bytes, mtime), None of a folder ---------

def read_tree(root):
    tree = {}
    for at, folders, files in os.walk(root):
        prefix = os.path.relpath(at, root) + "/" if at != root else ""
        for name in list(folders):
            path = os.path.join(at, name)
            if os.path.islink(path):
                files.append(name)
            else:
                tree[prefix + name + "/"] = None
        for name in files:
            path = os.path.join(at, name)
            if os.path.islink(path):
                tree[prefix + name] = (os.fsencode(os.readlink(path)), 0)
                continue
            with open(path, "rb") as file:
                tree[prefix + name] = (file.read(), os.fstat(file.fileno()).st_mtime_ns)
    return tree


def write_tree(root, tree):
    """Makes it what root holds; root itself stays, for glassine runs there."""
    os.makedirs(root, exist_ok=True)
    for entry in os.scandir(root):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)
    for path, content in sorted(tree.items()):
        path = os.path.join(root, path)
        if content is None:
            os.makedirs(path, exist_ok=True)
            continue
        with open(path, "wb") as file:
            file.write(content[0])
        os.utime(path, ns=(content[1], content[1]))


def below(folder, tree):
    return {folder + "/": None, **{folder + "/" + path: content for path, content in tree.items()}}


def xxh128(content):
    return subprocess.run(["xxh128sum"], input=content, stdout=subprocess.PIPE, check=True).stdout[:32].decode()


# ---- What is there ----------------------------------------------------------------------------

def text_of(value):
    return os.fsdecode(value) if isinstance(value, bytes) else value


def read_database(tree, queries):
    """Of a copy, so that looking recovers nothing: the answers, or None where there is no library yet."""
    if DATABASE not in tree:
        return None
    folder = os.path.abspath("../look")
    names = [name for name in (DATABASE, DATABASE + "-wal") if name in tree]
    write_tree(folder, {os.path.basename(name): tree[name] for name in names})
    connection = sqlite3.connect(os.path.join(folder, "library.db"))
    try:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'outbox'").fetchall():
            return None  # its first transaction was cut off
        return [connection.execute(query).fetchall() for query in queries]
    finally:
        connection.close()


def gather_trash(tree, out):
    """The trash as what was thrown away from where: its names follow the order of throwing away."""
    for path in [path for path in tree if path.startswith(TRASH)]:
        content = tree.pop(path)
        folder, _, name = path[len(TRASH):].partition("/")
        if content is None or not name:
            out.setdefault("trash/" + folder + "/", None)
        elif folder == "files":
            info = tree.get(TRASH + "info/" + name + ".trashinfo") or out.get(name + ".trashinfo")
            where = re.search(rb"^Path=(.*)$", info[0], re.M).group(1).decode() if info else "no info " + name
            out["trash " + where] = content
        elif folder == "info" and name.endswith(".trashinfo"):
            out[name] = content
        else:
            out["trash/" + folder + "/" + name] = content
    for name in [name for name in out if name.endswith(".trashinfo")]:
        content = out.pop(name)
        if b"Path=" in content[0] and ("trash " + re.search(rb"^Path=(.*)$", content[0], re.M).group(1).decode()) in out:
            continue
        out["trash of nothing " + name] = content


class Snapshot:
    """All files and folders and the rows of the library, as they are now."""

    def __init__(self, root):
        tree = read_tree(root)
        rows = read_database(tree, [ROWS, "SELECT path, hex(stored_xxh128), mtime_ns, hex(source_sha256) FROM files",
                                    "SELECT path, hex(stored_xxh128), mtime_ns, hex(source_sha256) FROM intents"])
        self.rows = sorted(rows[0], key=repr) if rows else []
        # (path, digest in small letters, mtime, SHA-256 of the source)
        self.claims, self.intents = ([[(text_of(path), (digest or "").lower(), mtime_ns, (source or "").lower())
                                       for path, digest, mtime_ns, source in answer]
                                      for answer in rows[1:]] if rows else ([], []))
        self.files = {path: content for path, content in tree.items() if not OWN.fullmatch(path)}
        trash = {}
        gather_trash(self.files, trash)
        self.files.update(trash)

    def differences(self, other, strict=True):
        """What is otherwise there. Not strict: drafts in the library's own folder do not count."""
        drafts = ("lib/.glassine/tmp/", "lib/.glassine/library.db.draft", "lib/.glassine/library.db.new") if not strict else ()
        ours, theirs = self.files, other.files
        said = [f"there is {path}" for path in sorted(set(ours) - set(theirs))
                if not (drafts and path.startswith(drafts))]
        said += [f"{path} is gone" for path in sorted(set(theirs) - set(ours))]
        said += [f"{path} has other bytes" for path in sorted(set(ours) & set(theirs))
                 if (ours[path] or [None])[0] != (theirs[path] or [None])[0]]
        said += [f"the row {row}" for row in self.rows if row not in other.rows]
        said += [f"no row {row}" for row in other.rows if row not in self.rows]
        said += [f"an intent for {path}" for path, _, _, _ in self.intents]
        for path, _, mtime_ns, _ in self.claims:
            there = ours.get("lib/" + path)
            if there and there[1] != mtime_ns:
                said.append(f"the row of {path} has another time")
        return said


class Wanted:
    """The states before and after the undisturbed run, and what it printed; and what must hold
    in between."""

    def __init__(self, before, after, text, card):
        self.before, self.after, self.text = before, after, text
        self.card = {"card/" + path: content for path, content in card.items() if content}
        # All that may stand under a final name; the versions of each source.
        self.whole = {content[0] for state in (before, after) for content in state.files.values() if content}
        self.versions = {}
        for content, _ in self.card.values():
            self.versions.setdefault(hashlib.sha256(content).hexdigest(), {content})
        for state in (before, after):
            for path, _, _, source in state.claims:
                there = state.files.get("lib/" + path)
                if there and source in self.versions:
                    self.versions[source].add(there[0])
        for path, content in self.card.items():
            if path in after.files:
                self.versions[hashlib.sha256(content[0]).hexdigest()].add(after.files[path][0])

    def judge_disturbed(self, state, edits_card):
        """Wrong at any instant."""
        return self.judge_card(state, edits_card) + self.judge_library(state) + self.judge_lost(state)

    def judge_card(self, state, edits_card):
        said = []
        for path, content in state.files.items():
            if not path.startswith("card/") or content is None:
                continue
            if not edits_card and self.card.get(path) != content:
                said.append(f"{path} is another or new")
        if edits_card:
            said += [f"{path} is gone or half" for path in self.card
                     if (state.files.get(path) or [None])[0] not in self.whole]
        return said

    def judge_library(self, state):
        said = []
        known = None
        for path, content in state.files.items():
            if not path.startswith("lib/") or path.startswith("lib/.glassine/") or content is None:
                continue
            if content[0] not in self.whole:
                known = known or dict((claim[0], claim[1]) for claim in state.claims + state.intents)
                if known.get(path[len("lib/"):]) != xxh128(content[0]):
                    said.append(f"{path} is not whole")
        missing = {path for path, _, _, _ in self.before.claims if "lib/" + path not in self.before.files}
        said += [f"{path} is claimed, and not there" for path, _, _, _ in state.claims
                 if "lib/" + path not in state.files and path not in missing]
        return said

    def judge_lost(self, state):
        there = {content[0] for path, content in state.files.items()
                 if content and path.startswith(("card/", "lib/")) and not path.startswith("lib/.glassine/")}
        return [f"LOST: {path}" for path, content in self.card.items()
                if not self.versions[hashlib.sha256(content[0]).hexdigest()] & there]
