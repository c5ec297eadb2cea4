"""RC301: what the source of a test shows to be made by the test itself, and how sure a message is."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from recctl.suite.string_templates import matches
from tests.check.samples import Project, found, project, second_turn
from tests.helpers import chat
from tests.samples.builder import Recording
from tests.samples.openai_parts import user
from tests.samples.streams import TEST

WORDS = "I see that Ada Lovelace lives in London, in 1840."
CALL = "call_9mQx4Lw2"


def carries(words: str = WORDS) -> Recording:
    """A request that contains this answer, which no recording gave."""
    turns = [user("Hi."), {"role": "assistant", "content": words}, user("Well.")]
    return chat("Fine.", test_id=TEST, messages=turns)


def messages(
    root: Path, source: str, more: Mapping[str, str] = {}, recording: Recording | None = None
) -> list[str]:
    """The messages of RC301 for a request that contains an answer, with this source of its test."""
    files: Project = project(recording or carries(), source=f"{source}\ndef test_one(): ...\n")
    return found(root, {**files, **{name: text.encode() for name, text in more.items()}}, "RC301")


MADE = {
    "a string": f"TURN = {WORDS!r}",
    "pieces side by side": 'TURN = ("I see that Ada Lovelace " "lives in London, in 1840.")',
    "an f-string": 'def turn(name, year): return f"I see that {name} lives in London, in {year}."',
    "an f-string with formats": (
        'def turn(name, y): return f"I see that {name!r:>3} lives in London, in {y:04}."'
    ),
    "an f-string that begins with a gap": 'def turn(a): return f"{a} lives in London, in 1840."',
    "an f-string that ends with a gap": 'def turn(a): return f"I see that {a}"',
    "an f-string beside a string": 'def turn(a): return "I see that " f"{a} lives in London, " "in 1840."',
    "pieces added": 'def turn(a): return "I see that " + a + " lives in London, " + "in 1840."',
    "constants added": 'TURN = "I see that Ada Lovelace" + " lives in " + "London, in 1840."',
    "names of constants": (
        'WHO = "Ada Lovelace"\n'
        'def turn(a): return f"{a} that {WHO} lives in " + PLACE\n'
        'PLACE = "London, in 1840."'
    ),
    "a constant of a class": (
        'class Turn:\n    WHO = "I see that Ada"\n    def turn(self, a): return f"{self.WHO} {a}"'
    ),
    "per cent": 'def turn(a): return "I see that %s lives in London, in %d." % a',
    "per cent with names": 'def turn(a): return "I see that %(who)s lives in London, in %(year)04d." % a',
    "format": 'def turn(a): return "I see that {} lives in London, in {year:>4}.".format(a, year=1840)',
    "format of a constant": (
        'TURN = "I see that {who} lives in {place}"\ndef turn(a): return TURN.format(**a)'
    ),
    "a template": (
        "from string import Template\n"
        'def turn(a): return Template("I see that $who lives in ${place}, in 1840.").substitute(a)'
    ),
    "join": 'def turn(a): return " ".join(["I see that", a, "lives in London,", "in 1840."])',
    "join of lines": 'TURN = "\\n".join(("I see that Ada Lovelace", "lives in London,", "in 1840."))',
    "replace": 'def turn(a): return "I see that NAME lives in London, in 1840.".replace("NAME", a)',
    "dedent": (
        "from textwrap import dedent\n"
        'def turn(a): return dedent(f"""\n'
        "    I see that {a}\n"
        "    lives in London,\n"
        "    in 1840.\n"
        '""").strip()'
    ),
    "cleandoc and more": (
        'import inspect\ndef turn(a): return inspect.cleandoc("""I see that\n   Ada Lovelace""") + a'
    ),
    "capitals": 'def turn(a): return f"i SEE that {a}".capitalize()',
    "an f-string in an f-string": "def turn(a): return f\"I see that {f'{a} lives'} in London, in 1840.\"",
    "only in a parameter": (
        "import pytest\n"
        '@pytest.mark.parametrize("x", [pytest.param({"a": ["I see that " + ADA]})])\n'
        "def test_two(x): ..."
    ),
    "many pieces": f"TURN = {' + '.join(repr(char) for char in WORDS)}",
}


@pytest.mark.parametrize("name", MADE)
def test_what_the_source_makes_is_not_reported(name: str, tmp_path: Path) -> None:
    assert messages(tmp_path, MADE[name]) == []


OTHER = {
    "another text": 'def turn(a): return f"I see that {a} lives in Paris."',
    "another beginning": 'def turn(a): return f"We see that {a} lives in London, in 1840."',
    "another end": 'def turn(a): return f"I see that {a} lives in London"',
    "another order": 'def turn(a): return f"{a} lives in London {a} I see that {a}"',
    "parts that overlap": (
        'def turn(a): return f"I see that Ada Lovelace lives{a}Lovelace lives in London, in 1840."'
    ),
    "a comment": f"# {WORDS}",
    "gaps alone": 'def turn(a, b): return f"{a} {b}" + a',
    "gaps and signs": 'def turn(a, b): return f"{a}, {b}." + "{}{}".format(a, b) + "%s" % a',
    "a letter or two": 'def turn(a): return f"I {a}"',
    "braces that do not pair": 'def turn(a): return "{ I see that {} lives".format(a)',
    "a name that stands for itself": "A = B + 'I see'\nB = A + 'that'",
}


@pytest.mark.parametrize("name", OTHER)
def test_what_it_does_not_make_is_reported(name: str, tmp_path: Path) -> None:
    (message,) = messages(tmp_path, OTHER[name])
    assert message.startswith("probably dead: ")


MODULE = f"TURN = {WORDS!r}\n"
TURNS = json.dumps({"turns": [{"role": "assistant", "content": WORDS.replace(" in 1840", "\n in 1840")}]})
ELSEWHERE: dict[str, tuple[str, dict[str, str]]] = {
    "a module beside it": ("from turns import TURN", {"tests/a/turns.py": MODULE}),
    "a module of its package": ("from .turns import TURN", {"tests/a/turns.py": MODULE}),
    "a package beside it": ("from . import turns", {"tests/a/turns/__init__.py": MODULE}),
    "a module above": ("from ..common.turns import TURN", {"tests/common/turns.py": MODULE}),
    "a submodule above": ("from ..common import turns", {"tests/common/turns.py": MODULE}),
    "a module from the top": ("import tests.common.turns as t", {"tests/common/turns.py": MODULE}),
    "an import in a function": ("def f():\n    from turns import TURN", {"tests/a/turns.py": MODULE}),
    "a module that a module imports": (
        "from a1 import x",
        {"tests/a/a1.py": "from .a2 import x", "tests/a/a2.py": MODULE},
    ),
    "modules that import each other": (
        "from a1 import x",
        {"tests/a/a1.py": "from a2 import x", "tests/a/a2.py": f"import a1\n{MODULE}"},
    ),
    "conftest": ("", {"tests/a/conftest.py": MODULE}),
    "conftest above": ("", {"tests/conftest.py": MODULE}),
    "an f-string of conftest": (
        "",
        {"conftest.py": 'def turn(a): return f"I see that {a} lives in London{a}"'},
    ),
    "the product": ("from product import TURN", {"product/__init__.py": MODULE}),
    "the product below src": ("from product import TURN", {"src/product/__init__.py": MODULE}),
    "JSON beside the test": ('PATH = "data/turns.json"', {"tests/a/data/turns.json": TURNS}),
    "JSON named without its suffix": ('CASES = ["chat/turns"]', {"tests/a/chat/turns.json": TURNS}),
    "JSON lines": ('PATH = "turns.jsonl"', {"tests/a/turns.jsonl": f"{{}}\n{TURNS}\n"}),
    "YAML": ('PATH = "turns.yaml"', {"tests/a/turns.yaml": f"turn: |\n  {WORDS[:23]}\n  {WORDS[24:]}\n"}),
    "JSON of a helper": (
        "from ..cases.load import cases",
        {"tests/cases/load.py": 'NAMES = ["x/turns"]', "tests/cases/x/turns.json": TURNS},
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_the_test_imports_or_reads_counts(name: str, tmp_path: Path) -> None:
    source, more = ELSEWHERE[name]
    assert messages(tmp_path / "with", source, more) == []
    empty = {path: "{}" if path.endswith(("json", "jsonl")) else "" for path in more}
    assert len(messages(tmp_path / "without", source, empty)) == 1


NOT_REACHED = {
    "a module that nobody imports": ("", {"tests/a/turns.py": MODULE}),
    "what the product imports": (
        "import product",
        {"product/__init__.py": "from product.turns import TURN", "product/turns.py": MODULE},
    ),
    "data that nobody names": ("", {"tests/a/data/turns.json": TURNS}),
    "a recording": ('X = "other.yaml"', {"tests/a/recordings/other.yaml": WORDS}),
    "a module that is no Python": ("import turns", {"tests/a/turns.py": f"def (:\n{MODULE}"}),
}


@pytest.mark.parametrize("name", NOT_REACHED)
def test_what_the_test_does_not_read_does_not_count(name: str, tmp_path: Path) -> None:
    source, more = NOT_REACHED[name]
    assert len(messages(tmp_path, source, more)) == 1


def test_signs_alone_make_no_answer(tmp_path: Path) -> None:
    source = 'def turn(a): return f"--- {a} ---"'
    assert len(messages(tmp_path, source, recording=carries("--- Ada ---"))) == 1


def test_a_file_outside_of_the_project_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "turns.py").write_text(MODULE)
    (tmp_path / "conftest.py").write_text(MODULE)
    assert len(messages(tmp_path / "project", "from ....turns import TURN")) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_module_without_permission_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "tests/a").mkdir(parents=True)
    (tmp_path / "tests/a/turns.py").touch(0)
    assert len(messages(tmp_path, "import turns")) == 1


CALLS = {
    "a string": (f'X = "{CALL}"', True),
    "most of it": ('def call(n): return f"call_9mQx{n}"', True),
    "what every id begins with": ('def call(n): return f"call_{n}"', False),
    "a text with a gap": ('def call(n): return f"{n} was called"', False),
}


@pytest.mark.parametrize("name", CALLS)
def test_ids_of_calls(name: str, tmp_path: Path) -> None:
    source, made = CALLS[name]
    assert (messages(tmp_path, source, recording=second_turn(CALL)) == []) == made


# ---- how sure a message is

END = ", which no recording of its test gave"


def test_where_the_test_puts_an_answer_together_the_message_is_less_sure(tmp_path: Path) -> None:
    source = 'def turns(a, b): return [{"role": "assistant", "content": f"{a} {b}"}]'
    (message,) = messages(tmp_path, source)
    assert message.startswith("may be dead: ")
    assert message.endswith(END)


def test_where_there_is_no_source_the_message_is_less_sure(tmp_path: Path) -> None:
    recording = carries()
    (message,) = found(tmp_path, {recording.path: recording.to_bytes()}, "RC301")
    assert message.startswith("may be dead: ")
    assert message.endswith(END)


def test_where_the_source_cannot_be_parsed_the_message_is_less_sure(tmp_path: Path) -> None:
    assert messages(tmp_path, "def (:")[0].startswith("may be dead: ")


# ---- matching

TEMPLATES = [
    (("a", "b"), "ab", True),
    (("a", "b"), "aXb", True),
    (("ab", "ba"), "aba", False),
    (("", ""), "", True),
    (("", "x", ""), "y", False),
    (("", "x", "x", ""), "x", False),
    (("", "x", "x", ""), "xx", True),
    (("a", "b", "c"), "abcbc", True),
    (("a", "bc", "c"), "abc", False),
    (("a",), "ab", False),
    (("a",), "a", True),
]


@pytest.mark.parametrize(("template", "text", "is_match"), TEMPLATES, ids=str)
def test_parts_in_order_with_anything_between(template: tuple[str, ...], text: str, is_match: bool) -> None:
    assert matches(template, text) == is_match


def test_hostile_templates_end(tmp_path: Path) -> None:
    """A regular expression would go back and forth for ever; the names double a text each time."""
    doubled = "\n".join(f"A{n} = A{n + 1} + A{n + 1}" for n in range(60)) + "\nA60 = 'x'"
    doubled += "\nB0 = 'x' * 999\n" + "\n".join(f"B{n + 1} = B{n} * 999" for n in range(5))
    doubled += f"\nC = 'x'{'.strip()' * 400}\nD = {'(' * 150}'x'{')' * 150}"
    gaps = "".join("a{x}" for _ in range(3000))
    source = f'{doubled}\ndef f(x): return f"{gaps}b"\ndef g(x): return A0 + {" + ".join(["x"] * 900)}'
    assert len(messages(tmp_path, source, recording=carries("a" * 20_000 + "c"))) == 1
