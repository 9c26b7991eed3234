#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""import_with_progress.py LIBRARY FOLDER... - files photos with libglassine, over ctypes.

An example for programs in Python: no module is needed but those that come with it. It shows the
progress, puts screenshots into an album of their own, and tells at the end what became of
each file. $LIBGLASSINE names the library where the system's loader does not find it.
"""
import ctypes
import os
import sys

lib = ctypes.CDLL(os.environ.get("LIBGLASSINE", "libglassine.so.1"))

# A struct may end early: what a later header adds is left out, and its size says so.
# This is glassine.h of 0.2, as far as it is needed here.


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("message", ctypes.c_char * 1024)]


class ImportOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("cancel", ctypes.c_void_p),
        ("destination", ctypes.c_char_p),
        ("paths", ctypes.POINTER(ctypes.c_char_p)),
        ("path_count", ctypes.c_size_t),
    ]


class Summary(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        *((name, ctypes.c_uint64) for name in
          ("scanned", "imported", "duplicate", "skipped", "failed", "bytes")),
        ("seconds", ctypes.c_double),
        ("interrupted", ctypes.c_bool),
        ("places_offline", ctypes.c_uint64),
        ("left_out", ctypes.c_uint64),
    ]


class FileEvent(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("source", ctypes.c_char_p),
        ("destination", ctypes.c_char_p),
        ("outcome", ctypes.c_int),
        ("reason", ctypes.c_char_p),
    ]


class Progress(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("files_found", ctypes.c_uint64),
        ("bytes_found", ctypes.c_uint64),
        ("scan_done", ctypes.c_bool),
        ("files_done", ctypes.c_uint64),
        ("bytes_done", ctypes.c_uint64),
        ("current", ctypes.c_char_p),
    ]


class PlannedFile(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("source", ctypes.c_char_p),
        ("media", ctypes.c_void_p),
        ("folder", ctypes.c_char_p),
        ("stem", ctypes.c_char_p),
    ]


class Decision(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("veto", ctypes.c_char_p),
        ("album", ctypes.c_char_p),
        ("folder", ctypes.c_char_p),
        ("stem", ctypes.c_char_p),
    ]


ON_FILE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(FileEvent))
ON_PROGRESS = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(Progress))
ON_MESSAGE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)
ON_LEFT_OUT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_bool,
                               ctypes.c_char_p)
BEFORE_FILE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(PlannedFile),
                               ctypes.POINTER(Decision))


class Callbacks(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("user", ctypes.c_void_p),
        ("on_file", ON_FILE),
        ("on_progress", ON_PROGRESS),
        ("on_message", ON_MESSAGE),
        ("on_left_out", ON_LEFT_OUT),
        ("before_file", BEFORE_FILE),
    ]


OUTCOMES = ("imported", "duplicate", "skipped", "failed")


def sized(struct):
    value = struct()
    value.struct_size = ctypes.sizeof(struct)
    return value


def text(raw):
    return os.fsdecode(raw) if raw is not None else ""


@ON_FILE
def on_file(_user, event):
    one = event.contents
    print(OUTCOMES[one.outcome], text(one.source), "->", text(one.destination or one.reason))


@ON_PROGRESS
def on_progress(_user, progress):
    now = progress.contents
    print(f"{now.files_done} of {now.files_found}", file=sys.stderr)


@BEFORE_FILE
def before_file(_user, planned, decision):
    if b"screenshot" in os.path.basename(planned.contents.source).lower():
        decision.contents.album = b"Screenshots"


def main(library, folders):
    paths = (ctypes.c_char_p * len(folders))(*map(os.fsencode, folders))
    options = sized(ImportOptions)
    options.destination = os.fsencode(library)
    options.paths = paths
    options.path_count = len(folders)
    callbacks = sized(Callbacks)
    callbacks.on_file = on_file
    callbacks.on_progress = on_progress
    callbacks.before_file = before_file
    summary, error = sized(Summary), Error()
    lib.gls_import.restype = ctypes.c_bool
    if not lib.gls_import(ctypes.byref(summary), None, ctypes.byref(options),
                          ctypes.byref(callbacks), ctypes.byref(error)):
        print(text(error.message), file=sys.stderr)
        return 1
    print(f"{summary.imported} of {summary.scanned} files are in {library}")
    return 1 if summary.failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
