# SPDX-License-Identifier: MIT
"""The files of glassine-bench: the same at each run."""
import functools
import json
import os
import random

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'fixtures')


@functools.cache
def fixture(path):
    with open(os.path.join(FIXTURES, path), 'rb') as file:
        return file.read()


def dated_jpeg(i):
    date = b'%04d:%02d:%02d %02d:%02d:%02d' % (2010 + i % 10, i % 12 + 1, i % 28 + 1, i % 24,
                                               i % 60, i // 7 % 60)
    return fixture('formats/photo.jpeg').replace(b'2016:05:02 08:02:12', date)


def with_xmp(jpeg, properties):
    """A JPEG with a packet of so many properties of a namespace that nobody knows."""
    packet = ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
              'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
              'rdf:about="" xmlns:b="https://example.org/bench/">' +
              ''.join(f'<b:p{n}>value {n}</b:p{n}>' for n in range(properties)) +
              '</rdf:Description></rdf:RDF></x:xmpmeta>').encode()
    body = b'http://ns.adobe.com/xap/1.0/\0' + packet
    return jpeg[:2] + b'\xff\xe1' + (len(body) + 2).to_bytes(2, 'big') + body + jpeg[2:]


def filler(i, size):
    """So many bytes that no compression helps with, the same for the same i."""
    source = random.Random(i)
    for start in range(0, size, 1 << 20):
        yield source.randbytes(min(1 << 20, size - start))


def write(path, *parts):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        for part in parts:
            for chunk in [part] if isinstance(part, bytes) else part:
                file.write(chunk)


def make_photos(folder, count, size, step=7):
    # No two of one size: a size that is known makes an import hash a file ahead.
    for i in range(count):
        write(f'{folder}/IMG_{i}.JPG', dated_jpeg(i), filler(i, size + step * i))


def make_raws(folder, count, size):
    head = fixture('sample/DCIM/100GLASS/IMG_0003.DNG')
    for i in range(count):
        write(f'{folder}/DSC_{i}.DNG', head, filler(i, size))


def make_xmp_photos(folder, count, size):
    for i in range(count):
        write(f'{folder}/IMG_{i}.JPG', with_xmp(dated_jpeg(i), 150), filler(i, size + 7 * i))


def make_movies(folder, count, size):  # real heads; the rest is a box of free space
    head = fixture('sample/DCIM/100GLASS/MVI_0007.MP4')
    for i in range(count):
        free = size + 1000 * i
        write(f'{folder}/MVI_{i}.MP4', head, (free + 8).to_bytes(4, 'big'), b'free', filler(i, free))


def make_duplicates(folder, count, size):
    for i in range(count):
        write(f'{folder}/{i % 10}/IMG_{i}.JPG', dated_jpeg(i // 10), filler(i // 10, size))


def make_takeout(folder, count, size):
    for i in range(count):
        name = f'{folder}/Photos from {2010 + i % 10}/IMG_{i}.JPG'
        write(name, dated_jpeg(i), filler(i, size + 7 * i))
        write(name + '.json', json.dumps({
            'title': f'IMG_{i}.JPG', 'photoTakenTime': {'timestamp': str(1300000000 + i)},
            'geoData': {'latitude': 0.0, 'longitude': 0.0}}).encode())


# set: (what makes it, how many files, bytes of each)
SETS = {'large': (make_photos, 500, 3_500_000), 'small': (make_photos, 2000, 100_000),
        'equal': (make_raws, 500, 3_500_000), 'xmp': (make_xmp_photos, 500, 500_000),
        'movies': (make_movies, 4, 300_000_000), 'duplicates': (make_duplicates, 2000, 500_000),
        'takeout': (make_takeout, 2000, 100_000)}


# Rows as many as a library of years has; each speaks of a file that is not there.
FILL = """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
INSERT INTO files (path, size, mtime_ns, source_size, source_sha256, stored_xxh128,
                   essence_xxh128, source_path, date_taken, unit_id, run_id, checked_s)
SELECT CAST(printf('%d/%02d/%d.jpg', 1990 + i % 35, i % 12 + 1, i) AS BLOB),
       1000000 + abs(random()) % 9000000, i, 1000000 + abs(random()) % 9000000,
       randomblob(32), randomblob(16), randomblob(16), CAST('/card/' || i AS BLOB),
       '2001-01-01T00:00:00', 0, 1, 0 FROM n"""
