#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The largest steps of a survey whose data is in survey/, in words: what survey/README.md says.

    tools/survey_table.py survey/x86-64.json.gz [--write]
"""
import gzip
import json
import math
import pathlib
import sys

README = pathlib.Path(__file__).resolve().parents[1] / "survey/README.md"
BEGIN, END = "<!-- made by tools/survey_table.py -->\n", "<!-- end -->\n"
SHOWN = 10


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def brief(spec):
    return spec.removeprefix("debian:").split("+")[0].split("-cloud")[0]


def largest(document):
    """Steps that were judged, the largest ratio first: (row, step)."""
    found = [(row, step) for row in document["scenarios"] for step in row["steps"]
             if step["verdict"] in ("regression", "improvement") and not step["gradual"]]
    return sorted(found, key=lambda x: (-abs(math.log(x[1]["ratio"])), x[0]["scenario"],
                                        x[1]["first_bad"]))[:SHOWN]


def words(row, step):
    """One step."""
    first = step["functions"][0]
    kept = "its functions' largest change is" if abs(first["delta"]) else "no function changed:"
    options = step["config_differences"]
    return (f"1. `{row['scenario']}` costs {step['ratio']:.2f} times as much in "
            f"{brief(step['first_bad'])} as in {brief(step['last_good'])}: {step['old']:.2f} to "
            f"{step['new']:.2f} instructions per {row['item']}; {kept} `{first['name']}` "
            f"({first['delta']:+.2f}); {options} options of the configs differ.\n"
            f"   `slowpath compare {step['last_good']} {step['first_bad']} -s {row['scenario']}`\n")


def text(document):
    cells = [c for row in document["scenarios"] for c in row["series"]]
    measured = [c for c in cells if "value" in c]
    steps = [s for row in document["scenarios"] for s in row["steps"]]
    return "".join([
        f"{len(document['scenarios'])} scenarios on {len(document['kernels'])} kernels, ",
        f"{brief(document['kernels'][0]['spec'])} to {brief(document['kernels'][-1]['spec'])}: ",
        f"{len(measured)} of {len(cells)} counts, {sum(c['exact'] for c in measured)} of them ",
        f"exact; {len(steps)} steps of {100 * document['threshold']:g} % or more.\n",
        f"Measured under QEMU {document['qemu'].split(' ')[0]}.\n\n",
        f"The {SHOWN} largest steps:\n\n", *(words(*s) for s in largest(document))])


def main():
    document = read(sys.argv[1])
    made = text(document)
    if "--write" in sys.argv[2:]:
        before, rest = README.read_text(encoding="utf-8").split(BEGIN)
        README.write_text(before + BEGIN + "\n" + made + "\n" + END + rest.split(END)[1],
                          encoding="utf-8")
    else:
        sys.stdout.write(made)


if __name__ == "__main__":
    main()
