"""`recctl show --text`: the assembled text and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from recctl.conversation.transcript import Transcript


def text_of_answers(answers: Sequence[tuple[str, Transcript]]) -> str:
    """Return exactly the text of the only choice; of several, each after a line `==> NAME <==`.

    `answers` are names and transcripts. The headings of several recordings or choices are those that
    `head` and `tail` print for files; each text then ends with a line break.
    """
    several = len(answers) > 1
    pieces = [
        (" ".join([label] * several + [f"choice {choice.index}"] * (len(answer.choices) > 1)), choice.text)
        for label, answer in answers
        for choice in answer.choices
    ]
    if not several and len(pieces) == 1:
        return pieces[0][1]
    return "\n".join(f"==> {name} <==\n{text}" + "\n" * (not text.endswith("\n")) for name, text in pieces)
