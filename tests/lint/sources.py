# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that the lints look at."""
import pathlib
import re
import subprocess

# Comments, then strings and characters, each kept as long as it was in lines.
_TOKENS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(root, suffixes=()):
    """Paths below @root, relative to it: what git tracks, or all but the builds where there is no git."""
    if (root / ".git").exists():
        out = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True)
        paths = [pathlib.Path(p) for p in out.stdout.decode().split("\0") if p]
    else:
        paths = [p.relative_to(root) for p in root.rglob("*")]
        paths = [p for p in paths if p.parts[0] != "build"]
    return sorted(p for p in paths
                  if (root / p).is_file() and (not suffixes or p.suffix in suffixes))


def read(path):
    """The text of a file; bytes that are no UTF-8 become question marks."""
    return path.read_text(encoding="utf-8", errors="replace")


def code(path):
    """A C source without comments and with empty strings; the line numbers stay."""
    def blank(match):
        token = match.group()
        return '""' if token[0] in "\"'" else " " + "\n" * token.count("\n")
    return _TOKENS.sub(blank, read(path))


def none(found):
    """Passes if nothing was found."""
    assert not found, "\n" + "\n".join(found)
