"""The wheel: each app carries its own part of templates/, static/ and locale/, translations compiled."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        catalogs = load(root / "tools" / "catalogs.py")
        catalogs.compile_all()
        for label, app in catalogs.sources().items():
            inside = app.relative_to(root)
            for folder in ("templates", "static"):
                include(build_data, root / folder / label, inside / folder / label)
            include(build_data, root / "locale" / label, inside / "locale")


def load(path: Path) -> ModuleType:
    """A module by its path: the build does not put the repository on Python's path."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def include(build_data: dict[str, Any], source: Path, target: Path) -> None:
    if source.is_dir():
        build_data["force_include"][str(source)] = str(target)
