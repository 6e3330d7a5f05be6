# SPDX-License-Identifier: GPL-2.0-or-later
"""Two builds of one git tree, which have one release, are told apart from the build to the report."""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import commits, lab

SUBJECTS = ("mm: as it was", "mm: \"count\" <pages>")


@tap.test
def commits_are_named_by_their_subjects():
    tree = WORLD.tree()
    # Images that bisection boots too.
    ids = [tree.commit(s, tag=commits.tag(n)) for n, s in zip((1, 7), SUBJECTS)]
    titles = [f'{i[:12]} ("{s}")' for i, s in zip(ids, SUBJECTS)]
    specs = [f"git:{tree.path}@{rev}" for rev in ("HEAD~1", "HEAD")]
    done, document = lab.told(WORLD.home, "compare", *specs, "--wide", env=WORLD.env(), code=0)
    for side, title in zip(("OLD", "NEW"), titles):
        assert re.search(rf"^  {side}  {re.escape(title)} +gcc", done.out, re.M), done.out
    for side, title, commit, subject in zip(("old", "new"), titles, ids, SUBJECTS):
        kernel = document[side]
        assert (kernel["title"], kernel["commit"], kernel["subject"]) == (title, commit, subject)
    assert document["old"]["release"] == document["new"]["release"]
    assert sorted(WORLD.home.rows("SELECT DISTINCT side, kernel_subject FROM run")) == [
        ("new", SUBJECTS[1]), ("old", SUBJECTS[0])]
    listed = " ".join(lab.run(WORLD.home, "list").out.split())
    assert listed.count(f"{titles[0]} -> {titles[1]}") == 1, listed
    page = lab.run(WORLD.home, "report", document["id"], "--format", "html").out
    assert f"{ids[1][:12]} (&quot;mm: &quot;count&quot; &lt;pages&gt;&quot;)" in page, page[:3000]


@tap.test
def a_kernel_that_was_built_before_subjects_were_kept_gets_one():
    kernels = WORLD.home.path / "kernels"
    for meta in kernels.glob("*/meta.json"):
        kernel = json.loads(meta.read_text(encoding="utf-8"))
        for part in (kernel, *kernel["sources"]):
            part.pop("subject", None)
            part.pop("sum", None)
        meta.write_text(json.dumps(kernel), encoding="utf-8")
    tree = WORLD.folder / "tree1"
    done = lab.run(WORLD.home, "compare", f"git:{tree}@HEAD", f"git:{tree}@HEAD",
                   env=WORLD.env()).expect(0)
    assert SUBJECTS[1] in done.out, done.out
    assert "building" not in done.err, done.err


@tap.test
def a_config_is_named_and_what_it_lacks_is_told():
    tree = WORLD.folder / "tree1"
    specs = [f"git:{tree}@HEAD"] * 2
    done, document = lab.told(WORLD.home, "compare", *specs, env=WORLD.env(), code=0)
    assert document["config_unlike"]["old"].startswith("no NUMA_BALANCING")
    assert document["new"]["config"] == "minimal", document["new"]
    shown = " ".join(done.out.split())
    assert shown.count("config minimal: no NUMA_BALANCING") == 1, shown
    assert "counts are not a distribution's" in shown, shown
    # With Debian's config there is nothing of the kind to say, and it is said to be that.
    debian = WORLD.home.specs[0]
    done = lab.run(WORLD.home, "compare", *specs, "--config", debian, env=WORLD.env()).expect(0)
    assert f"config {debian}" in " ".join(done.out.split()), done.out
    assert "a distribution's" not in done.out, done.out


with commits.World() as WORLD:
    tap.main()
