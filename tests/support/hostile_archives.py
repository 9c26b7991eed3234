#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""hostile_archives.py DIR GOOD EVIL - makes archives in DIR that each hold the picture GOOD,
whole, as good.jpg, and something that no honest program packs, made of EVIL."""
import copy
import io
import random
import struct
import sys
import tarfile
import warnings
import zipfile

warnings.simplefilter("ignore")  # two members of one name are meant
folder, good, evil = sys.argv[1], open(sys.argv[2], "rb").read(), open(sys.argv[3], "rb").read()
WHEN = (2020, 1, 2, 3, 4, 6)


def member(name, mode=0o100644, method=zipfile.ZIP_STORED):
    info = zipfile.ZipInfo(name, WHEN)
    info.external_attr = mode << 16
    info.compress_type = method
    return info


def make_zip(name, members, change=None):
    """members: (info, bytes); change(whole file as a bytearray) is done to it at last."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member("good.jpg"), good)
        for info, data in members:
            archive.writestr(info, data)
    data = bytearray(out.getvalue())
    if change:
        change(data)
    with open(f"{folder}/{name}.zip", "wb") as file:
        file.write(data)


def record(data, name):
    """Where the directory's record of a name begins."""
    at = data.find(b"PK\1\2")
    while data[at + 46:at + 46 + len(name)] != name:
        at = data.index(b"PK\1\2", at + 4)
    return at


def put(offset, layout, value):
    def change(data):
        struct.pack_into(layout, data, record(data, b"evil.jpg") + offset, value)
    return change


def rename(old, new):
    def change(data):
        data[:] = data.replace(old, new)
    return change


def damage(data):
    at = struct.unpack_from("<I", data, record(data, b"evil.jpg") + 42)[0]
    data[at + 200] ^= 1


def put_end(offset, layout, value):
    def change(data):
        struct.pack_into(layout, data, data.rindex(b"PK\5\6") + offset, value)
    return change


def overlap(data):
    at = struct.unpack_from("<I", data, record(data, b"evil.jpg") + 42)[0]
    struct.pack_into("<I", data, record(data, b"late.jpg") + 42, at)


def cut(data):
    del data[len(data) * 2 // 3:]


one = [(member("evil.jpg"), evil)]
packed = [(member("evil.jpg", method=zipfile.ZIP_DEFLATED), evil)]
make_zip("parent", [(member("../evil.jpg"), evil)])
make_zip("parents", [(member("a/b/../../../evil.jpg"), evil)])
make_zip("absolute", [(member("/evil.jpg"), evil)])
make_zip("drive", [(member("C:/evil.jpg"), evil)])
make_zip("nul", [(member("ev@l.jpg"), evil)], rename(b"ev@l.jpg", b"ev\0l.jpg"))
make_zip("long", [(member("x" * 300 + ".jpg"), evil)])
make_zip("deep", [(member("d/" * 300 + "evil.jpg"), evil)])
make_zip("link", [(member("evil.jpg", 0o120777), b"/etc/passwd")])
make_zip("device", [(member("evil.jpg", 0o020644), evil)])
make_zip("encrypted", one, put(8, "<H", 1))
make_zip("checksum", one, damage)
make_zip("smaller", packed, put(24, "<I", len(evil) - 1))
make_zip("larger", packed, put(24, "<I", len(evil) + 1))
make_zip("huge", packed, put(24, "<I", 0xfffffff0))
make_zip("method", one, put(10, "<H", 99))
make_zip("behind", one, put(42, "<I", 0x7fffffff))
make_zip("over", one, put(42, "<I", 5))
make_zip("elsewhere", one, lambda data: put(42, "<I", data.find(b"PK\1\2"))(data))
make_zip("twice", [(member("evil.jpg"), evil), (member("evil.jpg"), evil + b"2")])
make_zip("overlap", one + [(member("late.jpg"), evil)], overlap)
make_zip("bomb", [(member("evil.mov", method=zipfile.ZIP_DEFLATED), bytes(100 << 20))])
make_zip("cut", one, cut)
make_zip("count", one, put_end(10, "<H", 7))
make_zip("pieces", one, put_end(4, "<H", 3))
make_zip("start", one, put_end(16, "<I", 0x7fffffff))
make_zip("nested", [(member("inner.zip"), open(f"{folder}/parent.zip", "rb").read())])
with zipfile.ZipFile(f"{folder}/many.zip", "w") as archive:  # JSONs that are all the same bytes
    archive.writestr(member("good.jpg"), good)
    archive.writestr(member("n0.json"), b" " * (256 << 10))
    for i in range(1, 2000):
        info = copy.copy(archive.filelist[-1])
        info.filename = f"n{i}.json"
        archive.filelist.append(info)
with open(f"{folder}/text.zip", "w") as file:
    file.write("no archive\n" * 100)
with open(f"{folder}/whole.z01", "wb") as file:
    file.write(good)


def make_tar(name, mode, change, members=()):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for file, kind, data in [("good.jpg", tarfile.REGTYPE, good), *members]:
            info = tarfile.TarInfo(file)
            info.type, info.mtime = kind, 1577934246
            info.linkname = "good.jpg" if kind in (tarfile.LNKTYPE, tarfile.SYMTYPE) else ""
            info.size = len(data) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(data))
    data = bytearray(out.getvalue())
    if change:
        change(data)
    with open(f"{folder}/{name}", "wb") as file:
        file.write(data)


def flip(data):
    data[-6] ^= 1  # in the checksum


plain = [("evil.jpg", tarfile.REGTYPE, evil)]
make_tar("symlink.tar", "w", None, [("evil.jpg", tarfile.SYMTYPE, b"")])
make_tar("hardlink.tar", "w", None, [("evil.jpg", tarfile.LNKTYPE, b"")])
make_tar("device.tar", "w", None, [("evil.jpg", tarfile.CHRTYPE, b"")])
make_tar("parent.tgz", "w:gz", None, [("../evil.jpg", tarfile.REGTYPE, evil)])
make_tar("cut.tar", "w", lambda data: data.__delitem__(slice(512 + len(good) // 512 * 512 + 1024 + 800, None)), plain)
noise = random.Random(1).randbytes(20000)
make_tar("cut.tgz", "w:gz", cut, [("evil.jpg", tarfile.REGTYPE, evil + noise)])
make_tar("flipped.tgz", "w:gz", flip, plain)
