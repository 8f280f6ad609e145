"""YAML as far as it says what JSON can say: plain values, no tags, no references, no repeated keys."""

from __future__ import annotations

from collections import Counter
from math import isfinite
from typing import Any

import yaml

_TEXT, _FLOAT = "tag:yaml.org,2002:str", "tag:yaml.org,2002:float"
_MERGE, _TIME = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:timestamp"
_MAX_DEPTH = 32  # ours: a document has eight levels; what nests without end would exhaust the stack


class _PlainLoader(yaml.SafeLoader):
    """The safe loader, without what a document of values has no use for.

    References let a small file stand for a huge value, dates and merged keys would be read as
    something else than they are written as.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - the loader's own registry, by first character
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (_MERGE, _TIME)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "a reference (*name) is not allowed", event.start_mark)
        if self._depth == _MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, f"more than {_MAX_DEPTH} levels", mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(key.value for key, _ in node.value if key.tag == _TEXT)
        for key, _ in node.value:
            if key.tag != _TEXT or keys[key.value] > 1:
                what = "a key is no text, or is there twice"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
        return super().construct_mapping(node, deep)

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        number = float(super().construct_yaml_float(node))
        if not isfinite(number):
            raise yaml.constructor.ConstructorError(None, None, f"{node.value} is no number", node.start_mark)
        return number


_PlainLoader.add_constructor(_FLOAT, _PlainLoader.construct_yaml_float)


def parse_yaml(raw: bytes) -> Any:
    """The one value of a YAML text, as JSON values.

    Raises:
        yaml.YAMLError: no YAML, more than one value, or something that JSON can not say.
    """
    loader = _PlainLoader(raw)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()
