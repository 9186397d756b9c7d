"""The command line: python tools/api [FOLDER]"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from api import HEADERS, MARK, ROOT, Missing, functions, lists, modules


def all_files() -> dict[str, str]:
    return functions.files() | modules.files() | lists.files()


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    try:
        files = all_files()
    except Missing as error:
        print(error, file=sys.stderr)
        return 1
    for path in (folder / HEADERS).rglob("*.h"):
        if MARK in path.read_text() and str(path.relative_to(folder)) not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
