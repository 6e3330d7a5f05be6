# SPDX-License-Identifier: GPL-2.0-or-later
"""clang-tidy over a build's sources, in parallel and only where something changed:
tidy.py BUILDDIR [--analyze]

Without --analyze, all checks of .clang-tidy but the static analyzer's, which take nearly all of the
time. A source that was clean leaves a stamp named by the hash of all that went into the judgement:
the checks, the compiler's command, the source and the project's headers that ninja knows it to
include.

clang-tidy reads a source once for each command that its database has for it, and a source of the
plugin is built some thirty times. So it is given databases in which each has one: those that
differ in PLUGIN_API, and so in what is compiled, are told apart.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
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


def databases(build, folder):
    """Writes one database for each value of PLUGIN_API; [(its folder, entry)]."""
    variants = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        api = re.search(r"-DPLUGIN_API=\d+", entry["command"])
        if entry["file"].endswith(".c"):
            of_api = variants.setdefault(api[0] if api else "", {})
            of_api.setdefault((entry["directory"], entry["file"]), entry)
    # What says nothing of the API is the same for each.
    for name in set(variants) - {""}:
        for key in set(variants[""]) & set(variants[name]):
            del variants[""][key]
    found = []
    for name, entries in variants.items():
        place = folder / f"api{name}"
        place.mkdir(parents=True, exist_ok=True)
        (place / "compile_commands.json").write_text(json.dumps(list(entries.values())))
        found += [(place, entry) for entry in entries.values()]
    return found


def stamp(entry, deps, common):
    """The name under which a clean result of this source is remembered."""
    digest = hashlib.sha256(common + entry["command"].encode())
    folder = pathlib.Path(entry["directory"])
    for path in sorted({entry["file"], *deps.get(entry["output"], [])}):
        if not path.startswith("/usr/"):
            digest.update(path.encode() + b"\0" + (folder / path).read_bytes())
    return digest.hexdigest()


def tidy(database, entry, words):
    """The findings in one source, "" if there are none."""
    done = subprocess.run(["clang-tidy", "-p", database, "--quiet", "--warnings-as-errors=*",
                           *words, pathlib.Path(entry["directory"], entry["file"]).resolve()],
                          capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def main():
    """Exit status 1 if anything was found."""
    build = pathlib.Path(sys.argv[1]).resolve()
    words = [] if sys.argv[2:] == ["--analyze"] else ["--checks=-clang-analyzer-*"]
    cache = build / ("tidy" if words else "analyze")
    cache.mkdir(exist_ok=True)
    config = pathlib.Path(__file__).resolve().parent.parent / ".clang-tidy"
    version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
    common = config.read_bytes() + version + repr(words).encode()
    deps = headers(build)
    entries = databases(build, build / "tidy-databases")
    stamps = [cache / stamp(entry, deps, common) for _, entry in entries]
    todo = [i for i, path in enumerate(stamps) if not path.exists()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda i: tidy(*entries[i], words), todo))
    for i, text in zip(todo, found):
        if text:
            print(text)
        else:
            stamps[i].touch()
    for old in set(cache.iterdir()) - set(stamps):
        old.unlink()
    print(f"{len(entries)} sources, {len(todo)} looked at, {sum(map(bool, found))} with findings")
    sys.exit(any(found))


if __name__ == "__main__":
    main()
