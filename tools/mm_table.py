#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which scenario is for which file of the kernel, as a table in doc/mm.md.

  tools/mm_table.py build/gcc            prints doc/mm.md with the table made anew
  tools/mm_table.py build/gcc --write    writes it

The table is made of the scenario files alone: a file's second line names the kernel's file, and
each scenario what it reaches and needs. What stands around the table is written by hand, and stays."""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "doc/mm.md"
START = "<!-- table: tools/mm_table.py -->"
END = "<!-- end of table -->"


def library(build):
    """The scenarios, as the program lists them."""
    program = pathlib.Path(build).resolve() / "cmd/slowpath"
    done = subprocess.run([program, "scenario", "list", "--json"], capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)["scenarios"]


def kernel_file(group):
    """What the scenario file says that it is for: the first name of a C file in its second line."""
    path = ROOT / "scenarios" / f"{group}.yaml"
    line = path.read_text(encoding="utf-8").splitlines()[1]
    found = re.search(r"^# ((?:mm|fs|kernel)/[\w/-]+\.c)\b", line)
    if not found:
        raise SystemExit(f"{path}:2: '# mm/FILE.c' is expected")
    return found.group(1)


def table(scenarios):
    """Sorted by file, then as the library has them."""
    rows = [(kernel_file(s["name"].split("/")[0]), s) for s in scenarios]
    rows.sort(key=lambda row: row[0])
    lines = [f"{len(rows)} scenarios for {len({f for f, _ in rows})} files.", "",
             "| file | scenario | meant to reach | needs |", "| --- | --- | --- | --- |"]
    for file, s in rows:
        source = ", ".join(f"`{x}`".replace("|", "` or `") for x in s["source"])
        needs = ", ".join(f"`{x}`".replace("|", "` or `") for x in s["needs"])
        lines.append(f"| {file} | {s['name']} | {source} | {needs} |")
    return "\n".join(lines)


def page(scenarios):
    """The page as it has to be."""
    text = PAGE.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise SystemExit(f"{PAGE}: no '{START}' with '{END}' behind it")
    return f"{before}{START}\n{table(scenarios)}\n{END}{after}"


def main():
    """Prints or writes."""
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--write"]):
        raise SystemExit(__doc__)
    text = page(library(sys.argv[1]))
    if sys.argv[2:]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
