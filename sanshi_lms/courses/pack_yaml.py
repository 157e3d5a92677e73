"""YAML that knows its lines: a reader for packs that reports every fault with its mend.

PyYAML gives each node a mark; `YamlMap` keeps it, so that a wrong value is reported at the line
where the author wrote it. Nothing here raises for bad input: faults are collected in `Faults`.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import yaml

MAX_DEPTH = 12
_QUOTE_HINT = (
    "这里不是正确的 YAML：请检查缩进和引号；"
    "文字里如果有英文冒号、井号，请用英文双引号把整段括起来。"
)


@dataclass(frozen=True, order=True)
class PackError:
    """One fault in a pack: the file (relative to the content folder), its line, and the mend."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return the `file:line: message` form that editors jump to."""
        return f"{self.file}:{self.line}: {self.message}"


@dataclass
class Faults:
    """The faults found in one file. `offset` is added to lines (front matter starts lower)."""

    file: str
    offset: int = 0
    found: list[PackError] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        """Note a fault at `line`, counted from 1 within the text that was read."""
        self.found.append(PackError(self.file, line + self.offset, message))


class YamlMap:
    """A YAML mapping read key by key; asks for a key record what is wrong with it."""

    def __init__(self, node: yaml.MappingNode, faults: Faults) -> None:
        """Index the keys of `node`; a key that stands twice is a fault."""
        self._faults = faults
        self.line: int = node.start_mark.line + 1
        self._entries: dict[str, yaml.Node] = {}
        self._key_lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if name in self._entries:
                faults.add(line, f"“{name}”写了两次，请删去一个。")
                continue
            self._entries[name] = value_node
            self._key_lines[name] = line

    def __contains__(self, key: str) -> bool:
        """Tell whether the author wrote `key`."""
        return key in self._entries

    def line_of(self, key: str) -> int:
        """Return the line of `key`, or of the mapping when it is missing."""
        return self._key_lines.get(key, self.line)

    def fault(self, key: str, message: str) -> None:
        """Note a fault at the line of `key`."""
        self._faults.add(self.line_of(key), message)

    def fault_at(self, line: int, message: str) -> None:
        """Note a fault at `line`, as given by `texts`."""
        self._faults.add(line, message)

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Every key must be one of `known`: a slip of the pen must not be lost in silence."""
        for name, line in self._key_lines.items():
            if name not in known:
                words = "、".join(known)
                self._faults.add(line, f"不认识“{name}”，这里可以写的是：{words}。")

    def text(self, key: str, *, longest: int, required: bool = True) -> str:
        """Return the text at `key`, stripped; "" when it is missing or wrong."""
        node = self._entries.get(key)
        if node is None:
            if required:
                self.fault(key, f"缺少“{key}”，请加上一行“{key}: …”。")
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(key, f"“{key}”要写成一段文字。")
            return ""
        text = str(node.value).strip()
        if required and not text:
            self.fault(key, f"“{key}”不能空着。")
        elif len(text) > longest:
            self.fault(key, f"“{key}”太长：现在 {len(text)} 字，最多 {longest} 字。")
        elif "\x00" in text:
            self.fault(key, f"“{key}”里有看不见的控制字符，请删去。")
        return text

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """Return the text at `key`, one of `allowed`; `default` when it may be left out."""
        if key not in self and default is not None:
            return default
        text = self.text(key, longest=200)
        if text and text not in allowed:
            self.fault(key, f"“{key}”不能是“{text}”，请从这些里选：{'、'.join(allowed)}。")
            return default or ""
        return text

    def number(self, key: str, default: Decimal | None = None) -> Decimal | None:
        """Return the number at `key`; None when it is missing or wrong."""
        if key not in self and default is not None:
            return default
        text = self.text(key, longest=20)
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.fault(key, f"“{key}”要写成数字，例如 2，现在是“{text}”。")
            return None
        return number

    def whole(self, key: str, default: int | None = None) -> int | None:
        """Return the whole number at `key`; None when it is missing or wrong."""
        number = self.number(key, None if default is None else Decimal(default))
        if number is None:
            return None
        if number != number.to_integral_value() or abs(number) > 10**9:
            self.fault(key, f"“{key}”要写成整数，现在是“{number}”。")
            return None
        return int(number)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return true or false at `key`."""
        if key not in self and default is not None:
            return default
        text = self.choice(key, ("true", "false"))
        return text == "true"

    def texts(self, key: str, *, longest: int = 200) -> list[tuple[int, str]]:
        """Return the list of texts at `key` with their lines; [] when it is missing or wrong."""
        found = []
        for node in self._items(key):
            line = node.start_mark.line + 1
            text = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""
            if not text or len(text) > longest:
                self._faults.add(line, f"“{key}”的每一项要写成一段文字（最多 {longest} 字）。")
                continue
            found.append((line, text))
        return found

    def maps(self, key: str) -> list["YamlMap"]:
        """Return the list of mappings at `key`; [] when it is missing or wrong."""
        found = []
        for node in self._items(key):
            if isinstance(node, yaml.MappingNode):
                found.append(YamlMap(node, self._faults))
            else:
                line = node.start_mark.line + 1
                self._faults.add(line, f"“{key}”的每一项要写成“名称: 内容”的形式。")
        return found

    def _items(self, key: str) -> list[yaml.Node]:
        node = self._entries.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(key, f"“{key}”要写成列表：写成 [甲, 乙]，或每项一行、以“- ”开头。")
            return []
        return list(node.value)


def read_map(text: str, keys: Collection[str], faults: Faults) -> YamlMap | None:
    """Read `text` as one YAML mapping. `keys` are the words an author may have mistyped.

    Returns None, with the reason in `faults`, when the text cannot be read at all.
    """
    before = len(faults.found)
    _note_slips(text, keys, faults, nested=False)
    if len(faults.found) > before:
        return None
    try:
        _refuse_traps(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except _TrapError as trap:
        faults.add(trap.line, str(trap))
        return None
    except yaml.YAMLError as error:
        _note_slips(text, keys, faults, nested=True)
        if len(faults.found) == before:
            faults.add(_line_of(error, text), _QUOTE_HINT)
        return None
    if not isinstance(node, yaml.MappingNode):
        faults.add(1, f"这里要逐行写“名称: 内容”，例如“{next(iter(keys))}: …”。")
        return None
    return YamlMap(node, faults)


class _TrapError(Exception):
    """Something YAML allows that a pack does not: it could be used to hang the reader."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _refuse_traps(text: str) -> None:
    """Aliases can grow a few lines into gigabytes, deep nesting overflows the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise _TrapError(line, "不支持用“*”引用别处的内容；如果是文字，请用英文双引号括起来。")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _TrapError(line, f"嵌套太深，最多 {MAX_DEPTH} 层。")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _note_slips(text: str, keys: Collection[str], faults: Faults, *, nested: bool) -> None:
    """Find what Chinese input methods and editors do to YAML: “：”, tabs, no space after a colon.

    Inside an indented block of text a “：” or a tab is right, so nested lines are only looked at
    once the file turned out to be unreadable.
    """
    words = "|".join(re.escape(key) for key in keys)
    lead = r"\s*(?:-\s+)?" if nested else ""
    wide = re.compile(rf"{lead}({words})\s*：")
    tight = re.compile(rf"{lead}({words}):[^\s]")
    for number, line in enumerate(text.split("\n"), 1):
        if nested and re.match(r" *\t", line) and line.strip():
            faults.add(number, "行首用了制表符（Tab），YAML 只认空格：请改成空格。")
        elif match := wide.match(line):
            faults.add(number, f"“{match[1]}”后面的冒号是全角“：”，请改成英文冒号加一个空格“: ”。")
        elif match := tight.match(line):
            faults.add(number, f"“{match[1]}:”后面缺一个空格，请写成“{match[1]}: …”。")


def _line_of(error: yaml.YAMLError, text: str) -> int:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        return mark.line + 1 if mark else 1
    if isinstance(error, yaml.reader.ReaderError):
        return text.count("\n", 0, error.position) + 1
    return 1
