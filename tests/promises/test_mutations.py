"""Each of twelve known faults makes a test of another folder fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from .mutations import MUTATIONS, ROOT, apply, check

pytestmark = pytest.mark.once
FOLDER = Path(__file__).parent


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_known_fault_makes_a_test_fail(mutation):
    failed, why = check(mutation)
    assert failed, why


def test_there_are_twelve_faults_and_each_is_seen_by_tests_of_other_folders():
    assert len({mutation.name for mutation in MUTATIONS}) == 12
    for mutation in MUTATIONS:
        file = ROOT / mutation.tests[0].partition("::")[0]
        assert file.is_file()
        assert FOLDER not in file.parents


def test_list_prints_each_fault_and_its_tests(tmp_path):
    done = subprocess.run(
        [sys.executable, FOLDER / "mutations.py", "--list"], capture_output=True, text=True, check=True
    )
    for mutation in MUTATIONS:
        assert f"{mutation.name}\n" in done.stdout
        assert " ".join(mutation.tests) in done.stdout


def test_a_fault_whose_code_has_changed_is_reported(tmp_path):
    (tmp_path / "assume" / "store").mkdir(parents=True)
    (tmp_path / "assume" / "store" / "system_lock.py").write_text("something else")
    (no_lock,) = (mutation for mutation in MUTATIONS if mutation.name == "no lock")
    with pytest.raises(SystemExit, match=r"no lock: assume/store/system_lock\.py holds 0 times"):
        apply(no_lock, tmp_path)
