# SPDX-License-Identifier: GPL-2.0-or-later
"""clang-tidy over a build's sources, in parallel and only where something changed: tidy.py BUILDDIR

A source that was clean leaves a stamp named by the hash of all that went into the judgement: the
checks, the compiler's command, the source and the project's headers that ninja knows it to include.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys


def headers(build):
    """{object: [paths]} from ninja's record of the last build."""
    out = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True,
                         text=True).stdout
    known, current = {}, []
    for line in out.splitlines():
        if line.startswith("    "):
            current.append(line.strip())
        elif ": " in line:
            current = known.setdefault(line.split(": ")[0], [])
    return known


def stamp(entry, deps, common):
    """The name under which a clean result of this source is remembered."""
    digest = hashlib.sha256(common + entry["command"].encode())
    folder = pathlib.Path(entry["directory"])
    for path in sorted({entry["file"], *deps.get(entry["output"], [])}):
        if not path.startswith("/usr/"):
            digest.update(path.encode() + b"\0" + (folder / path).read_bytes())
    return digest.hexdigest()


def tidy(build, entry):
    """The findings in one source, "" if there are none."""
    done = subprocess.run(["clang-tidy", "-p", build, "--quiet", "--warnings-as-errors=*",
                           pathlib.Path(entry["directory"], entry["file"]).resolve()],
                          capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def main():
    """Exit status 1 if anything was found."""
    build = pathlib.Path(sys.argv[1]).resolve()
    cache = build / "tidy"
    cache.mkdir(exist_ok=True)
    config = pathlib.Path(__file__).resolve().parent.parent / ".clang-tidy"
    version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
    common = config.read_bytes() + version
    deps = headers(build)
    # A source that is built more than once is read once.
    entries = {(e["directory"], e["file"]): e
               for e in json.loads((build / "compile_commands.json").read_text())
               if e["file"].endswith(".c")}
    stamps = {key: cache / stamp(e, deps, common) for key, e in entries.items()}
    todo = [key for key in entries if not stamps[key].exists()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda key: tidy(build, entries[key]), todo))
    for key, text in zip(todo, found):
        if text:
            print(text)
        else:
            stamps[key].touch()
    for old in set(cache.iterdir()) - set(stamps.values()):
        old.unlink()
    print(f"{len(entries)} sources, {len(todo)} looked at, {sum(map(bool, found))} with findings")
    sys.exit(any(found))


if __name__ == "__main__":
    main()
