# SPDX-License-Identifier: GPL-2.0-or-later
"""What was measured leaves the machine: the bundle of a real comparison says what it said."""
import functools
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab
from cli import browser


@functools.cache
def headline():
    return lab.compare(HOME, "-s", "mprotect/shared-dirty-toggle").expect(1).json()


@tap.test
def a_bundle_concludes_what_compare_concluded():
    document = headline()
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "bundle")
        lab.run(HOME, "bundle", document["id"], "-o", out).expect(0)
        lab.run(HOME, "verify", out).expect(0)
        again = json.loads((out / "results/01.json").read_text(encoding="utf-8"),
                           parse_float=lambda text: float(f"{float(text):.15g}"))
        # What was spent is not evidence, nor what a config lacks; and compare has no blocks.
        del again["block"]
        said = {name: value for name, value in document.items()
                if name not in ("seconds", "config_unlike")}
        assert not lab.differences(again, said)
        text = "".join(p.read_text(encoding="utf-8") for p in out.rglob("*") if p.is_file())
        assert str(HOME.path) not in text and str(lab.BUILD) not in text
        configs = list(out.glob("kernels/*.config"))
        assert len(configs) == 2, configs


@tap.test
def the_mail_of_the_headline_needs_no_edit():
    document = headline()
    mail = lab.run(HOME, "report", document["id"], "--format", "mail").expect(0).out
    first = document["metrics"][0]
    for word in ("Subject: [REGRESSION] mm/mprotect: ", f"{first['ratio']:.4f}",
                 f"{first['old']:.3f}", f"{first['new']:.3f}", "mprotect(area, 4 MiB, PROT_READ)",
                 "Distribution kernels"):
        assert word in mail, word
    # Only where it is asked for; between two distribution kernels there is nothing to introduce.
    assert "regzbot" not in mail


@tap.test
def what_explains_it_goes_along():
    document = headline()
    with tempfile.TemporaryDirectory() as folder:
        parts = [
            lab.run(HOME, "attribute", lab.OLD, lab.NEW, "--tree", f"{folder}/tree", "--json"),
            lab.run(HOME, "probe", lab.NEW, "--json"),
            lab.run(HOME, "narrow", lab.OLD, lab.NEW, "--json"),
        ]
        given = [word for part in parts for word in ("--with", part.json()["id"])]
        out = pathlib.Path(folder, "bundle")
        lab.run(HOME, "bundle", document["id"], "-o", out, *given).expect(0)
        lab.run(HOME, "verify", out).expect(0)
        for name in ("1-attribute/plots/flame.svg", "2-probe/plots/batches.svg",
                     "3-narrow/plots/series.svg"):
            assert (out / "with" / name).is_file(), name
        # The search, made again from its rows, says what it said.
        again = json.loads((out / "with/3-narrow/results/study.json").read_text(encoding="utf-8"),
                           parse_float=lambda text: float(f"{float(text):.15g}"))
        said = parts[2].json()
        assert again["series"] == said["series"] and again["verdict"] == said["verdict"]
        assert [s["functions"] for s in again["steps"]] == [s["functions"] for s in said["steps"]]
        # The page of it all, in a browser.
        page = pathlib.Path(folder, "page.html")
        lab.run(HOME, "report", document["id"], "--format", "html", "-o", page, *given).expect(0)
        browser.find()
        with browser.Browser() as b:
            b.open(page)
            seen = b.look()
            assert seen["drawn"] == 4, seen
            browser.assert_whole(seen)


with lab.Home(small=True) as HOME:
    tap.main()
