from __future__ import annotations

from coverage import CoverageData

from tests.linux.uncalled import uncalled


def test_a_function_that_no_test_calls_is_listed(tmp_path):
    """Only what has run counts; what is private, or does nothing, need not."""
    path = tmp_path / "header.py"
    path.write_text(
        'def called():\n    """Do."""\n    return 1\ndef mentioned():\n    return called()\n'
        'def _private():\n    return 2\ndef empty():\n    """Do nothing."""\n'
    )
    data = CoverageData(no_disk=True)
    data.add_lines({str(path): [1, 3, 4, 6]})

    assert ["header.py: mentioned"] == uncalled(data, tmp_path)
