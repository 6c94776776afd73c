"""Run every benchmark of this folder, one after the other: `python -m bench [--quick] [name …]`.

A benchmark is a file here that can be run; each takes `--quick`, measures against something measured in the same run,
and ends with an error when a bound of its own is broken.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def benchmarks() -> list[Path]:
    """The files of this folder that can be run."""
    files = sorted(path for path in HERE.glob("*.py") if path.name != "__main__.py")
    return [path for path in files if 'if __name__ == "__main__":' in path.read_text()]


def main() -> int:
    known = [path.stem for path in benchmarks()]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=f"only these of {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="smaller and faster, for a first look")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(known)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    failed = []
    for name in wanted.names or known:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, str(HERE / f"{name}.py"), *(["--quick"] if wanted.quick else [])]
        if subprocess.run(command, check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
