# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests do with a bundle: verify it, forge it, break it."""
import hashlib
import json
import random

from cli import madeup


def verify(folder):
    """Exit status, findings, and what is held by hashes alone; 128: status and what was said."""
    done = madeup.slowpath(folder / "nohome", "verify", folder, "--json")
    if done.returncode == 128:
        return 128, done.stderr, []
    document = json.loads(done.stdout)
    assert document["schema"] == "slowpath/verify/1"
    assert document["ok"] == (not document["findings"]) == (done.returncode == 0), done
    return done.returncode, document["findings"], document["hash_only"]


def good(folder):
    status, findings, _ = verify(folder)
    assert status == 0, findings


def files(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file())


def same(a, b):
    """Fails unless both folders have the same files with the same bytes."""
    def content(folder):
        return {str(p.relative_to(folder)): p.read_bytes() for p in files(folder)}

    first, second = content(a), content(b)
    assert first.keys() == second.keys(), first.keys() ^ second.keys()
    assert first == second, [name for name in first if first[name] != second[name]]


def seal(folder):
    """The manifest anew, as a forger would write it."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["files"]:
        data = (folder / entry["path"]).read_bytes()
        entry.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def replace(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, (name, old, text[:3000])
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def flip(folder, times, seed=20260513):
    """One byte anywhere, and back: every change has to be found."""
    draw = random.Random(seed)
    paths = files(folder)
    weights = [p.stat().st_size for p in paths]
    for _ in range(times):
        path = draw.choices(paths, weights)[0]
        before = path.read_bytes()
        data = bytearray(before)
        at = draw.randrange(len(data))
        data[at] ^= 1 << draw.randrange(8)
        path.write_bytes(data)
        status, findings, _ = verify(folder)
        assert status == 1 and findings, (path, at)
        path.write_bytes(before)
