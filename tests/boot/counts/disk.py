# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk of the guest's own: its files and their cache, what does not fit on it, a program on it."""
import contextlib
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

SCENARIOS = """
cached:
  help: a little of a file is read again and again, and written out
  source: [filemap_read]
  needs: [disk: {fs: ext4, size: 32M}]
  maps:
    file: {kind: file-shared, size: 1M, mapped: no}
  warmup: 4
  iterations: 4
  segments:
    read: [pread: {map: file, each: 64K}]
    write:
      before: [pwrite: {map: file, each: 64K}]
      do: [fdatasync: {map: file}]
  expect: {present: 0, cached: all}

full:
  help: more is written than the disk has room for
  needs: [disk: {fs: ext4, size: 32M}]
  maps:
    file: {kind: file-shared, size: 40M, mapped: no, sparse: yes}
  segments:
    write: [pwrite: {map: file, each: 1M}, fsync: {map: file}]

swap:
  help: pages go out
  needs: [swap: {on: brd, size: 16M}]
  maps:
    area: {kind: anon-private, size: 1M, advice: nohugepage}
  segments:
    out: [touch: {map: area, access: write}, madvise: {map: area, advice: pageout}]

program:
  help: a program that leaves a file on the disk
  needs: [disk: {fs: ext4, size: 32M}]
  iterations: 1
  program: {file: ./leaves}
"""

# What was left there by the execution before is gone.
PROGRAM = r"""
#include <fcntl.h>
#include <unistd.h>
int main(void)
{
	int fd = open("/disk/file", O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) < 0;
}
"""


def compare(name, *more):
    return lab.compare(HOME, "-s", f"disk/{name}", *more, env={"SLOWPATH_SCENARIOS": FOLDER})


@tap.test
def files_are_in_the_cache_and_the_device_is_told():
    document = compare("cached").json()
    assert document["state"]["same"], document["state"]
    checks = {c["name"]: c for c in document["state"]["checks"]}
    assert checks["cached pages"]["old"] == checks["cached pages"]["new"] == 256, checks
    functions = {f["name"]: f for f in document["attribution"]["functions"]}
    assert functions["filemap_read"]["calls_new"] * 256 == 16, functions["filemap_read"]
    (device,) = document["devices"]
    brd = sum(f["new"] for name, f in functions.items() if name.startswith("brd_"))
    assert device["name"] == "brd" and device["in_call"], device
    assert device["new"] > 0 and abs(device["new"] - brd) < 1e-6 * brd, (device, brd)


@tap.test
def a_disk_that_is_full_is_said_to_be():
    compare("full").expect(125, "segment write, operation 1", "No space left on device")


@tap.test
def a_program_has_the_disk_and_finds_it_empty():
    (FOLDER / "prog.c").write_text(PROGRAM, encoding="utf-8")
    subprocess.run(["cc", "-O2", "-static", "-o", FOLDER / "leaves", FOLDER / "prog.c"], check=True)
    # Iterations prove nothing here: two executions one behind the other are enough.
    document = compare("program", "--iterations", "2").json()
    assert document["verdict"] != "different-state", document
    functions = {f["name"] for f in document["attribution"]["functions"]}
    assert "brd_submit_bio" in functions, sorted(functions)


@tap.test
def more_than_half_of_the_memory_is_refused():
    text = SCENARIOS.replace("size: 32M", "size: 256M")
    (FOLDER / "disk.yaml").write_text(text, encoding="utf-8")
    lab.compare(HOME, "-s", "disk/cached", "--mem", "256M", env={"SLOWPATH_SCENARIOS": FOLDER}
                ).expect(125, "take 256 MiB, more than half of the guest's 256 MiB")


@contextlib.contextmanager
def lost_modules(spec):
    """The home's entry of a kernel as if the archive had lost its modules."""
    (entry,) = lab.need_kernels(spec)
    index = HOME.path / "kernels" / entry["id"] / "modules/index.json"
    kept = index.rename(index.with_suffix(".kept"))
    try:
        index.write_text(json.dumps({"schema": "slowpath/modules/1", "package": "lost",
                                     "modules": []}), encoding="utf-8")
        yield
    finally:
        kept.rename(index)


@tap.test
def a_disk_whose_module_is_lost_is_nvme_on_both_sides():
    (FOLDER / "disk.yaml").write_text(SCENARIOS, encoding="utf-8")
    with lost_modules(lab.OLD):
        done = compare("cached")
        document = done.json()
        compare("swap").expect(125, "swap needs its device in the guest's memory",
                               "needs module brd: there is no module brd for it")
    assert "its disk is NVMe" in done.err, done.err
    why = "disk on NVMe instead of a RAM disk: kernel "
    notes = document["notes"]
    assert notes["old"] == notes["new"] and notes["old"].startswith(why), notes
    assert document["state"]["same"], document["state"]
    (device,) = document["devices"]
    assert device["name"] == "nvme" and not device["in_call"], device
    functions = {f["name"] for f in document["attribution"]["functions"]}
    assert not any(f.startswith("brd_") for f in functions), sorted(functions)


for each in (lab.OLD, lab.NEW):
    lab.need_modules(each)
with lab.Home(small=True) as HOME:
    FOLDER = HOME.path / "own"
    FOLDER.mkdir()
    (FOLDER / "disk.yaml").write_text(SCENARIOS, encoding="utf-8")
    tap.main()
