# SPDX-License-Identifier: GPL-2.0-or-later
"""Swap on a device in the guest's memory: stock modules, loaded behind the snapshot and named."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

SCENARIO = """
small-%(on)s:
  help: a little of it goes to swap and comes back
  source: [swap_writeout, swap_read_folio]
  needs: [swap: {on: %(on)s, size: 8M}]
  maps:
    area: {kind: anon-private, size: 1M, advice: nohugepage}
  warmup: 8
  iterations: 4
  segments:
    out:
      before: [touch: {map: area, access: write}]
      do: [madvise: {map: area, advice: pageout}]
    in: [touch: {map: area, access: read}]
  expect: {present: all, swapped: 0}
"""


def compare(on):
    folder = HOME.path / "own"
    folder.mkdir(exist_ok=True)
    (folder / "swap.yaml").write_text("".join(SCENARIO % {"on": x} for x in ("brd", "zram")))
    done = lab.compare(HOME, "-s", f"swap/small-{on}", env={"SLOWPATH_SCENARIOS": folder})
    return done.json()


def calls(document, name):
    return {f["name"]: f for f in document["attribution"]["functions"]}[name]["calls_new"]


@tap.test
def pages_go_to_a_ram_disk_whose_functions_are_named():
    document = compare("brd")
    assert document["state"]["same"], document["state"]
    # A page is written once and read once.
    assert calls(document, "brd_submit_bio") == 2, document["attribution"]["functions"][:5]
    assert abs(document["attribution"]["unattributed_new"]) < 1, document["attribution"]


@tap.test
def zram_is_another_device():
    document = compare("zram")
    assert calls(document, "zram_submit_bio") >= 1, document["attribution"]["functions"][:5]


@tap.test
def a_kernel_whose_modules_are_gone_says_so():
    done = subprocess.run([lab.SLOWPATH, "kernel", "add", "debian:7.0.13", "--modules", "--home",
                           tap.HOME], capture_output=True, text=True, timeout=600)
    assert done.returncode == 125, done
    assert "has not got its modules" in done.stderr and "linux-modules-7.0.13" in done.stderr, done


for each in (lab.OLD, lab.NEW):
    lab.need_modules(each)
with lab.Home(small=True) as HOME:
    tap.main()
