# SPDX-License-Identifier: GPL-2.0-or-later
"""A real bisection: Debian's source of a kernel in a git repository, twenty commits on top, of which
one makes mprotect() look at every page's folio. About 40 minutes of two CPUs the first time."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from real import history, world


@tap.test
def the_commit_is_named_and_proven():
    with world.World() as w:
        ids = history.make(w.tree)
        before = world.git(w.tree, "status", "--porcelain")
        done = w.run("bisect", "--tree", w.tree, "--good", ids[0], "--bad", ids[20],
                     "--json").expect(1, "it is skipped")
        document = done.json()
        print("# " + json.dumps(document["seconds"]))
        assert document["status"] == "proven", document
        culprit, = document["culprits"]
        assert culprit["commit"] == ids[13] and culprit["subject"] == history.CULPRIT, culprit
        assert culprit["ratio"] > 1.1 and culprit["won_back"] > 0.99, culprit
        series = {ids.index(s["commit"]): s for s in document["series"]}
        # The tenth does not build; the twelfth is the eleventh with other comments.
        assert series[10]["skipped"] and "no_such_thing_as_this" in series[10]["skipped"], series
        assert series[12]["same_as"] == ids[11], series
        # What is not on the path changes nothing at all.
        assert series[0]["value"] == series[11]["value"] == series[12]["value"], series
        assert series[13]["value"] == series[15]["value"] == series[20]["value"], series
        assert document["tested"] == 5 and document["skipped"] == document["unchanged"] == 1
        assert world.git(w.tree, "status", "--porcelain") == before
        overhead = document["seconds"]["total"] - document["seconds"]["build"] - \
            document["seconds"]["measure"]
        print(f"# beside builds and boots: {overhead:.1f} s")
        text = w.run("bisect", "--resume", document["id"]).expect(1).out
        assert "PROVEN" in text and culprit["fixes"] in text, text


tap.main()
