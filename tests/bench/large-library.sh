#!/bin/bash
# SPDX-License-Identifier: MIT
# large-library.sh [BUILD_FOLDER] [ROUNDS] - does an import cost more where much is
# stored already? Imports 2,000 photos of 100 KB that it makes into a new library and
# into one whose database knows 500,000 files, in turns, and prints seconds and the
# largest memory of each. Wants sqlite3, and 1.5 GB in TMPDIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd)
rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fill='PRAGMA foreign_keys = OFF;
BEGIN;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)
INSERT INTO files (path, size, mtime_ns, source_size, source_sha256, stored_xxh128,
                   essence_xxh128, source_path, date_taken, unit_id, run_id, checked_s)
SELECT CAST(printf("%d/%02d/%d.jpg", 1990 + i % 35, i % 12 + 1, i) AS BLOB),
       1000000 + abs(random()) % 9000000, i, 1000000 + abs(random()) % 9000000,
       randomblob(32), randomblob(16), randomblob(16), CAST("/card/" || i AS BLOB),
       "2001-01-01T00:00:00", 0, 1, 0 FROM n;
COMMIT;'

mkdir "$work/card"
for i in $(seq 2000); do
    { cat "$here/../../fixtures/formats/photo.jpeg"; head -c $((100000 + i * 7)) /dev/urandom; } > "$work/card/IMG_$i.JPG"
done
"$build/glassine" import -q -d "$work/known" "$here/../../fixtures/sample"
sqlite3 "$work/known/.glassine/library.db" "$fill"
for _ in $(seq "$rounds"); do
    for library in new known; do
        rm -rf "$work/library"
        [ "$library" = new ] || cp -r "$work/known" "$work/library"
        sync
        /usr/bin/env time -f "%e s  %M kB  import, library: $library" \
            "$build/glassine" import -q -d "$work/library" "$work/card"
    done
done
