"""What Python's safetensors makes of files: reads them from standard input, each after its length in four bytes, and writes four
bytes for each: of a hash of its content, or 0 if it is refused. packages/safetensors/test/fuzz/main.ts starts it.
"""

import hashlib
import os
import struct
import sys
import tempfile

from safetensors import deserialize, safe_open


def digest(file, path):
    tensors = sorted((name.encode(), tensor) for name, tensor in deserialize(file))
    with open(path, "wb") as target:
        target.write(file)
    with safe_open(path, framework="np") as opened:
        metadata = opened.metadata() or {}
    content = hashlib.sha256()
    for name, tensor in tensors:
        shape = ",".join(map(str, tensor["shape"]))
        content.update(name + f"\n{tensor['dtype']}\n{shape}\n".encode() + bytes(tensor["data"]))
    for name, text in sorted((name.encode(), text.encode()) for name, text in metadata.items()):
        content.update(name + b"\n" + text + b"\n")
    return content.digest()[:4]


def main():
    files = sys.stdin.buffer.read()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        start = 0
        while start < len(files):
            (length,) = struct.unpack_from("<I", files, start)
            file = files[start + 4 : start + 4 + length]
            start += 4 + length
            try:
                verdict = digest(file, path)
            except Exception:
                verdict = bytes(4)
            sys.stdout.buffer.write(verdict)


main()
