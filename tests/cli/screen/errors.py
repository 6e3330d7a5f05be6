# SPDX-License-Identifier: GPL-2.0-or-later
"""What cannot be resolved is 128 and says what to do; a malformed command line is 129. Nothing is
booted here, and no network is asked."""
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab, tiny_kernel

BROKEN = """# SPDX-License-Identifier: GPL-2.0-or-later
good:
  help: it is in order
  maps:
    area: {kind: anon-private, size: 1M}
  segments:
    touch:
      - touch: {map: area, access: write}
bad:
  help: line 12 names a map that is not there
  maps: {area: {kind: anon-private, size: 1M}}
  segments: {touch: [{touch: {map: elsewhere, access: write}}]}
"""


def compare(*words, env=None):
    """Compares two tiny kernels, which would hang if they were ever booted."""
    return lab.compare(HOME, *words, old=KERNEL, new=KERNEL, deadline=1, env=env, timeout=30)


def refused(status, *texts, words=(), env=None):
    """An error, nothing on stdout, nothing booted, nothing in the database."""
    done = compare(*words, env=env).expect(status, *texts)
    assert not done.out, done.out
    assert not (HOME.path / "run").exists(), "a machine was prepared"
    return done


@tap.test
def an_unknown_scenario_is_told_which_there_are():
    done = refused(128, "mprotect/nonsense", words=["-s", "mprotect/nonsense"])
    assert "mprotect/shared-dirty-toggle" in done.err or "scenario list" in done.err, done.err
    refused(128, "nothing/*", words=["-s", "nothing/*"])
    # QEMU's own words, before anything is measured.
    refused(128, "the CPU model 'nonsense'", "unable to find CPU model", words=["--cpu", "nonsense"])
    refused(128, "'qemu64,+nonsense'", "nonsense' not found", words=["--cpu", "qemu64,+nonsense"])
    refused(128, "no letter, digit or sign", words=["--cpu", "qemu 64"])
    refused(128, "''", words=["-s", ""])


@tap.test
def an_unknown_kernel_is_128():
    for spec, *texts in (("no-such-kernel", "slowpath kernel list"), ("/no/such/file", "/no/such"),
                         ("6.17.13", "debian:6.17.13"), ("git:/nowhere@HEAD", "git"),
                         ("debian:", "debian:")):
        done = lab.compare(HOME, old=spec, new=KERNEL, timeout=30)
        done.expect(128, *texts)
        assert not done.out, done.out


@tap.test
def what_is_no_kernel_is_128():
    for name, content in (("empty", b""), ("text", b"Linux version 6.1"), ("elf", b"\x7fELF" * 99),
                          ("cut", tiny_kernel.make("loop", "6.99.0-cut")[:150])):
        path = HOME.path / name
        path.write_bytes(content)
        done = lab.compare(HOME, old=path, new=KERNEL, timeout=30).expect(128, str(path))
        assert not done.out, done.out
    lab.compare(HOME, old=HOME.path, new=KERNEL).expect(128, "not a kernel tree")


@tap.test
def debug_information_has_to_be_there_and_of_the_build():
    """Looked at before anything is measured."""
    made = tap.build_dir() / "tests"
    for option in ("--debug-old", "--debug-new"):
        for name, text in (("/nowhere", "cannot be opened"), (KERNEL, "no debug information"),
                           (__file__, "no x86-64 ELF file"),
                           (made / "lines_stripped", "no debug information"),
                           (made / "lines_nameless", "it has no build id"),
                           (made / "lines_built", "the kernel has no build id")):
            done = lab.run(HOME, "attribute", KERNEL, KERNEL, option, name, timeout=30)
            done.expect(128, str(name), text)
            assert not done.out, done.out
    assert not (HOME.path / "run").exists(), "a machine was prepared"


@tap.test
def a_malformed_command_line_is_129():
    for words in (["--deadline", "0"], ["--deadline", "soon"], ["--cpus", "0"], ["--cpus", "17"],
                  ["--cpus", "-1"], ["--mem", "64M"], ["--mem", "lots"], ["--mem", "99999G"],
                  ["--threshold", "x"], ["--threshold", "-1"], ["--threshold", "nan"],
                  ["--top"], ["--sort", "names"], ["--confirm=yes"], ["--nonsense"], ["third-kernel"], ["-s"]):
        refused(129, "slowpath compare --help", words=words)


@tap.test
def what_explains_a_result_is_looked_at_before_anything_is_measured():
    profile = HOME.path / "profile.txt"
    refused(128, str(profile), words=["--weight", profile])
    for text, *said in (("", "no sample of the kernel's"), ("\n\nPERFILE2\n", "line 3", "perf script"),
                        ("  200.00%  a  [kernel]  [k] f\n", "line 1", "100 %"), ("a\0b", "NUL")):
        profile.write_text(text, encoding="utf-8")
        refused(128, str(profile), *said, words=["--weight", profile])
    refused(128, str(HOME.path), "no kernel source tree", words=["--tree", HOME.path])
    refused(128, "/nowhere", "no kernel source tree", words=["--tree", "/nowhere"])


@tap.test
def one_kernel_is_129():
    lab.run(HOME, "compare", KERNEL).expect(129, "OLD and NEW are expected")
    lab.run(HOME, "compare").expect(129, "OLD and NEW are expected")


def data_dir(content):
    """A SLOWPATH_DATADIR with one file of scenarios."""
    folder = HOME.path / "data"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios/mine.yaml").write_text(content, encoding="utf-8")
    return {"SLOWPATH_DATADIR": folder}


@tap.test
def an_error_in_a_scenario_is_told_with_its_place():
    refused(128, "mine.yaml:12:", "elsewhere", env=data_dir(BROKEN), words=["-s", "mine/good"])


@tap.test
def what_is_no_yaml_is_told_with_its_place():
    refused(128, "mine.yaml:2:", env=data_dir("good:\n\thelp: a tab\n"))
    refused(128, "mine.yaml", env=data_dir(""), words=["-s", "mine/good"])


@tap.test
def what_is_not_utf8_is_said():
    """JSON could not hold it: said before anything is measured, with what and where."""
    odd = os.fsencode(HOME.path) + b"/v\xff"
    os.symlink(KERNEL, odd)
    for words in ((b"compare", odd, odd, b"-s", b"mmap/map-unmap"), (b"run", odd), (b"judge", odd),
                  (b"verify", odd), (b"bundle", b"x", b"-o", odd), (b"list", b"--home", odd),
                  (b"merge", odd), (b"kernel", b"add", odd), (b"compare", b"a", b"b", b"--", odd),
                  (b"scenario", b"show", b"mm/\xc3"), (b"show", b"\xed\xa0\x80")):
        done = subprocess.run([lab.SLOWPATH, *words], capture_output=True, timeout=30)
        assert done.returncode == 128 and not done.stdout, done
        said = done.stderr.decode()
        assert "is not UTF-8" in said and "\\x" in said and "memory" not in said, said
    for variable in ("SLOWPATH_HOME", "HOME", "SLOWPATH_SCENARIOS", "CC"):
        done = subprocess.run([lab.SLOWPATH, "list"], capture_output=True, timeout=30,
                              env={**os.environ, variable: odd})
        assert done.returncode == 128 and f"{variable} ".encode() in done.stderr, done
        assert b"is not UTF-8" in done.stderr, done
    os.mkdir(odd + b"d")
    done = subprocess.run([lab.SLOWPATH, "list", "--home", HOME.path], capture_output=True,
                          cwd=odd + b"d", timeout=30)
    assert done.returncode == 128 and b"the current folder" in done.stderr, done
    # What is one is taken: no such kernel, but the name is in order.
    done = compare("-s", "x/y").err + lab.compare(HOME, old="v\u00e9", new=KERNEL).err
    assert "UTF-8" not in done, done


@tap.test
def programs_on_the_command_line():
    """What is wrong with one is said before anything is opened, by every command that takes one."""
    for words in (("attribute", "a", "b"), ("narrow", "a", "b"), ("cover", "a"), ("probe", "a"),
                  ("fixed", "--old", "a", "--new", "b", "--candidate", "c"), ("state", "a"),
                  ("audit", "a", "b"), ("replay", "a", "b"), ("compare", "a", "b")):
        lab.run(HOME, *words, "--").expect(129, "a program is expected after --")
        lab.run(HOME, *words, "-s", "mprotect/x", "--", "true").expect(129, "not both")
        lab.run(HOME, *words, "--metric-regex", "a=(b)").expect(129, "--metric-regex is for a program")
    for regex, text in (("kernel=(.)", "slowpath has a metric of that name"),
                        ("a=b", "has no group"), ("a", "is not NAME=REGEX"),
                        ("a b=(c)", "is not NAME=REGEX"), ("=(c)", "is not NAME=REGEX")):
        lab.run(HOME, "compare", "a", "b", "--metric-regex", regex, "--",
                "/bin/true").expect(128, text)
    # cover's --file is of a program, too; alone it is the source file, as it was once.
    cover = ("cover", "a", "--source", "mm/x.c")
    lab.run(HOME, *cover).expect(129, "either --tree DIR or --source-file PATH is needed")
    lab.run(HOME, *cover, "--file", "a", "--file", "b").expect(129, "--file is for a program")
    lab.run(HOME, *cover, "--source-file", "a", "--file", "b").expect(129, "--file is for a program")
    for option in ("--file", "--source-file"):
        lab.run(HOME, *cover, option, "/nonexistent/x.c").expect(128, "/nonexistent/x.c")
    lab.run(HOME, *cover, "--source-file", "/nonexistent/x.c", "--file", "/dev/null", "--",
            "/bin/true").expect(128, "/nonexistent/x.c")
    bisect = ("bisect", "--good", "a", "--bad", "b")
    lab.run(HOME, *bisect, "--program", "").expect(129, "a program is expected")
    lab.run(HOME, *bisect, "--program", "x 'y").expect(129, "a quote does not end")
    lab.run(HOME, *bisect, "--program", "x", "-s", "mprotect/x").expect(129, "not both")
    lab.run(HOME, *bisect, "--program", "/nonexistent 'a b'").expect(128, "/nonexistent")


@tap.test
def a_region_is_not_timed():
    """Only what counts instructions sees it: a script that opens one, and a binary."""
    profile = HOME.path / "timed.yaml"
    binary = HOME.path / "marked"
    source = HOME.path / "marked.c"
    header = pathlib.Path(__file__).resolve().parents[3] / "proto/slowpath.h"
    source.write_text(f'#include "{header}"\nint main(void) {{ SLOWPATH_REGION_BEGIN(); '
                      "SLOWPATH_REGION_END(); return 0; }\n", encoding="utf-8")
    subprocess.run(["cc", "-o", binary, source], check=True)
    for program, where in ((("/bin/sh", "-c", "slowpath-region begin"), "its command line"),
                           ((binary,), "/marked")):
        name = pathlib.Path(program[0]).name
        profile.write_text("name: t\nmode: timed\nbaseline: old\nkernels:\n"
                           "  - {name: old, spec: /nonexistent/a}\n"
                           "  - {name: new, spec: /nonexistent/b}\n"
                           f"scenarios: [{{name: program/{name}}}]\n", encoding="utf-8")
        run = ("run", profile, "--", *program)
        lab.run(HOME, *run).expect(128, "marks a region of interest", where)
        profile.write_text(profile.read_text(encoding="utf-8").replace("timed", "exact"),
                           encoding="utf-8")
        lab.run(HOME, *run).expect(128, "/nonexistent/a")


@tap.test
def a_file_that_is_not_utf8_is_told_with_its_place():
    path = HOME.path / "odd.yaml"
    for content in (b"name: v\xff\n", "name: x\n".encode("utf-16")):
        path.write_bytes(content)
        done = subprocess.run([lab.SLOWPATH, "run", path, "--home", HOME.path, "--dry-run"],
                              capture_output=True, text=True, timeout=30)
        assert done.returncode == 128 and "odd.yaml:1:" in done.stderr, done
        assert "memory" not in done.stderr, done
    env = data_dir(BROKEN)
    os.rename(env["SLOWPATH_DATADIR"] / "scenarios/mine.yaml",
              os.fsencode(env["SLOWPATH_DATADIR"]) + b"/scenarios/odd\xff.yaml")
    done = subprocess.run([lab.SLOWPATH, "scenario", "list", "--home", HOME.path, "--json"],
                          capture_output=True, timeout=30, env={**os.environ, **env})
    assert done.returncode == 128 and b"odd\\xff.yaml' is not UTF-8" in done.stderr, done


@tap.test
def missing_parts_are_128():
    refused(128, "slowpath-plugin-v", "is missing",
            env={"SLOWPATH_LIBDIR": data_dir(BROKEN)["SLOWPATH_DATADIR"]})


@tap.test
def no_home_is_128():
    done = subprocess.run([lab.SLOWPATH, "compare", KERNEL, KERNEL], env={"PATH": "/usr/bin:/bin"},
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 128 and "--home DIR" in done.stderr, done


@tap.test
def a_home_that_is_a_file_is_128():
    path = HOME.path / "file"
    path.write_text("in the way", encoding="ascii")
    done = lab.run(HOME, "compare", KERNEL, KERNEL, "--home", path).expect(128, str(path))
    assert path.read_text(encoding="ascii") == "in the way" and not done.out


@tap.test
def apt_is_left_its_sandbox():
    """Only where apt has no user of its own is it told to do without."""
    tools = HOME.path / "tools"
    tools.mkdir()
    (tools / "apt-get").write_text("#!/bin/sh\ncase \"$*\" in *update*) echo 'E: not today' >&2; "
                                   "exit 1;; esac\n", encoding="ascii")
    (tools / "apt-get").chmod(0o755)
    done = lab.run(HOME, "kernel", "search", "6.17", timeout=30, env={
        "PATH": f"{tools}:{os.environ['PATH']}", "SLOWPATH_MIRROR": "http://nowhere.example.org/"})
    if "archive keys" in done.err:
        raise tap.Skip(done.err.strip())
    done.expect(128, "not today")
    conf = (HOME.path / "apt/apt.conf").read_text(encoding="utf-8")
    own = any(user.pw_name == "_apt" for user in pwd.getpwall())
    assert ("APT::Sandbox::User" in conf) == (not own), conf


with tempfile.TemporaryDirectory(prefix="slowpath-errors-") as scratch:
    HOME = lab.Home.empty(pathlib.Path(scratch))
    KERNEL = tiny_kernel.write(HOME.path, "loop")
    tap.main()
