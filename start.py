"""Set up and open the Alliance Workbook. Needs Python 3.11 or newer and nothing else.

python3 start.py                  install what is missing, then open the workbook   (Windows: py start.py)
python3 start.py --no-browser     the same, and print the address instead of opening a browser
python3 start.py check            one line: "ready for class", or what is missing
python3 start.py demo             show what an instructor gets, on an invented class, in the folder demo
python3 start.py collect ...      the same as `alliance collect ...`; so are report, gradebook, who, sample (--help)
python3 start.py test             run the whole test suite; further words go to pytest
python3 start.py pack FOLDER      gather what an installation needs, for computers without internet
python3 start.py --wheels FOLDER  install from such a folder alone

--with-tests   (with pack) gather what the test suite needs as well
--anyway       install although the folder is synced, its path long or the disk nearly full
"""
# An old Python must be able to read this file, so that "too old" is a sentence and not a SyntaxError: 3.6 syntax, and
# annotations in quotes, which nothing evaluates.

import contextlib
import hashlib
import importlib.util
import itertools
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

OLDEST_PYTHON = (3, 11)
SPACE_MB = 1500  # 0.6 GB in place, 0.9 GB with the test extra (measured), and room for pip's own copies
LONGEST_FOLDER = 90  # Windows stops at 260 characters; the longest path inside .venv has 166 (measured)
CLASS_COMMANDS = ("collect", "report", "gradebook", "who", "sample")
COMMANDS = ("check", "demo", "test", "pack", *CLASS_COMMANDS)
MARKER = "made-by-start-py"  # in a .venv that we made, and so may remove
UNFINISHED = "installing"  # there while pip changes things: found later, the .venv is not to be trusted
STAMP = "installed.json"  # written last: what was installed, from what
HATCHLING_EXTRA = "editables"  # what hatchling asks for only when it builds an editable install
NOT_FOR_US = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "__PYVENV_LAUNCHER__"}
SYNCED_NAMES = {
    r"onedrive( ?-.*)?": "OneDrive",
    r"mobile documents|icloud ?drive": "iCloud",
    r"dropbox( \(.*\))?": "Dropbox",
    r"google ?drive(-.*)?": "Google Drive",
    r"cloudstorage": "a cloud drive",
}
NOT_FOUND = "could not find a version|no matching distribution|resolutionimpossible"
NEWER_PYTHON = "Install Python 3.11 to 3.14, 64-bit, from python.org and start again."
DIAGNOSES = {  # phrases in what pip or venv printed, in the order in which they are looked for
    r"no space left on device|errno 28\b|winerror 112\b|not enough space on the disk": (
        "The disk is full. Free about 1.5 GB and start again; what was downloaded is kept where the disk allows it."
    ),
    "certificate_verify_failed|certificate verify failed|sslerror": (
        "The connection was refused because its certificate is not known here; a hospital or university network often "
        "puts its own in between. Try another network, or ask IT for pip's 'cert' setting."
    ),
    "proxyerror|cannot connect to proxy|proxy authentication required": (
        "This network wants a proxy and did not let us through. Try another network, or ask IT for the proxy's address "
        "and set HTTPS_PROXY to it."
    ),
    "failed to establish a new connection|name resolution|getaddrinfo failed|network is unreachable|timed out|"
    "nodename nor servname|name or service not known|connecttimeout|newconnectionerror|"
    "connection (refused|aborted|reset|broken)": (
        "The internet could not be reached, and the first start needs it once. Connect and start again, or ask for a "
        "folder made by 'start.py pack' and use --wheels FOLDER."
    ),
    r"ensurepip is not available|no module named '?(ensurepip|venv|pip)\b": (
        "This Python came without 'venv' or 'ensurepip'. On Debian or Ubuntu: sudo apt install python3-venv; elsewhere "
        "install Python from python.org. Then start again."
    ),
    r"read-only file system|errno 30\b": (
        "This folder cannot be written to. Copy the whole workbook folder to your home folder and start from there."
    ),
    r"winerror 206\b|file ?name (or extension is )?too long|errno 36\b": (
        "The path of this folder is too long. Move the workbook folder to a short place and start again."
    ),
    r"permission denied|access is denied|winerror (5|32)\b|errno 13\b|operation not permitted": (
        "A file could not be written: the folder is protected, or another program (a virus scanner, a sync service, an "
        "open workbook) holds it. Close those and start again."
    ),
    NOT_FOUND: f"A part was not found for this Python on this system. {NEWER_PYTHON}",
    r"failed building wheel|failed to build|metadata-generation-failed|microsoft visual c\+\+|command '.*gcc' failed": (
        f"A part has no ready-made version for this Python. {NEWER_PYTHON}"
    ),
}
PROBE = """
import importlib.util, pathlib, sys
import alliance_kit
here = pathlib.Path(alliance_kit.__file__).resolve().parents[1] == pathlib.Path(sys.argv[1]).resolve()
sys.exit(not (here and all(map(importlib.util.find_spec, sys.argv[2:]))))
"""


class Stop(Exception):  # noqa: N818 - not a fault: a sentence for the person, and the end of this run
    """Something the person has to see to; the text says what was found and what to do."""


class Request(NamedTuple):
    """What was asked on the command line; `rest` goes to the workbook or to pytest unchanged."""

    command: "str"
    folder: "str" = ""
    wheels: "str" = ""
    anyway: "bool" = False
    extras: "tuple[str, ...]" = ()
    rest: "tuple[str, ...]" = ()


# --- pure: what to do, and what to say --------------------------------------------------------------------------


def parse(argv: "list[str]") -> "Request":
    """Return the request in the words after `start.py`; Stop with a sentence when they make none."""
    words = list(argv)
    command = words.pop(0) if words and not words[0].startswith("-") else "open"
    if command not in ("open", *COMMANDS):
        raise Stop(f"start.py has no command {command!r}. It knows: {', '.join(COMMANDS)}.")
    folder = words.pop(0) if command == "pack" and words and not words[0].startswith("-") else ""
    if command == "pack" and not folder:
        raise Stop("Say which folder to fill: python3 start.py pack FOLDER")
    wheels, flags, rest = "", set(), []
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name == "--wheels":
            wheels = value or (words.pop(0) if words else "")
            if not wheels:
                raise Stop("Say where the wheels are: python3 start.py --wheels FOLDER")
        elif name in ("--anyway", "--with-tests"):
            flags.add(name)
        else:
            rest.append(name + equals + value)
    extras = ("test",) if command == "test" or "--with-tests" in flags else ()
    return Request(command, folder, wheels, "--anyway" in flags, extras, tuple(rest))


def python_fault(version: "tuple[int, ...]", bits: "int") -> "str":
    """Return why this Python cannot run the workbook, or an empty text."""
    if version[:2] < OLDEST_PYTHON:
        return f"This is Python {version[0]}.{version[1]}, which is too old. {NEWER_PYTHON}"
    return "" if bits >= 64 else f"This is a 32-bit Python. {NEWER_PYTHON}"


def venv_python(venv: "Path", windows: "bool") -> "Path":
    """Return the Python inside a virtual environment; Windows keeps it elsewhere than the others."""
    return venv / "Scripts" / "python.exe" if windows else venv / "bin" / "python"


def target(extras: "tuple[str, ...]") -> "str":
    """Return this folder as pip wants it named, from within it: a full path could hold brackets or spaces."""
    return f".[{','.join(sorted(extras))}]" if extras else "."


def pip_command(python: "Path", verb: "str", *words: "str") -> "list[str]":
    """Return a pip command that keeps to the pins, to be run from the workbook's folder."""
    pip = [str(python), "-m", "pip", verb, "--disable-pip-version-check", "--no-input"]
    return [*pip, "-c", "constraints.txt", *words]


def child_environment(environ: "dict[str, str]", wheels: "str" = "") -> "dict[str, str]":
    """Return the environment for what we start: no foreign packages; with `wheels`, no index and no pip settings.

    Variables and not options, because pip's build steps read them too. The folder goes in as a file address, because
    pip splits its variable at spaces. Two retries: pip's own five take a minute to find that there is no network.
    """
    kept = {name: value for name, value in environ.items() if name not in NOT_FOR_US}
    if not wheels:
        return {"PIP_RETRIES": "2", **kept}
    kept = {name: value for name, value in kept.items() if not name.startswith("PIP_")}
    address = Path(wheels).resolve().as_uri()
    return {**kept, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": address, "PIP_CONFIG_FILE": os.devnull}


def diagnose(output: "str", packed_for: "str" = "") -> "str":
    """Return one sentence for what stopped pip or venv, from phrases in what it printed.

    `packed_for` says which computers the folder of wheels in use was made for, if one is.
    """
    if packed_for and re.search(NOT_FOUND, output.lower()):
        return f"The folder of wheels lacks a part. It is for {packed_for}; pack one on a computer like this one."
    for pattern, sentence in DIAGNOSES.items():
        if re.search(pattern, output.lower()):
            return sentence
    told = [line.strip() for line in output.splitlines() if line.lower().startswith("error")]
    return f"The installation stopped{f' ({told[-1]})' if told else ''}. Start again; if it stops again, ask for help."


def synced_by(folder: "Path", home: "Path", icloud_desktop: "bool" = False) -> "str":
    """Return the service that copies this folder to a cloud, or an empty text.

    `icloud_desktop` : macOS copies Desktop and Documents to iCloud, which their paths do not show.
    """
    for part in folder.parts:
        for pattern, name in SYNCED_NAMES.items():
            if re.fullmatch(pattern, part.lower()):
                return name
    below = (home / "Desktop", home / "Documents")
    return "iCloud" if icloud_desktop and any(place in (folder, *folder.parents) for place in below) else ""


def folder_fault(folder: "Path", service: "str", free_mb: "int", windows: "bool") -> "str":
    """Return why this folder is a bad place to install in, or an empty text; `service` is what syncs it, if any."""
    better = "C:\\Alliance" if windows else "your home folder"
    if service:
        fault = f"{service} copies this folder to the cloud, and half-copied programs break. Move it to {better}"
    elif windows and len(str(folder)) > LONGEST_FOLDER:
        fault = (
            f"The path of this folder is too long: {len(str(folder))} characters, and Windows allows {LONGEST_FOLDER} "
            f"here. Move the folder, to {better} say,"
        )
    elif free_mb < SPACE_MB:
        fault = f"The disk is nearly full: {free_mb} MB are free, {SPACE_MB} are needed. Free some"
    else:
        return ""
    return f"{fault} and start again (or add --anyway)."


# --- the state of .venv -----------------------------------------------------------------------------------------


def fingerprint(root: "Path") -> "str":
    """Return a digest of what decides the installation: pyproject.toml, constraints.txt, and where the folder is."""
    digest = hashlib.sha256(os.fsencode(str(root)))
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update(b"\0" + (root / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def read_stamp(venv: "Path") -> "dict[str, Any]":
    """Return what the stamp says; empty when there is none that can be read."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(root: "Path", venv: "Path", extras: "list[str]") -> "None":
    """Say, as the last step and in one go, that the installation is whole."""
    fresh = venv / f"{STAMP}.new"
    fresh.write_text(json.dumps({"fingerprint": fingerprint(root), "extras": extras}) + "\n", encoding="utf-8")
    fresh.replace(venv / STAMP)
    (venv / UNFINISHED).unlink()


def state_of(root: "Path", extras: "tuple[str, ...]") -> "str":
    """Return the state of .venv: absent, foreign (not ours), broken, changed (other files or extras) or ready."""
    venv = root / ".venv"
    if not os.path.lexists(str(venv)) or (venv.is_dir() and not any(venv.iterdir())):
        return "absent"
    if not (venv / MARKER).is_file():
        return "foreign"
    stamp = read_stamp(venv)
    if not stamp or (venv / UNFINISHED).exists() or not works(root):
        return "broken"
    same = stamp.get("fingerprint") == fingerprint(root) and set(extras) <= set(stamp.get("extras", ()))
    return "ready" if same else "changed"


def works(root: "Path") -> "bool":
    """Return whether the environment's Python runs and finds this folder's package and the main parts."""
    command = [str(venv_python(root / ".venv", os.name == "nt")), "-I", "-c", PROBE, str(root)]
    try:
        return not subprocess.call([*command, "jupyterlab", "ipywidgets", "anywidget"], stderr=subprocess.DEVNULL)
    except OSError:
        return False


# --- doing it ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one(root: "Path") -> "Iterator[None]":
    """Let one start at a time set up this folder: people double-click twice. A crash frees the lock."""
    name = hashlib.sha256(os.fsencode(f"{root}\0{Path.home()}")).hexdigest()[:12]
    with (Path(tempfile.gettempdir()) / f"alliance-start-{name}").open("a+") as handle:
        for turn in itertools.count():
            if lock(handle.fileno()):
                break
            if turn == 0:
                print("Another start is setting up this folder; waiting for it.", flush=True)
            time.sleep(0.5)
        yield


def lock(descriptor: "int") -> "bool":
    """Return whether the lock on an open file could be taken."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def run_quietly(command: "list[str]", root: "Path", environ: "dict[str, str]") -> "tuple[int, str]":
    """Run a command from the workbook's folder, a dot per part as a sign of life; return its exit code and output."""
    lines = []
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}  # type: Any
    with subprocess.Popen(command, cwd=str(root), env=environ, encoding="utf-8", errors="replace", **options) as child:
        for line in child.stdout or ():
            lines.append(line)
            if line.startswith(("Collecting", "Installing", "Saved")):
                print(".", end="", flush=True)
    if len(lines) > 1:
        print()
    return child.returncode, "".join(lines)


def run_venv(root: "Path", *words: "str") -> "int":
    """Run a module with the environment's Python, hand on the person's Ctrl-C, and return its exit code."""
    command = [str(venv_python(root / ".venv", os.name == "nt")), "-m", *words]
    folder = str(root) if words[0] == "pytest" else None
    with subprocess.Popen(command, cwd=folder, env=child_environment(dict(os.environ))) as child:
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the child was told as well, and closes itself
                continue


def check_place(root: "Path", anyway: "bool") -> "None":
    """Stop with a sentence when this folder cannot or should not hold an installation."""
    try:
        with tempfile.TemporaryFile(dir=str(root)):
            pass
    except OSError as refusal:
        advice = "Copy the whole workbook folder to your home folder and start from there."
        raise Stop(f"Nothing can be written into {root} ({refusal.strerror}). {advice}") from None
    icloud_desktop = (Path.home() / "Library/Mobile Documents/com~apple~CloudDocs/Documents").exists()
    free_mb = shutil.disk_usage(str(root)).free // 1_000_000
    fault = folder_fault(root, synced_by(root, Path.home(), icloud_desktop), free_mb, os.name == "nt")
    if fault and not anyway:
        raise Stop(fault)


def make_venv(root: "Path") -> "None":
    """Make an empty .venv, with our marker in it before anything else."""
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        raise Stop(diagnose("ensurepip is not available"))
    print("Setting up (once; a few minutes, about 0.6 GB) ...", flush=True)
    venv = root / ".venv"
    venv.mkdir(exist_ok=True)
    (venv / MARKER).write_text("start.py made this folder and may remove it.\n", encoding="utf-8")
    python = getattr(sys, "_base_executable", "") or sys.executable  # run from a venv, ours would depend on that one
    code, output = run_quietly([python, "-m", "venv", str(venv)], root, child_environment(dict(os.environ)))
    if code:
        raise Stop(diagnose(output))


def remove(venv: "Path") -> "None":
    """Remove a .venv of ours, its marker last: stopped on the way, the rest is still known as ours."""
    for part in venv.iterdir():
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(str(part))
        elif part.name != MARKER:
            part.unlink()
    shutil.rmtree(str(venv))


def install(root: "Path", wheels: "str", extras: "list[str]") -> "None":
    """Run pip, keep its report, and stamp the environment when all parts are there and work."""
    venv, packed_for = root / ".venv", ""
    if wheels:
        note = Path(wheels) / "packed-for.txt"
        packed_for = note.read_text(encoding="utf-8").strip() if note.is_file() else "unknown computers"
    was_whole = bool(read_stamp(venv))
    (venv / UNFINISHED).touch()
    command = pip_command(venv_python(venv, os.name == "nt"), "install", "-e", target(tuple(extras)))
    code, output = run_quietly(command, root, child_environment(dict(os.environ), wheels))
    if code and was_whole and "Installing collected packages" not in output:
        (venv / UNFINISHED).unlink()  # pip stopped before it touched anything: the older installation is whole
    with contextlib.suppress(OSError):  # on a full disk the sentence matters more than the report
        (venv / "install.log").write_text(output, encoding="utf-8")
    if code:
        raise Stop(f"{diagnose(output, packed_for)}\nThe full report: {venv / 'install.log'}")
    if not works(root):
        raise Stop(f"All parts were installed but do not work. Remove the folder {venv} and start again.")
    write_stamp(root, venv, extras)


def prepare(root: "Path", request: "Request") -> "bool":
    """Make, mend or update .venv when that is needed; return whether anything was done."""
    venv = root / ".venv"
    if state_of(root, request.extras) == "ready":
        return False
    if request.wheels and not Path(request.wheels).is_dir():
        raise Stop(f"There is no folder {request.wheels!r}. Say where the folder made by 'start.py pack' is.")
    with only_one(root):
        state = state_of(root, request.extras)  # again: another start may have done it while we waited
        if state == "ready":
            return False
        if state == "foreign":
            raise Stop(f"{venv} was not made by start.py and is left alone. Move or rename it, then start again.")
        check_place(root, request.anyway or state == "changed")
        if state == "broken":
            print("The last set-up did not finish, or was damaged or moved; it is made anew.", flush=True)
            remove(venv)
        if state == "changed":
            print("Bringing the installed parts up to date ...", flush=True)
        else:
            make_venv(root)
        install(root, request.wheels, sorted({*request.extras, *read_stamp(venv).get("extras", ())}))
    return True


def check(root: "Path", request: "Request") -> "int":
    """Print one line: "ready for class", or what is missing. Changes nothing."""
    state = state_of(root, request.extras)
    if state == "ready":
        return run_venv(root, "alliance_kit", "check", *request.rest)
    found = {
        "absent": "nothing is installed yet",
        "foreign": "the folder .venv was not made by start.py",
        "changed": "the workbook's files are newer than what is installed",
        "broken": "the last set-up did not finish, or was damaged or moved",
    }
    print(f"Not ready: {found[state]}. Run: python3 start.py")
    return 1


def pack(root: "Path", request: "Request") -> "int":
    """Fill a folder with the wheels that `--wheels` installs from, for computers like this one."""
    import tomllib

    folder = Path(request.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    python = venv_python(root / ".venv", os.name == "nt")
    build = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    print(f"Gathering the parts in {folder} ...", flush=True)
    command = pip_command(python, "wheel", "-w", str(folder), target(request.extras), *build, HATCHLING_EXTRA)
    code, output = run_quietly(command, root, child_environment(dict(os.environ), request.wheels))
    if code:
        raise Stop(diagnose(output))
    for own in folder.glob("alliance_kit-*.whl"):  # made on the way; --wheels installs the workbook's folder itself
        own.unlink()
    version = subprocess.check_output([str(python), "-V"], universal_newlines=True).strip().rpartition(".")[0]
    packed_for = f"{version}, {platform.system()} {platform.machine()}"
    (folder / "packed-for.txt").write_text(packed_for + "\n", encoding="utf-8")
    sizes = [wheel.stat().st_size for wheel in folder.glob("*.whl")]
    print(f"{len(sizes)} parts, {sum(sizes) // 1_000_000} MB, for {packed_for}. Use: python3 start.py --wheels FOLDER")
    return 0


def run(root: "Path", argv: "list[str]") -> "int":
    """Do what was asked and return the exit code."""
    if {"-h", "--help"} & set(argv) and argv[0] not in CLASS_COMMANDS:
        print(__doc__)
        return 0
    request = parse(argv)
    if request.command == "check":
        return check(root, request)
    try:
        fresh = prepare(root, request)
    except Stop as stop:
        if request.command != "open" or state_of(root, ()) != "changed":
            raise
        print(f"{stop}\nOpening with the parts that are here.", flush=True)
        fresh = True
    handed_on = {name: ("alliance_kit", name) for name in CLASS_COMMANDS}  # type: dict[str, tuple[str, ...]]
    handed_on.update(test=("pytest",), demo=("alliance_kit", "demo", str(root / "demo")))
    if request.command in handed_on:
        return run_venv(root, *handed_on[request.command], *request.rest)
    if request.command == "pack":
        return pack(root, request)
    if fresh:
        run_venv(root, "alliance_kit", "check")  # told, not stopped by: opening says itself what it cannot do without
    return run_venv(root, "alliance_kit", "open", *request.rest)  # it prints the address where there is no display


def main(argv: "list[str]") -> "int":
    """Run, with a sentence instead of a traceback for whatever stops it."""
    sentence, code = python_fault(sys.version_info[:3], 64 if sys.maxsize > 2**32 else 32), 1
    try:
        if not sentence:
            return run(Path(__file__).resolve().parent, argv)
    except Stop as stop:
        sentence = str(stop)
    except OSError as fault:
        sentence = f"{diagnose(str(fault))} [{fault}]"
    except KeyboardInterrupt:
        sentence, code = "\nStopped. Start again whenever you like; nothing is lost.", 130
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
