"""The rooms import each other one way only: this reads every import and keeps it so.

A test reads the syntax tree, so that imports inside functions count as well.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "src" / "indforecast"

#: What each room may import of ours. Rooms in one bracket of the design do not see each other.
MAY_IMPORT: dict[str, set[str]] = {"domain": set()}
MAY_IMPORT["config"] = {"domain"}
MAY_IMPORT["reference"] = {"domain"}
_BASE = {"domain", "config", "reference"}
for _room in ("sources", "vintages", "models", "scenarios", "planning"):
    MAY_IMPORT[_room] = set(_BASE)
MAY_IMPORT["evaluation"] = _BASE | {"sources", "vintages", "models", "scenarios", "planning"}
MAY_IMPORT["forecasting"] = MAY_IMPORT["evaluation"] | {"evaluation"}
MAY_IMPORT["publication"] = MAY_IMPORT["forecasting"] | {"forecasting"}
MAY_IMPORT["service"] = _BASE | {"publication"}

#: Rooms that may open files other than packaged resources (``config`` also reads the user's TOML).
FILES_ALLOWED = {"sources", "vintages", "publication", "service", "config", "reference"}
#: Rooms that may ask for the time or the environment.
CLOCK_ALLOWED = {"service"}


def _modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def _imports(path: Path) -> set[str]:
    """Dotted names of everything a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)}: imports are absolute"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names} | {module}
    return found


def _room(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


LIBRARY_MODULES = [path for path in _modules(LIBRARY) if _room(path) in MAY_IMPORT]


@pytest.mark.parametrize("path", LIBRARY_MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_a_room_imports_only_rooms_below_it(path: Path) -> None:
    room = _room(path)
    ours = {name.split(".")[1] for name in _imports(path) if name.startswith("indforecast.")}
    known = ours & set(MAY_IMPORT)
    assert known - {room} <= MAY_IMPORT[room], (
        f"{room} must not import {sorted(known - {room} - MAY_IMPORT[room])}"
    )
    assert "cli" not in ours


@pytest.mark.parametrize("path", _modules(LIBRARY), ids=lambda path: str(path.relative_to(LIBRARY)))
def test_the_library_knows_neither_dagster_nor_great_expectations(path: Path) -> None:
    roots = {name.split(".")[0] for name in _imports(path)}
    if _room(path).startswith("cli"):
        roots -= {"pipelines"}
    assert not roots & {"dagster", "great_expectations", "assets", "pipelines", "expectations"}


def test_the_command_line_imports_pipelines_inside_functions_only() -> None:
    for path in LIBRARY.glob("cli*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                assert name.split(".")[0] not in {"pipelines", "assets", "expectations", "dagster", "pandas"}, (
                    f"{path.name} imports {name} at its top"
                )


@pytest.mark.parametrize("path", LIBRARY_MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_clock_and_environment_stay_outside_the_library(path: Path) -> None:
    if _room(path) in CLOCK_ALLOWED:
        pytest.skip("the service serves requests and may know the time")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            assert text not in {
                "date.today",
                "datetime.now",
                "datetime.utcnow",
                "time.time",
                "os.environ",
                "os.getenv",
                "pd.Timestamp.now",
                "pd.Timestamp.today",
            }, f"{path.relative_to(ROOT)}:{node.lineno} uses {text}"


@pytest.mark.parametrize(
    "path",
    [path for path in LIBRARY_MODULES if _room(path) not in FILES_ALLOWED],
    ids=lambda path: str(path.relative_to(LIBRARY)),
)
def test_files_are_opened_only_in_rooms_that_may(path: Path) -> None:
    forbidden_calls = {"open", "read_csv", "to_csv", "read_parquet", "to_parquet", "read_text", "write_text"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name not in forbidden_calls, f"{path.relative_to(ROOT)}:{node.lineno} calls {name}()"


@pytest.mark.parametrize("folder", ["assets", "pipelines", "expectations"])
def test_the_layers_on_top_keep_their_trade(folder: str) -> None:
    for path in _modules(ROOT / folder):
        roots = {name.split(".")[0] for name in _imports(path)}
        where = path.relative_to(ROOT)
        if folder == "expectations":
            assert not roots & {"dagster", "assets", "pipelines"}, f"{where}: no Dagster here"
        if folder == "assets":
            assert "pipelines" not in roots, f"{where}: assets do not know the wiring"
        if folder == "pipelines":
            assert not roots & {"pandas", "numpy", "xarray"}, f"{where}: no data frames here"
        if folder in {"assets", "pipelines"}:
            assert "from __future__ import annotations" not in path.read_text(encoding="utf-8"), (
                f"{where}: postponed annotations break dagster.Config parameters"
            )


@pytest.mark.parametrize(
    "path",
    [path for folder in ("src", "assets", "pipelines", "expectations") for path in _modules(ROOT / folder)],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_module_says_what_belongs_in_it(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{path.relative_to(ROOT)} has no docstring"
    assert path.stem not in {"utils", "helpers", "manager", "common", "misc"}
