"""Dagster's code servers: one for each location of workspace.yaml.

Belongs here: their sockets, and the workspace file that names them. The webserver and
the daemon share them. Without shared servers, each of the two starts its own, and the
daemon restarts its servers every minute, which costs seconds and can time out runs.
"""

from pathlib import Path
from typing import Any

import yaml

from trueup.paths import PROJECT_ROOT


def code_locations() -> dict[str, str]:
    """The module of each code location, by its name."""
    workspace = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text())
    modules = [entry["python_module"] for entry in workspace["load_from"]]
    return {module["location_name"]: module["module_name"] for module in modules}


def served_locations(folder: Path) -> dict[str, tuple[str, Path]]:
    """The module and the socket in `folder` of each code location, by its name."""
    return {
        name: (module, _socket(folder, name))
        for name, module in code_locations().items()
    }


def write_workspace(folder: Path) -> Path:
    """Writes the workspace file that names these servers, and removes old sockets."""
    entries: list[dict[str, Any]] = []
    for name in code_locations():
        socket = _socket(folder, name)
        socket.unlink(missing_ok=True)
        server = {"socket": str(socket), "location_name": name}
        entries.append({"grpc_server": server})
    path = folder / "workspace.yaml"
    path.write_text(yaml.safe_dump({"load_from": entries}))
    return path


def _socket(folder: Path, name: str) -> Path:
    # Shorter than Postgres's own beside it: a path that is too long for a socket is
    # refused there first.
    return folder / f"{name}.sock"
