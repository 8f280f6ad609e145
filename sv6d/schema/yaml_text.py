"""YAML as far as it says what JSON can say: plain values, no tags, no references, no repeated keys."""

from __future__ import annotations

from math import isfinite
from typing import Any

import yaml

_MERGE, _TIME, _FLOAT = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float"


class _PlainLoader(yaml.SafeLoader):
    """The safe loader, without what a document of values has no use for.

    References let a small file stand for a huge value, dates and merged keys would be read as
    something else than they are written as.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - the loader's own registry, by first character
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (_MERGE, _TIME)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "a reference (*name) is not allowed", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        repeated = [key for key, _ in node.value if not isinstance(key.value, str) or keys.count(key.value) > 1]
        if repeated:
            what = "a key is no text, or is there twice"
            raise yaml.constructor.ConstructorError(None, None, what, repeated[0].start_mark)
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
