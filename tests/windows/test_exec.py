"""`exec` on Windows: a process cannot become another program there, so the command is started and waited for."""

import pytest


def test_arguments_arrive_unchanged(desk):
    words = ["two words", "", 'a "quote"', "ends in \\", 'both \\"', "%PATH%", "*.txt", "--", "-x:y", "größe"]
    seen, variables = desk.shown("marketingadmin", "--", "show", *words)
    assert seen == words
    assert variables["ASSUME_PROFILE"] == "marketingadmin"
    assert variables["AWS_REGION"] == "us-west-2"
    assert variables["SYSTEMROOT"] == "C:\\Windows"


def test_a_variable_that_exists_in_another_case_is_set_once(desk):
    _, variables = desk.shown("marketingadmin", "show", environment=desk.environment | {"aws_region": "eu-west-3"})
    assert [name for name in variables if name.upper() == "AWS_REGION"] == ["AWS_REGION"]
    assert variables["AWS_REGION"] == "us-west-2"


@pytest.mark.parametrize("status", [0, 3, 130])
def test_the_exit_status_is_the_commands_own(desk, status):
    desk.program("ends", "import sys; sys.exit(int(sys.argv[1]))")
    assert desk.run("exec", "--state", "", "marketingadmin", "ends", str(status)).status == status


def test_ctrl_c_goes_to_the_command_which_may_ignore_it(desk):
    desk.program(
        "lives",
        "import signal, sys\n"
        "def heard(*_): sys.exit(7)\n"
        "signal.signal(signal.SIGINT, heard)\n"
        "sys.stderr.write('ready\\n')\n"
        "while True: signal.pause()\n",
    )
    running = desk.start("exec", "--state", "", "marketingadmin", "lives", terminal=True)
    running.wait_for("ready")
    running.type("\x03")
    done = running.end()
    assert done.status == 7, done.said
    assert "Traceback" not in done.said


def test_a_command_ended_by_ctrl_c_has_the_status_of_windows(desk):
    """0xC000013A, a negative number as a signed 32-bit status."""
    desk.program("dies", "import posix, signal; signal.signal(2, signal.SIG_DFL); posix.kill(posix.getpid(), 2)")
    done = desk.run("exec", "--state", "", "marketingadmin", "dies")
    assert "fault" not in done.said
    assert done.status == 0xC000013A & 0xFF  # this system keeps the lowest 8 bits


@pytest.mark.parametrize(
    ("name", "status", "said"), [("nowhere", 127, "command not found"), ("text", 126, "cannot be run")]
)
def test_a_command_that_cannot_be_run_is_reported(desk, name, status, said):
    (desk.bin / "text.exe").write_text("no program")
    done = desk.run("exec", "--state", "", "marketingadmin", name)
    assert done.status == status
    assert said in done.said


def test_exec_without_a_profile_passes_on_the_role_of_the_shell(desk):
    shell, state = desk.with_role("marketingadmin", "--region", "eu-central-1")
    done = desk.run("exec", "--state", state, "-", "show", environment=shell)
    assert done.status == 0, done.said
    assert b'"AWS_REGION": "eu-central-1"' in done.out
    assert desk.calls() == ["AssumeRole"]


def test_a_program_in_the_current_folder_is_not_run(desk):
    """As in PowerShell: the folder may belong to anybody, and the program would get the role."""
    planted = desk.folder / "aws.exe"
    planted.write_text("#!/bin/sh\necho planted")
    planted.chmod(0o755)
    assert desk.run("exec", "--state", "", "marketingadmin", "aws").status == 127
    desk.program("aws", "print('the real one')")
    assert desk.run("exec", "--state", "", "marketingadmin", "aws").out == b"the real one\n"
    assert desk.run("exec", "--state", "", "marketingadmin", ".\\aws").out == b"planted\n"


@pytest.mark.parametrize("name", ["tool", "tool.exe", "Tool.EXE", "tool.v2"])
def test_a_program_is_found_with_and_without_its_extension(desk, name):
    for file in ("tool", "tool.v2"):
        desk.program(file, "print('found')")
    assert desk.run("exec", "--state", "", "marketingadmin", name).out == b"found\n"
