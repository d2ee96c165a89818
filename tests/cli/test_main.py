"""What holds for every command: help is instant, and each ending has its exit code and one line."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import stbir as package
from stbir import cli
from stbir.cli import main, wording

HEAVY = ("torch", "transformers", "numpy", "cv2", "PIL", "pydantic")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["search", "--help"], ["data", "draw", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = f"import sys; from stbir.cli import main; main({arguments}); print([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stderr == ""


def test_help_names_every_verb(stbir) -> None:
    said = stbir("--help")
    assert said.code == 0
    assert all(verb in said.out for verb in cli.VERBS)


def test_version(stbir) -> None:
    said = stbir("--version")
    assert (said.code, said.out.strip()) == (0, f"stbir {package.__version__}")


def test_methods_are_listed_with_what_they_do(stbir) -> None:
    said = stbir("methods")
    assert said.code == 0
    (line,) = [line for line in said.out.splitlines() if line.startswith("late_fusion")]
    assert len(line.split()) > 4


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """Make `stbir methods` end with an error."""

    def arm(error: BaseException) -> None:
        def run(options: object) -> int:
            raise error

        verb = ModuleType("stbir.cli.methods")
        verb.define, verb.run = (lambda parser: None), run
        monkeypatch.setitem(cli.VERBS, "methods", verb)

    return arm


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "stbir: interrupted\n"),
        (
            ValueError("of\nours"),
            1,
            "stbir: internal error: ValueError: of ours; run again with --debug for the traceback\n",
        ),
        (package.StbirError("two\nlines"), 2, "stbir: two lines\n"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/disk/x"),
            2,
            "stbir: no space left on the disk for /disk/x; free some, or write to another one\n",
        ),
        (
            RuntimeError("I/O error: No space left on device (os error 28)"),
            2,
            "stbir: no space left on the disk; free some, or write to another one\n",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/locked/x"),
            2,
            "stbir: no permission to use /locked/x; change its permissions, or give another place\n",
        ),
        (OSError(errno.EROFS, "Read-only file system", "/cd/x"), 2, "stbir: cannot use /cd/x: Read-only file system\n"),
        (BrokenPipeError(), 0, ""),
    ],
    ids=["interrupt", "ours", "theirs", "full", "full-elsewhere", "forbidden", "read-only", "pipe"],
)
def test_endings(stbir, failing, error: BaseException, code: int, line: str) -> None:
    failing(error)
    said = stbir("methods")
    assert (said.code, said.err, said.out) == (code, line, "")


def test_debug_shows_the_traceback(stbir, failing) -> None:
    failing(ValueError("of ours"))
    for arguments in (["--debug", "methods"], ["methods", "--debug"]):
        said = stbir(*arguments)
        assert said.code == 1
        assert "Traceback" in said.err
        assert said.err.splitlines()[-1] == "stbir: internal error: ValueError: of ours"


def test_warnings_of_libraries_stay_away(stbir, monkeypatch: pytest.MonkeyPatch) -> None:
    import warnings

    def run(options: object) -> int:
        warnings.warn("soon deprecated", FutureWarning, stacklevel=1)
        return 0

    verb = ModuleType("stbir.cli.methods")
    verb.define, verb.run = (lambda parser: None), run
    monkeypatch.setitem(cli.VERBS, "methods", verb)
    assert (stbir("methods").code, stbir("methods").err) == (0, "")


def test_the_hub_client_retries_in_silence() -> None:
    lines = [
        "import sys",
        "from stbir.cli import main",
        "main(['methods'])",
        "from huggingface_hub.utils import logging",
        "logging.get_logger('huggingface_hub.http').warning('Retrying in 1s')",
    ]
    environment = {key: value for key, value in os.environ.items() if key != "HF_HUB_VERBOSITY"}
    options = {"capture_output": True, "text": True, "check": True, "env": environment}
    assert subprocess.run([sys.executable, "-c", "\n".join(lines)], **options).stderr == ""


def test_a_reader_that_leaves_is_no_error() -> None:
    code = "from stbir.cli import main; import sys; sys.exit(main(['methods']))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_output_that_is_closed_is_no_error(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert cli.main(["methods"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_behind_the_output() -> None:
    code = "from stbir.cli import main; import sys; sys.exit(main(['methods']))"
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["stbir: no space left on the disk; free some, or write to another one"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no command given"),
        (["serach", "x"], "did you mean 'search'?"),
        (["search"], "the following arguments are required: GALLERY|PHOTOS"),
        (["search", "x", "--skech", "y"], "unrecognized arguments: --skech y"),
        (["search", "x", "--text"], "expected one argument"),
        (["search", "x", "--text", "a", "--json", "--paths-only"], "not allowed with"),
        (["data"], "the following arguments are required: ACTION"),
        (["data", "paint"], "invalid choice: 'paint'"),
        (["data", "draw", "--to", "x", "--count", "many"], "invalid int value"),
        (["data", "draw", "--to", "x", "--count", "0"], "count is 0"),
        (["data", "draw", "--to", "x", "--size", "1000000"], "1000000"),
        (["data", "draw", "--to", "x", "--seed", "-1"], "--seed must be at least 0, got -1"),
        (["data", "draw", "--to", "x", "--families", ","], "names no family"),
        (["data", "draw", "--to", "x", "--families", "no-such-family"], "no-such-family"),
        (["evaluate", "tiny", "t.csv", "--within", "colour"], "invalid choice: 'colour'"),
        (["evaluate", "tiny", "t.csv", "--seed", "-1"], "--seed must be at least 0, got -1"),
    ],
)
def test_usage_errors_are_one_line(stbir, arguments: list[str], says: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = stbir(*arguments)
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert line.startswith("stbir: ")
    assert says in line
    assert not list(tmp_path.iterdir())


def test_names_that_are_no_unicode_are_printed() -> None:
    code = "from stbir.cli import main, _print_any_name; _print_any_name(); print('a\\udcff.png')"
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True, check=True)
    assert done.stdout == b"a\xff.png\n"
    assert json.loads(wording.as_json(["a\udcff.png"])) == ["a\udcff.png"]
    assert main(["--version"]) == 0
