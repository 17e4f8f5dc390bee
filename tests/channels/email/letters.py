"""The sample letters our tests read; all of them invented."""

import os
from pathlib import Path

HERE = Path(__file__).resolve()
FOLDER = HERE.parents[2] / "letters"
CORPORA = Path(os.environ.get("QUIETLINE_CORPORA") or HERE.parents[4] / "shared" / "corpora")
NO_CORPORA = "needs the mail corpora: set QUIETLINE_CORPORA to their folder"


def letter(name: str) -> bytes:
    """Read a sample with the line ends it would have on the wire."""
    return (FOLDER / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def all_letters() -> list[bytes]:
    """Read every sample, in order of name."""
    return [letter(path.stem) for path in sorted(FOLDER.glob("*.eml"))]


def corpus_files() -> list[Path]:
    """List every mail of the corpora, or nothing where they are absent."""
    plain = (".json", ".bin", ".py", ".yml", ".md")
    return [path for path in sorted(CORPORA.rglob("*")) if path.is_file() and path.suffix not in plain]
