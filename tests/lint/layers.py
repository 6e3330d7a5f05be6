# SPDX-License-Identifier: GPL-2.0-or-later
"""Dependencies point down only: holds every #include and every print against the layers."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from lint import sources

# Lowest first; a layer includes from itself and from those before it.
LAYERS = ["base", "arch", "stats", "proto", "parcel", "scenario", "model", "symbols", "kernel", "vm", "lab",
          "replay", "reading", "store", "judge",
          "bisect", "report", "drive", "cmd"]
# What runs in the guest and in QEMU: each stands alone on the shared formats.
APART = ["guest", "plugin"]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
PRINTS = re.compile(r"\b(?:v?printf|puts|putchar|perror|psignal|exit|err|errx|warn|warnx)\s*\(|"
                    r"\b(?:stdout|stderr)\b")
DEFINED = re.compile(r"^(?!static\b|extern\b|typedef\b)[a-zA-Z_][\w \t\n*]*?\b\**(\w+)\(", re.M)


def allowed(layer):
    """The layers that @layer may include."""
    if layer in APART:
        return {layer, "proto"}
    return set(LAYERS[:LAYERS.index(layer) + 1])


def includes(path):
    """(quote, name) of every #include in a file."""
    return INCLUDE.findall(sources.read(path))


def check_includes(root):
    """Includes that point up, sideways into what stands apart, or to no layer at all."""
    found = []
    for path in sources.files(root, (".c", ".h")):
        layer = path.parts[0]
        if layer not in LAYERS + APART:
            continue
        for quote, name in includes(root / path):
            target = name.split("/")[0]
            if name.endswith(".c"):
                found.append(f"{path}: includes the source file {name}")
            elif "/" in name and target in LAYERS + APART:
                if target not in allowed(layer):
                    found.append(f"{path}: {layer}/ may not include {name}")
            elif quote == '"' and not (root / path.parent / name).is_file():
                found.append(f"{path}: \"{name}\" is not written as LAYER/FILE.h")
            elif name == "sqlite3.h" and layer != "store":
                found.append(f"{path}: only store/ includes sqlite3.h")
    return found


def check_apart(root):
    """What guest/ and plugin/ reach through the headers of proto/ must stay in proto/."""
    found, seen = [], set()

    def reach(path, chain):
        for _, name in includes(root / path):
            if name.split("/")[0] not in LAYERS + APART or (chain[0], name) in seen:
                continue
            seen.add((chain[0], name))
            if name.split("/")[0] not in allowed(chain[0].split("/")[0]):
                found.append(" -> ".join(chain + [name]))
            elif (root / name).is_file():
                reach(name, chain + [name])

    for path in sources.files(root, (".c", ".h")):
        if path.parts[0] in APART:
            reach(path, [str(path)])
    return found


def check_wings(root):
    """Folders of one layer that include one another in a circle; a layer's own files are one of them."""
    edges = {}
    for path in sources.files(root, (".c", ".h")):
        if path.parts[0] not in LAYERS + APART:
            continue
        for _, name in includes(root / path):
            other = pathlib.PurePath(name).parent
            if (root / name).is_file() and other.parts[:1] == path.parts[:1] and other != path.parent:
                edges.setdefault(str(path.parent), set()).add(str(other))
    return [f"{', '.join(circle)} include one another in a circle" for circle in sorted(circles(edges))]


def check_prints(root):
    """Library code that prints or exits."""
    found = []
    for path in sources.files(root, (".c", ".h")):
        if path.parts[0] not in LAYERS or path.parts[0] == "cmd":
            continue
        code = sources.code(root / path)
        for match in PRINTS.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            found.append(f"{path}:{line}: only cmd/ prints or exits: {match.group().strip()}")
    return found


def ends(code, at):
    """Where the parenthesis that was opened before @at ends."""
    depth = 1
    while depth and at < len(code):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        at += 1
    return at


def functions(code):
    """Names of the functions that a file defines for others."""
    for match in DEFINED.finditer(code):
        if code[ends(code, match.end()):].lstrip()[:1] == "{":
            yield match.group(1)


def circles(edges):
    """Sets of nodes that reach one another, as sorted lists."""
    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for node in edges.get(todo.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    todo.append(node)
        return seen

    reached = {node: reach(node) for node in edges}
    return {tuple(sorted(other for other in reached[node] if node in reached.get(other, ())))
            for node in edges if node in reached[node]}


def check_circles(root):
    """Files of one folder that call one another, or whose headers include one another, in a circle.

    A file is what has one stem. Data, such as a table of commands, is no call."""
    folders = {}
    for path in sources.files(root, (".c", ".h")):
        if path.parts[0] in LAYERS + APART:
            folders.setdefault(path.parent, []).append(path)
    found = []
    for folder, paths in sorted(folders.items()):
        code = {path: sources.code(root / path) for path in paths}
        owner = {name: path.stem for path in paths if path.suffix == ".c"
                 for name in functions(code[path])}
        calls = {path.stem: {owner[name] for name in re.findall(r"\w+", code[path])
                             if name in owner} - {path.stem}
                 for path in paths if path.suffix == ".c"}
        headers = {path.stem: {pathlib.PurePath(name).stem for _, name in includes(root / path)
                               if pathlib.PurePath(name).parent == folder}
                   for path in paths if path.suffix == ".h"}
        for what, edges in (("call", calls), ("include", headers)):
            found += [f"{folder}: {', '.join(circle)} {what} one another in a circle"
                      for circle in sorted(circles(edges))]
    return found


def main():
    """The checks as tests."""
    for check in (check_includes, check_apart, check_wings, check_prints, check_circles):
        tap.add(check.__name__.replace("_", " "), lambda c=check: sources.none(c(tap.SOURCE)))
    tap.main()


if __name__ == "__main__":
    main()
