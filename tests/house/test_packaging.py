"""What is installed is what was written: the four floors with their data, on pinned and hashed libraries."""

import re
import tomllib
from typing import Any

import pytest

from tests.house.tree import FLOORS, ROOT, walk

PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)", re.MULTILINE)
LOCKS = ("requirements-build.lock", "requirements.lock", "requirements-test.lock")
# Endings that are data and belong below a package; Python finds its own.
DATA = {".html", ".css", ".js", ".svg", ".sql", ".mako", ".po", ".mo", ".woff2", ".txt"}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(lock: str) -> dict[str, str]:
    return dict(PINNED.findall(lock))


def without_hash(lock: str) -> list[str]:
    """Requirements that pip would refuse under --require-hashes."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", lock)[1:]
    return [
        entry.split("==")[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)
    ]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


def text(lock: str) -> str:
    return (ROOT / lock).read_text()


def test_the_wheel_holds_exactly_the_four_floors() -> None:
    assert set(project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(FLOORS)


def test_every_folder_of_a_floor_with_code_is_a_package() -> None:
    folders = {path.parent for floor in FLOORS for path in walk(ROOT / floor) if path.suffix == ".py"}
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").is_file()]


def test_templates_scripts_and_migrations_lie_inside_the_packages() -> None:
    data = [path for floor in FLOORS for path in walk(ROOT / floor) if path.suffix in DATA]
    assert {"web/pages", "web/static", "threads/sql"} <= {
        "/".join(path.relative_to(ROOT).parts[:2]) for path in data
    }
    assert list((ROOT / "threads" / "migrations" / "versions").glob("v*.py"))
    # Hatchling leaves out what .gitignore names: a template in a folder called `dist` would be missing.
    build = project()["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert not {"exclude", "include", "only-include"} & build.keys()


def test_the_shipped_compose_file_keeps_the_master_key_away_from_the_database() -> None:
    lines = [line.strip() for line in (ROOT / "deploy" / "compose.yaml").read_text().splitlines()]
    (key,) = [line.partition(": ")[2] for line in lines if line.startswith("QUIETLINE_MASTER_KEY_FILE: ")]
    mounted = dict(
        line.removeprefix("- ").split(":")[::-1] for line in lines if line.startswith(("- data:", "- key:"))
    )
    (volume,) = [name for place, name in mounted.items() if key.startswith(f"{place}/")]
    assert mounted["/var/lib/quietline"] == "data"
    assert volume != "data"


def test_the_command_is_installed() -> None:
    assert project()["project"]["scripts"] == {"quietline": "web.cli:main"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_library_has_its_hashes_and_names_no_host(lock: str) -> None:
    assert pins(text(lock))
    assert not without_hash(text(lock))
    assert "://" not in text(lock)
    assert "index-url" not in text(lock)


def test_the_locks_hold_what_the_project_asks_for() -> None:
    asked = project()["project"]
    assert names(asked["dependencies"]) <= pins(text("requirements.lock")).keys()
    assert names(asked["optional-dependencies"]["test"]) <= pins(text("requirements-test.lock")).keys()
    assert names(project()["build-system"]["requires"]) <= pins(text("requirements-build.lock")).keys()


def test_the_tests_run_on_the_versions_that_serve() -> None:
    build, serving, testing = (pins(text(lock)) for lock in LOCKS)
    assert serving.items() <= testing.items()
    assert not [name for name in build.keys() & testing.keys() if build[name] != testing[name]]


def test_a_library_without_a_hash_would_be_seen() -> None:
    good = f"anyio==4.16.0 \\\n    --hash=sha256:{'a' * 64}\n    # via starlette\n"
    assert without_hash(f"# Comment\n{good}idna==3.20\n{good}") == ["idna"]
    assert pins(f"{good}uvloop==0.23.0 ; sys_platform != 'win32' \\\n") == {
        "anyio": "4.16.0",
        "uvloop": "0.23.0",
    }
