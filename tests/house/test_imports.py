"""Four floors, one direction: the contracts of pyproject.toml hold, and they would notice if they did not."""

import functools
import sys

import grimp
from importlinter.api import read_configuration
from importlinter.application.use_cases import lint_imports

from tests.house.tree import FLOORS, ROOT

# Where the parts are joined. Everyone else on the top floor reaches memory through messaging's acts.
COMPOSERS = ("web.house", "web.cli", "web.demo")
# What messaging may use beyond the standard library: computation only.
COMPUTES = {"argon2", "cryptography"}


@functools.cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*FLOORS, include_external_packages=True, cache_dir=None)


def composes(module: str) -> bool:
    """`web.cli` composes, and so do `web.cli_keys` and `web.cli.keys`; `web.client` does not."""
    return any(module == name or module.startswith((f"{name}.", f"{name}_")) for name in COMPOSERS)


def illegal_joins(imports: grimp.ImportGraph) -> set[tuple[str, str]]:
    """Who of the other floors imports `threads` without being a composer."""
    memory = {"threads", *imports.find_descendants("threads")}
    return {
        (importer, module)
        for module in memory
        for importer in imports.find_modules_that_directly_import(module)
        if importer not in memory and not composes(importer)
    }


def foreign_to_messaging(imports: grimp.ImportGraph) -> set[tuple[str, str]]:
    ours = {"messaging", *imports.find_descendants("messaging")}
    allowed = ours | COMPUTES | sys.stdlib_module_names
    return {
        (module, imported)
        for module in ours
        for imported in imports.find_modules_directly_imported_by(module)
        if imported not in allowed
    }


def test_every_contract_between_the_floors_is_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None), (
        "see the captured output"
    )


def test_no_contract_excuses_an_import() -> None:
    contracts = read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
    assert len(contracts) >= 8
    assert not [contract["id"] for contract in contracts if contract.get("ignore_imports")]


def test_only_the_house_the_command_line_and_the_demo_join_threads_to_the_rest() -> None:
    assert not illegal_joins(graph())


def test_messaging_uses_nothing_but_the_standard_library_argon2_and_cryptography() -> None:
    assert not foreign_to_messaging(graph())


def test_a_page_that_reaches_past_the_acts_would_be_seen() -> None:
    bad = grimp.ImportGraph()
    for module in ("threads", "threads.practice.people", "web.pages.staff.inbox", "web.house", "web.client"):
        bad.add_module(module)
    for importer in ("web.pages.staff.inbox", "web.house", "web.client"):
        bad.add_import(importer=importer, imported="threads.practice.people")
    assert illegal_joins(bad) == {
        ("web.pages.staff.inbox", "threads.practice.people"),
        ("web.client", "threads.practice.people"),
    }


def test_a_library_slipped_into_messaging_would_be_seen() -> None:
    bad = grimp.ImportGraph()
    for module in ("messaging", "messaging.ids"):
        bad.add_module(module)
    for module in ("hashlib", "cryptography", "msgspec"):
        bad.add_module(module, is_squashed=True)
        bad.add_import(importer="messaging.ids", imported=module)
    assert foreign_to_messaging(bad) == {("messaging.ids", "msgspec")}
