# SPDX-License-Identifier: GPL-2.0-or-later
"""narrow --dry-run: kernels, megabytes and measurements, out of what lies there; nothing is done."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import stand_in, tiny_kernel
from cli import debian_index

BINARY = tap.build_dir() / "cmd/slowpath"
FOLDER = tempfile.TemporaryDirectory()
HOME = pathlib.Path(FOLDER.name, "home")
EMPTY = pathlib.Path(FOLDER.name, "empty")
NUMBERS = ["6.12.43", "6.12.117", "6.16.12", "6.17.13", "7.0.13", "7.1.13"]


def narrow(*args, home=HOME, code=0):
    """With no apt-get and no QEMU to be found."""
    done = subprocess.run([BINARY, "narrow", "--dry-run", *args, "--home", home],
                          env={"PATH": "/nonexistent", "SLOWPATH_QEMU": "/nonexistent"},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == code and bool(done.stderr) == bool(code), (done.stderr, done)
    return done.stderr if code else done.stdout


def plan(*args):
    """The document."""
    return json.loads(narrow(*args, "--json"))


def spec(number, release="deb13"):
    return f"debian:{number}+{release}-cloud-amd64"


@tap.test
def a_range_is_told():
    document = plan("debian:6.12..7.1")
    assert document["schema"] == "slowpath/narrow-plan/1" and document["mode"] == "exact"
    assert [k["kernel"] for k in document["kernels"]] == [spec(n) for n in NUMBERS[1:]], document
    assert {k["from"] for k in document["kernels"]} == {"download"} and document["stored"] == 0
    assert document["no_step"] == {"measurements": 2, "bytes": 2 * 14e6}, document
    assert document["most"] == {"measurements": 5, "bytes": 5 * 14e6}, document
    one = document["one_step"]
    assert 2 < one["measurements"] < 5 and one["bytes"] == one["measurements"] * 14e6, document
    assert plan("debian:6.12..7.1", "--all")["no_step"] == document["most"]


@tap.test
def the_text_says_the_same():
    text = narrow("debian:6.12..7.1")
    assert "5 kernels: 5 to download" in text and spec("6.16.12") in text, text
    assert "if there is no step     2 measurements,    28.0 MB to download" in text, text
    assert "at most                 5 measurements,    70.0 MB to download" in text, text
    assert max(map(len, text.splitlines())) <= 80, text
    text = narrow("debian:6.12..7.1", "--mode", "timed")
    assert "60 boots of both ends, 120" in text and "70.0 MB to download" in text, text


@tap.test
def specs_are_chosen_as_they_would_be():
    """The newest of a series, and of one compiler with the other end."""
    document = plan("debian:6.12", "debian:6.17")
    assert [k["kernel"] for k in document["kernels"]] == [spec("6.12.117"), spec("6.17.13")]
    document = plan("debian:6.12.43", "debian:6.12.117+deb12")
    assert [k["kernel"] for k in document["kernels"]] == [spec("6.12.43", "deb12"),
                                                         spec("6.12.117", "deb12")], document


@tap.test
def other_kernels_are_told_too():
    image = pathlib.Path(FOLDER.name, "bzImage")
    image.write_bytes(tiny_kernel.make("loop", "6.99.0-stand-in"))
    tree = stand_in.Tree(pathlib.Path(FOLDER.name, "linux"))
    tree.commit("one")
    git = f"git:{tree.path}@HEAD"
    # Where git cannot be found, the commit cannot be told; so PATH is the machine's here.
    done = subprocess.run([BINARY, "narrow", "--dry-run", "--json", "debian:6.12", image, git,
                           "--home", HOME], env={"PATH": os.environ["PATH"]}, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done
    assert [(k["from"], k["bytes"]) for k in json.loads(done.stdout)["kernels"]] == \
        [("download", 14_000_000), ("read", 0), ("build", 0)], done.stdout


@tap.test
def what_is_in_the_store_is_not_downloaded():
    """An entry as the store has them, of a tiny kernel that is said to be Debian's."""
    image = pathlib.Path(FOLDER.name, "stored")
    image.write_bytes(tiny_kernel.make("loop", "6.16.12+deb13-cloud-amd64"))
    home = pathlib.Path(FOLDER.name, "stocked")
    debian_index.write(home, BUILDS)
    done = subprocess.run([BINARY, "kernel", "add", image, "--home", home, "--json"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    meta, = home.glob("kernels/*/meta.json")
    document = json.loads(meta.read_text())
    document["sources"][0].update(spec=spec("6.16.12"), package="p", suite="trixie-backports",
                                  package_version="6.16.12-1")
    document["sources"][0].pop("sum")  # as an older slowpath wrote it
    meta.write_text(json.dumps(document))
    found = json.loads(narrow("debian:6.12..7.1", "--json", home=home))
    assert found["stored"] == 1 and found["most"]["bytes"] == 4 * 14e6, found
    assert found["kernels"][1] == {"kernel": spec("6.16.12"), "from": "store", "bytes": 0}, found
    assert "1 in the store, 4 to download" in narrow("debian:6.12..7.1", home=home)


@tap.test
def what_cannot_be_planned_is_said():
    for args, code, said in (
            (("debian:6.12..6.99",), 128, "there is no debian:6.99"),
            (("debian:6.12", "debian:6.13"), 128, "not in any suite; nearest"),
            (("debian:6.17", "debian:6.12"), 128, "the oldest comes first"),
            (("debian:6.12", "debian:6.12"), 128, "given twice"),
            (("debian:6.12",), 128, "two kernels or more"),
            (("debian:6.12", "/none"), 128, "/none"),
            (("debian:6.12..7.1", "-s", "mprotect/x"), 128, "no such name"),
            (("debian:6.12..7.1", "-s", "mprotect/*"), 128, "one is expected"),
            (("--resume", "x"), 129, "--dry-run"), ((), 129, "kernels are expected")):
        assert said in narrow(*args, code=code), (args, said)


def arm64(number):
    return f"debian:{number}+deb13-cloud-arm64"


@tap.test
def architectures_are_planned_apart():
    """Each out of its own lists, which the flavour or --arch chooses."""
    wanted = [arm64(n) for n in NUMBERS[3:]]
    for args in (("debian:6.17..7.1", "--arch", "arm64"), ("debian:6.17..7.1-cloud-arm64",),
                 ("debian:6.17", "debian:7.0", "debian:7.1", "--arch", "arm64"),
                 [arm64(n) for n in NUMBERS[3:]]):
        assert [k["kernel"] for k in plan(*args)["kernels"]] == wanted, args
    for args, said in (
            (("debian:6.17..7.1", "--arch", "sparc"), "--arch sparc: it can be one of amd64"),
            (("debian:6.17..7.1-cloud-amd64", "--arch", "arm64"), "--arch says arm64"),
            (("debian:6.12-cloud-arm64", "debian:6.17"), "of two architectures"),
            (("debian:6.17..7.1-cloud-arm64", "debian:7.1"), "of two architectures"),
            (("debian:6.12", "debian:6.17", "--arch", "arm64"), "not in any suite")):
        assert said in narrow(*args, code=128), (args, said)


@tap.test
def without_package_lists_that_is_said():
    for args in (("debian:6.12..7.1",), ("debian:6.12", "debian:6.17")):
        assert "'slowpath kernel search' fetches them" in narrow(*args, home=EMPTY, code=128)


@tap.test
def nothing_is_made():
    assert not EMPTY.exists() and set(os.listdir(HOME)) == {"apt", "apt-arm64"}, os.listdir(HOME)
    assert all(os.listdir(HOME / lists) == ["index.json"] for lists in ("apt", "apt-arm64"))


BUILDS = [debian_index.build("6.12.43", release="deb12", compiler="gcc-12"),
          debian_index.build("6.12.117", release="deb12", compiler="gcc-12"),
          *(debian_index.build(n) for n in NUMBERS[1:])]
debian_index.write(HOME, BUILDS)
debian_index.write(HOME, [debian_index.build(n, flavour="cloud-arm64") for n in NUMBERS[3:]],
                   "apt-arm64")
tap.main()
