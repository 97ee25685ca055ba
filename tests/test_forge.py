"""The workflow and the forms on the forge: valid YAML, with the parts that they need."""

import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "test.yml"
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
FIELDS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_workflow_runs_every_target_on_each_system_and_python():
    job = read(WORKFLOW)["jobs"]["test"]
    matrix = job["strategy"]["matrix"]
    assert [name.partition("-")[0] for name in matrix["system"]] == ["ubuntu", "macos", "windows"]
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    assert matrix["python"] == [name.rpartition(" ")[2] for name in classifiers if ":: Python :: 3." in name]
    assert job["strategy"]["fail-fast"] is False
    targets = [word for step in job["steps"] for word in step.get("run", "").split() if "make" in step.get("run", "")]
    assert [word for word in targets if word != "make"] == ["test", "lint", "types"]


def test_the_workflow_may_only_read():
    assert read(WORKFLOW)["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_the_fields_that_the_forge_needs_and_warns_of_credentials(path):
    form = read(path)
    assert form["name"] and form["description"]
    body = form["body"]
    assert {field["type"] for field in body} <= FIELDS
    assert "Never paste credentials" in body[0]["attributes"]["value"]
    asked = [field for field in body if field["type"] != "markdown"]
    assert all(field["attributes"]["label"] for field in asked)
    names = [field["id"] for field in asked]
    assert len(names) == len(set(names))
    assert asked[-1]["attributes"]["options"][0]["required"] is True


def test_the_forms_are_a_bug_and_a_feature_and_a_security_report_goes_elsewhere():
    assert [path.stem for path in FORMS] == ["bug", "feature"]
    config = read(ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml")
    assert config["blank_issues_enabled"] is False
    assert config["contact_links"][0]["url"].endswith("/security/policy")


def test_the_pull_request_template_warns_of_credentials_too():
    assert "Never paste credentials" in (ROOT / ".github" / "pull_request_template.md").read_text(encoding="utf-8")
