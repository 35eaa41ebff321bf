"""The repository works on anybody's machine: it names no index, no mirror and no folder of its author's machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Spelt in pieces, so that this file may be searched too.
INDEX_HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "unp" + "kg.com"]
SOMEBODYS_HOME = re.compile(r"(?<![\w.])/(?:ro" + r"ot|ho" + r"me/\w+|Us" + r"ers/\w+)/")


def _text_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name for name in listed.decode().split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:8_000]]


def test_constraints_name_versions_and_no_place_to_get_them_from() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.!+-]+|#(?!.*://).*", line)] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a git checkout to know which files are ours")
def test_no_file_names_a_package_index_or_a_folder_of_this_machine() -> None:
    found = {}
    for file in _text_files():
        text = file.read_text(errors="replace")
        named = [host for host in INDEX_HOSTS if host in text] + SOMEBODYS_HOME.findall(text)
        if str(ROOT) in text:
            named.append("the folder of this checkout")
        if named:
            found[file.relative_to(ROOT).as_posix()] = named
    assert found == {}
