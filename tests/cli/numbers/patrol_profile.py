# SPDX-License-Identifier: GPL-2.0-or-later
"""Profiles of 'slowpath patrol' that are none, each with its place and what was expected; and the
units that call it. Nothing is measured."""
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup

GOOD = "name: p\nsources:\n  - {name: a, kernels: [x]}\nscenarios: [a/b]\nmails: m\n"
ROOT = pathlib.Path(__file__).resolve().parents[3]


def patrol(text, *words, state=None):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "p.yaml").write_text(text, encoding="utf-8")
        if state is not None:
            (folder / "patrol").mkdir()
            (folder / "patrol/p.json").write_text(state, encoding="utf-8")
        done = subprocess.run([madeup.BINARY, "patrol", folder / "p.yaml", "--home", folder,
                               *words], capture_output=True, text=True, cwd=folder,
                              stdin=subprocess.DEVNULL, timeout=120)
        assert not (folder / "m").exists()
        return done


def refused(text, place, *said, code=128, **more):
    done = patrol(text, **more)
    assert done.returncode == code and not done.stdout, done
    for words in (place, *said):
        assert words in done.stderr, (words, done.stderr)


@tap.test
def what_is_wrong_is_said_with_its_place():
    refused(GOOD.replace("mails: m\n", ""), "p.yaml:1:1:", "are required")
    refused(GOOD + "colour: red\n", "p.yaml:6:1:", "'colour' is no key of a profile")
    refused(GOOD + "name: q\n", "p.yaml:6:1:", "'name' is given twice")
    refused(GOOD.replace("name: p", "name: ../p"), "p.yaml:1:7:", "a name is expected")
    refused(GOOD.replace("kernels: [x]", "kernels: []"), "p.yaml:3:", "1 to 256 are possible")
    refused(GOOD.replace("kernels: [x]", "kernels: [--home]"), "p.yaml:3:", "looks like an option")
    refused(GOOD.replace("kernels: [x]", "tree: t"), "p.yaml:3:5:", "either kernels, or a tree")
    refused(GOOD.replace("kernels: [x]", "kernels: [x], tree: t, refs: [r]"), "p.yaml:3:5:",
            "either kernels, or a tree")
    refused(GOOD.replace("kernels", "specs"), "p.yaml:3:", "'specs' is no key of a source")
    refused(GOOD.replace("scenarios:", "  - {name: a, kernels: [y]}\nscenarios:"), "p.yaml:4:5:",
            "two sources are called 'a'")
    refused("[]\n", "p.yaml:1:1:")
    refused("name: [\n", "p.yaml:")
    refused(GOOD, "p.json is not what a patrol left there", state="[]")


@tap.test
def the_command_line_is_checked():
    for words in ((), ("--since", "never")):
        done = subprocess.run([madeup.BINARY, "patrol", *(("p.yaml", *words) if words else ())],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 129, done
    done = patrol(GOOD, "--json")
    # A source that fails is told, in JSON too.
    assert done.returncode == 128 and '"source": "a"' in done.stdout, done


@tap.test
def the_units_call_it():
    service = (ROOT / "debian/units/slowpath-patrol@.service").read_text(encoding="utf-8")
    timer = (ROOT / "debian/units/slowpath-patrol@.timer").read_text(encoding="utf-8")
    assert re.search(r"^ExecStart=/usr/bin/slowpath patrol /etc/slowpath/%i\.yaml$", service, re.M)
    assert "SuccessExitStatus=1\n" in service and "WantedBy=timers.target" in timer
    assert "debian/units/" in (ROOT / "debian/slowpath.install").read_text(encoding="utf-8")


tap.main()
