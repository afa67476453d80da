import platform
import re

from bench.machine import told


def test_the_interpreter_and_what_it_gets_done_on_one_core_and_on_all_stand_on_one_line() -> None:
    speed = r"[1-9]\d*,000 tasks a second on a core and [1-9]\d*,000 on [1-9]\d*"
    assert re.fullmatch(rf"\w+ {re.escape(platform.python_version())} ends {speed}, load \d+\.\d", told())
