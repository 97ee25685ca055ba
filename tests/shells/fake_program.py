"""A stand-in for the program: it answers as planned, so that a case can have any reply, status or signal.

In: the words that the shell functions call the program with, and the folder
ASSUME_FAKE_PLAN: `plan.json` maps a call ("use dev", else "use") to an answer. Out:
the answer, and one line of JSON per call in `calls`. An answer has any of

    changes  [[name, value or null], …]: rendered for the shell that asks
    state    what the reply sets __assume_state to
    done     the line that the function prints once the changes are made
    stdout   text, unchanged (verbs that are run, completion)
    stderr   text
    ask      a question put on /dev/tty, with the echo off; the right code is 123456
    status   the exit status (0)
    signal   dies of this signal, with half of the reply written
    input    repeat standard input on stdout
    candidates  [[value, description], …] for TAB: those that start with the last word
"""

import base64
import json
import os
import sys
import termios

CODE = "123456"


def main():
    folder = os.environ["ASSUME_FAKE_PLAN"]
    words = sys.argv[1:]
    verb, options, rest = parse(words)
    with open(os.path.join(folder, "calls"), "a", encoding="utf-8", errors="surrogateescape") as calls:
        calls.write(json.dumps({"words": words, "terminal": os.isatty(1)}) + "\n")
    with open(os.path.join(folder, "plan.json"), encoding="utf-8") as plan_file:
        plan = json.load(plan_file)
    name = next((word for word in rest if not word.startswith("-")), "-" if "-" in rest else "")
    answer = plan.get(f"{verb} {name}", plan.get(verb))
    if answer is None:
        sys.stderr.write(f"assume: {name}: there is no such profile\n  assume list\n")
        return 1
    return give(answer, options, words[-1] if words else "")


def parse(words):
    """The verb, the function's own options and the words of the user."""
    verb, rest, options = (words[0] if words else ""), words[1:], {}
    while len(rest) > 1 and rest[0] in ("--shell", "--state"):
        options[rest[0][2:]] = rest[1]
        rest = rest[2:]
    return verb, options, rest


def give(answer, options, last):
    out = answer.get("stdout", "")
    for value, description in answer.get("candidates", []):
        out += f"{value}\t{description}\n" if value.startswith(last) else ""
    if "ask" in answer and (status := ask(answer["ask"])):
        return status
    if answer.get("input"):
        out += sys.stdin.read()
    sys.stderr.write(answer.get("stderr", ""))
    sys.stderr.flush()
    if "changes" in answer or "state" in answer:
        out += reply(options["shell"], answer.get("changes", []), answer.get("state"), answer.get("done"))
    written = out.encode("utf-8", "surrogateescape")
    if "signal" in answer:
        os.write(1, written[: len(written) // 2])
        os.kill(os.getpid(), answer["signal"])
    while written:
        written = written[os.write(1, written) :]
    return answer.get("status", 0)


def ask(question):
    """Asks a question on the terminal itself. Returns 0 for the right code, else the exit status."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        sys.stderr.write("assume: this needs an MFA code, and there is no terminal to ask at\n  --mfa-code -\n")
        return 1
    before = termios.tcgetattr(terminal)
    quiet = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    try:
        termios.tcsetattr(terminal, termios.TCSANOW, quiet)
        os.write(terminal, question.encode())
        given = b""
        while not given.endswith(b"\n"):
            given += os.read(terminal, 1024) or b"\n"
        os.write(terminal, b"\r\n")
    except KeyboardInterrupt:
        return 130
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
    if given.strip().decode() == CODE:
        return 0
    sys.stderr.write("assume: the MFA code was refused\n  wait for the next code\n")
    return 1


def reply(shell, changes, state, done):
    lines = []
    for name, value in changes:
        lines.append(unset_line(shell, name) if value is None else set_line(shell, name, value))
    if state is not None:
        lines.append(own_line(shell, "state", state))
    if done is not None:
        lines.append(own_line(shell, "done", done))
    return "".join(line + "\n" for line in lines)


def quoted(shell, value):
    if shell == "fish":
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + value.replace("'", "'\\''") + "'"


def in_base64(value):
    return base64.b64encode(value.encode("utf-8", "surrogateescape")).decode()


def set_line(shell, name, value):
    if shell == "powershell":
        return f"set {name} {in_base64(value)}"
    return (
        ("set -gx " if shell == "fish" else "\\builtin export ")
        + name
        + (" " if shell == "fish" else "=")
        + quoted(shell, value)
    )


def unset_line(shell, name):
    words = {"powershell": "unset ", "fish": "set -eg "}
    return words.get(shell, "\\builtin unset ") + name


def own_line(shell, name, value):
    if shell == "powershell":
        return f"{name} {in_base64(value)}"
    return (f"set -g __assume_{name} " if shell == "fish" else f"__assume_{name}=") + quoted(shell, value)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
