"""The pages are true: keys, variables, commands, shells, links, the README's examples and figures, the packages."""

import ast
import re
import shlex
from pathlib import Path

import pytest
import typer

from assume import arguments, verbs
from assume.cli.app import app
from assume.cli.install import init_path, word
from assume.shells import table
from assume.shells.rcfile import find

from .bench import page as performance

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
OUR_KEY = re.compile(r"assume_[a-z_]+|mfa_process|mfa_session|(transitive_)?session_tags|source_identity")
OUR_VARIABLE = re.compile(r"ASSUMED?_[A-Z_]+")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """The text under a heading, down to the next heading of its rank."""
    rank = title.partition(" ")[0]
    return text.partition(f"{title}\n")[2].partition(f"\n{rank} ")[0]


def first_cells(text: str) -> set[str]:
    """The words in backquotes at the start of each row of a table."""
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def words_of_the_code() -> set[str]:
    """Every text of the package that could be a key or a variable, but for the demo's."""
    found = set()
    for path in (ROOT / "assume").rglob("*.py"):
        if "demo" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {
                node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return found


def words_of_the_shells() -> set[str]:
    return set(re.findall(r"\b[A-Z_]+\b", "".join(path.read_text() for path in (ROOT / "shell").iterdir())))


def test_every_key_of_ours_is_in_the_table_and_no_other():
    not_keys = {"assume_role", "assume_role_with_web_identity"}  # calls of STS
    ours = {word for word in words_of_the_code() if OUR_KEY.fullmatch(word)} - not_keys
    assert first_cells(section(read("docs/config.md"), "## In a profile")) == ours


def test_every_variable_of_ours_is_in_a_table_and_no_other():
    page = read("docs/config.md")
    told = first_cells(section(page, "## Variables that control assume")) | first_cells(
        section(page, "## Variables that we set")
    )
    assert told == {word for word in words_of_the_code() | words_of_the_shells() if OUR_VARIABLE.fullmatch(word)}


def test_the_variables_that_we_set_are_those_of_the_environment():
    from assume.shells import environment

    text = ast.unparse(ast.parse(Path(environment.__file__).read_text(encoding="utf-8")))
    for name in first_cells(section(read("docs/config.md"), "## Variables that we set")):
        assert name in text, name


def commands_of_the_readme() -> set[str]:
    rows = re.findall(r"^\| `assume ([^` ]+)", section(read("README.md"), "## Commands"), re.MULTILINE)
    return {row for row in rows if row not in ("PROFILE", "-")}


def test_the_readme_has_every_command_that_help_shows_and_no_other():
    shown = {name for name, command in vars(typer.main.get_command(app))["commands"].items() if not command.hidden}
    assert commands_of_the_readme() | {"use"} == shown


def test_what_the_shells_run_without_capturing_covers_the_commands():
    assert commands_of_the_readme() - {"off"} <= set(verbs.COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)#]+)\)", prose):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def typed_lines() -> list[str]:
    """What the README types after a prompt, or as a line of its own, that begins with `assume`."""
    text = "\n".join(re.findall(r"```console\n(.*?)```", read("README.md"), re.DOTALL))
    return re.findall(r"^(?:\[[^\]]*\] )?\$ (assume .*)$", text, re.MULTILINE)


def test_the_examples_of_the_readme_are_lines_that_we_understand():
    lines = typed_lines()
    assert len(lines) > 4
    for line in lines:
        words = shlex.split(line.partition(" > ")[0])[1:]
        verb = words.pop(0) if words[0] in verbs.SHOWN else "use"
        options = arguments.read(words, verb)
        assert options is not None, line
        assert verb == "off" or options.profile, line


@pytest.mark.parametrize("name", table.SHELLS)
def test_each_shell_has_its_row_and_its_section_and_they_are_true(name, home):
    page = read("docs/shells.md")
    row = next(line for line in page.splitlines() if line.startswith(f"| {name} | "))
    shell = table.SHELLS[name]
    assert f"`{word(shell, init_path(shell, str(home), {}), str(home)).strip(chr(34)).replace('$HOME', '~')}`" in row
    rc = find(shell, str(home), {}).replace(str(home), "~").replace("\\", "/")
    assert f"`{'$PROFILE' if name == 'powershell' else rc}`" in row
    line = re.search(r"```\w+\n(.*)\n```", section(page, f"### {name}"))
    assert line is not None
    assert f"assume init {name}" in line[1]


def figure(row: str) -> float:
    """The figure in the row of docs/performance.md that begins with `row`."""
    line = next(line for line in read("docs/performance.md").splitlines() if line.startswith(f"| {row} | "))
    return float(line.split(" | ")[1].split()[0])


def test_the_figures_of_the_readme_are_about_those_of_the_page_on_performance():
    text = " ".join(section(read("README.md"), "# assume").split())
    told = re.search(
        r"a switch takes ([\d.]+) ms, .* awsume takes (\d+) times as long, `aws sts [a-z-]+` (\d+) times", text
    )
    assert told is not None
    line = next(line for line in read("docs/performance.md").splitlines() if line.startswith("| warm: assume | "))
    took_ms = float(line.rpartition(" | ")[2].partition(" ms")[0])
    ours = figure("warm: assume")
    others = [figure("warm: awsume") / ours, figure("warm: aws sts get-caller-identity") / ours]
    assert [float(word) for word in told.groups()] == pytest.approx([took_ms, *others], rel=0.25)
    assert figure("warm switch, the process") == pytest.approx(1, abs=0.15), "about as long as Python takes to start"


def test_the_figures_of_the_readme_are_in_the_page_on_reliability():
    text, page = " ".join(section(read("README.md"), "# assume").split()), read("docs/reliability.md")
    for in_readme, in_page in (
        ("200 terminals that need the same role at once: 1 question for a code, 1 call", "| 200 terminals at once, "),
        ("all of them succeed", "| 1 question, 1 call, 1 identity, all succeed; "),
        ("Killed 500 times at any instant", "| Killed at any instant | 500 times, "),
        ("no corrupt file", " | 0 corrupt reads, "),
        (
            "100,000 values in each of the four shells",
            "| 100,000 values in each of bash, zsh, fish, PowerShell | 0 commands",
        ),
    ):
        assert in_readme in text
        assert in_page in page


def test_the_page_on_performance_is_as_the_bench_writes_it():
    text = read("docs/performance.md")
    assert text.startswith(performance.HEAD.partition(" {runs}")[0])
    assert text.endswith(performance.REPEAT)
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        *performance.TITLES.values(),
        "To repeat it",
    ]


def test_the_page_on_architecture_has_a_row_for_each_package():
    rows = first_cells(section(read("docs/architecture.md"), "## The packages of `assume/`"))
    packages = {f"{path.parent.name}/" for path in (ROOT / "assume").glob("*/__init__.py")}
    assert packages <= rows


def test_the_pictures_are_svg_of_each_shell_and_of_each_scene_and_each_is_shown():
    pictures = {
        **dict.fromkeys(table.SHELLS, "$assumemarketingadmin"),
        "picker": "9of18Entertakesit,Escleaves",
        "list": "$assumelistprofilecredentialsfromaccountroleregionMFAcacheduntil",
        "explain": "hop2,landing:STSrefusedrole/landing",
        "error": "didyoumean:marketingadmin?",
    }
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    shown = set(re.findall(r"\]\((?:docs/)?img/([^)]+)\.svg\)", pages))
    assert shown - {"performance"} == {*pictures}
    for name, text in pictures.items():
        picture = read(f"docs/img/{name}.svg")
        assert picture.startswith("<svg ")
        assert text in re.sub(r"<[^>]*>|\s", "", picture)
