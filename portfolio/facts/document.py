"""Reads a JSON file and remembers on which line each value stands."""

import re
from dataclasses import dataclass, field
from json.decoder import (  # type: ignore[attr-defined]
    JSONDecodeError,
    scanstring,
)
from typing import Any

NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
WORDS = {"true": True, "false": False, "null": None}
DEEPEST = 50

type Path = tuple[str | int, ...]


@dataclass
class Fault:
    """One thing that is wrong with the file, and where."""

    line: int
    path: Path
    message: str

    def __str__(self) -> str:
        where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in self.path).lstrip(".")
        return f"line {self.line}, {where or 'the file'}: {self.message}"


@dataclass
class Document:
    """The value of a file, the line of each part of it, and the faults met while reading.

    Units: lines count from 1. A number stays the text that it was, so that no amount becomes a float.
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class Number(str):
    """A JSON number as it was written."""


class _Reader:
    """A reader of RFC 8259 text that keeps lines; json.loads keeps none."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.document = Document()

    def fail(self, message: str) -> JSONDecodeError:
        return JSONDecodeError(message, self.text, self.at)

    def skip(self) -> str:
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1
        return self.text[self.at] if self.at < len(self.text) else ""

    def expect(self, letter: str) -> None:
        if self.skip() != letter:
            raise self.fail(f"Expected '{letter}'")
        self.at += 1

    def value(self, path: Path) -> Any:
        letter = self.skip()
        self.document.lines[path] = self.text.count("\n", 0, self.at) + 1
        if len(path) > DEEPEST:
            raise self.fail("Nested too deeply")
        if letter == "{":
            return self.object(path)
        if letter == "[":
            return self.array(path)
        if letter == '"':
            text, self.at = scanstring(self.text, self.at + 1, True)
            return text
        if number := NUMBER.match(self.text, self.at):
            self.at = number.end()
            return Number(number.group())
        for word, value in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        raise self.fail("Expected a value")

    def object(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        self.at += 1
        if self.skip() == "}":
            self.at += 1
            return result
        while True:
            if self.skip() != '"':
                raise self.fail("Expected a name in double quotes")
            line = self.text.count("\n", 0, self.at) + 1
            name, self.at = scanstring(self.text, self.at + 1, True)
            self.expect(":")
            value = self.value((*path, name))
            if name in result:
                self.document.faults.append(
                    Fault(
                        line, (*path, name), "this name stands twice in the same object; keep one."
                    )
                )
            result[name] = value
            if self.skip() == "}":
                self.at += 1
                return result
            self.expect(",")

    def array(self, path: Path) -> list[Any]:
        result: list[Any] = []
        self.at += 1
        if self.skip() == "]":
            self.at += 1
            return result
        while True:
            result.append(self.value((*path, len(result))))
            if self.skip() == "]":
                self.at += 1
                return result
            self.expect(",")


def read_document(data: bytes) -> Document:
    """The document in a file's bytes; what cannot be read at all is its one fault."""
    try:
        reader = _Reader(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Document(faults=[Fault(line, (), "the file is not UTF-8; save it as UTF-8.")])
    try:
        reader.document.value = reader.value(())
        if reader.skip():
            raise reader.fail("Something follows after the end")
    except JSONDecodeError as error:
        fault = Fault(error.lineno, (), f"not JSON at column {error.colno}: {error.msg}.")
        return Document(faults=[fault])
    return reader.document
