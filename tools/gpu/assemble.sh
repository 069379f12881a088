#!/bin/sh
# Puts the kit together from the parts that are there: sh assemble.sh PARTS TARGET
# It needs sh, tar, gzip and sha256sum. Run it again when more parts have come; it goes on where it was cut off.
set -eu
[ $# -eq 2 ] || { echo 'usage: sh assemble.sh PARTS TARGET' >&2; exit 1; }
parts=$(cd "$1" && pwd)
mkdir -p "$2"
target=$(cd "$2" && pwd)
first=part-00.tar.gz
if [ ! -f "$parts/$first" ] || [ ! -f "$parts/part-00.sha256" ]; then
  echo "$first or part-00.sha256 is missing. Copy it to $parts." >&2
  exit 3
fi
sum=$(cut -d' ' -f1 "$parts/part-00.sha256")
if [ "$(cat "$target/.part-00" 2>/dev/null || true)" != "$sum" ]; then
  if [ "$(sha256sum "$parts/$first" | cut -d' ' -f1)" != "$sum" ]; then
    echo "$first is broken: its hash is not that of part-00.sha256. Copy it again." >&2
    exit 3
  fi
  tar -xzf "$parts/$first" -C "$target"
  echo "$sum" > "$target/.part-00"
  echo 'part-00 is unpacked'
fi
exec "$target/bin/node" "$target/bin/put-together.mjs" "$parts" "$target"
