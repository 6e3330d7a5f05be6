# SPDX-License-Identifier: GPL-2.0-or-later
"""Each command's page has the options of its --help and no others, and the members of its JSON."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

BINARY = tap.build_dir() / "cmd/slowpath"
MAN = tap.SOURCE / "man"


def slowpath(*args):
    """What the built program prints, with a home that is empty."""
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run([BINARY, *args], env={"HOME": home, "PATH": "/usr/bin:/bin"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60).stdout


def page(name):
    """A page's text: hyphens plain, fonts gone."""
    text = (MAN / f"{name}.1").read_text(encoding="utf-8").replace("\\-", "-")
    return re.sub(r"\\f.", "", text)


def section(text, name):
    """The lines of one section of a page."""
    found = re.search(rf'^\.SH "?{name}"?$(.*?)(?=^\.SH |\Z)', text, re.M | re.S)
    assert found, f"no section {name}"
    return found.group(1)


def options_of_help(name):
    """{"--scenario": "-s", "--json": ""}"""
    lines = re.findall(r"^  (?:(-\w), |    )(--[a-z][a-z-]*)", slowpath(name, "--help"), re.M)
    return {long: short for short, long in lines}


def options_of_page(text):
    """The same, from the tags of the section OPTIONS."""
    found = {}
    for tag in re.findall(r"^\.T[PQ].*\n(.*)$", section(text, "OPTIONS"), re.M):
        words = re.findall(r"(?<![\w-])--?[a-z][a-z-]*", tag)
        long = [w for w in words if w.startswith("--")]
        if long:
            found[long[0]] = "".join(w for w in words if not w.startswith("--"))
    return found


def agrees(name):
    """Both have the same options. That --help is there, slowpath(1) says for all."""
    there = options_of_help(name)
    told = options_of_page(page(f"slowpath-{name}"))
    assert "--json" in there and "--home" in there, there
    for options in (there, told):
        options.pop("--help", None)
    assert there == told, f"--help has {there}, the page has {told}"


def name_line(name):
    """The page's one line is the command's."""
    help_line = slowpath(name, "--help").splitlines()[1]
    told = re.search(r"^\.SH NAME\n(.*)$", page(f"slowpath-{name}"), re.M).group(1)
    assert told.startswith(f"slowpath-{name} - "), told
    assert "usage:" not in help_line


def members(document):
    """Names of all members, at any depth."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from members(value)
    elif isinstance(document, list):
        for value in document:
            yield from members(value)


def words(text):
    """What could be a member's name."""
    return set(re.findall(r"\w+", text))


@tap.test
def json_of_small_commands_is_told():
    for name, arguments in (("doctor", ()), ("cache", ()), ("scenario", ("list",)),
                            ("scenario", ("show", "mprotect/shared-dirty-toggle"))):
        document = json.loads(slowpath(name, *arguments, "--json"))
        missing = set(members(document)) - words(page(f"slowpath-{name}"))
        assert not missing, f"slowpath-{name}.1 does not tell of {missing}"
        assert document["schema"] in page(f"slowpath-{name}")


@tap.test
def json_of_compare_is_told():
    source = (tap.SOURCE / "report/views/compare_json.c").read_text(encoding="utf-8")
    names = set(re.findall(r'"([a-z]\w*)"', source))
    assert len(names) > 30, names
    missing = names - words(page("slowpath-compare"))
    assert not missing, f"slowpath-compare.1 does not tell of {missing}"


@tap.test
def json_of_mechanism_is_told():
    for name, file in (("attribute", "attribute_json"), ("audit", "audit_json"),
                       ("contention", "contention"), ("cover", "cover_json"),
                       ("cycles", "cycles"),
                       ("probe", "probe"), ("state", "state")):
        source = (tap.SOURCE / f"report/views/mechanism/{file}.c").read_text(encoding="utf-8")
        names = set(re.findall(r'"([a-z]\w*)"', source))
        assert len(names) > 3, names
        missing = names - words(page(f"slowpath-{name}"))
        assert not missing, f"slowpath-{name}.1 does not tell of {missing}"


@tap.test
def json_of_narrow_is_told():
    source = (tap.SOURCE / "report/views/search/narrow_json.c").read_text(encoding="utf-8")
    names = set(re.findall(r'"([a-z]\w*)"', source))
    assert len(names) > 30, names
    missing = names - words(page("slowpath-narrow"))
    assert not missing, f"slowpath-narrow.1 does not tell of {missing}"


@tap.test
def json_of_fixed_is_told():
    source = (tap.SOURCE / "report/views/search/fixed.c").read_text(encoding="utf-8")
    names = set(re.findall(r'"([a-z]\w*)"', source))
    assert len(names) > 20, names
    missing = names - words(page("slowpath-fixed"))
    assert not missing, f"slowpath-fixed.1 does not tell of {missing}"


@tap.test
def words_of_the_language_are_told():
    told = set(re.findall(r"[\w-]+", page("slowpath-scenario")))
    for source in ("scenario/read.c", "scenario/read_ops.c"):
        text = (tap.SOURCE / source).read_text(encoding="utf-8")
        # What is compared with a word of the file, and the words of the tables.
        known = set(re.findall(r'strcmp\([^"]*"([a-z-]+)"', text))
        known |= set(re.findall(r'\{ "([a-z-]+)",', text))
        known |= set(re.findall(r'"([a-z-]+)"', "".join(re.findall(
            r"keys\[\] = \{(.*?)\};", text, re.S))))
        assert len(known) > 8, (source, known)
        assert not known - told, f"slowpath-scenario.1 does not tell of {known - told}"


@tap.test
def environment_is_told():
    told = words(page("slowpath"))
    found = set()
    for source in tap.SOURCE.rglob("*.c"):
        if source.relative_to(tap.SOURCE).parts[0] not in ("guest", "plugin", "build", "tests"):
            found |= set(re.findall(r'(?:(?:getenv|xdg)\(|qemu_variable = )"(\w+)"', source.read_text("utf-8")))
    found -= {"HOME", "PATH", "TERM"}
    assert "SLOWPATH_QEMU" in found and not found - told, found - told


@tap.test
def pages_are_sound():
    if not shutil.which("groff"):
        raise tap.Skip("there is no groff here")
    for path in sorted(MAN.glob("*.1")):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", path], capture_output=True,
                              text=True)
        assert done.returncode == 0 and not done.stderr, f"{path.name}: {done.stderr}"


@tap.test
def pages_are_installed():
    built = (MAN / "meson.build").read_text(encoding="utf-8")
    missing = [p.name for p in MAN.glob("*.1") if f"'{p.name}'" not in built]
    assert not missing, missing


@tap.test
def commands_are_in_the_overview():
    overview = section(page("slowpath"), "COMMANDS")
    for command in COMMANDS:
        assert f"slowpath-{command} (1)" in overview, command


COMMANDS = re.findall(r"^  ([a-z][a-z-]*) ", slowpath("--help"), re.M)
for command in COMMANDS:
    tap.add(f"options of {command} are those of its page", lambda c=command: agrees(c))
    tap.add(f"{command} is named as its page", lambda c=command: name_line(c))
tap.main()
