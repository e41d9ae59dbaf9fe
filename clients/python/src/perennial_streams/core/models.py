"""From JSON values to the objects that a program works with."""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from collections.abc import Callable
from typing import Any

from ..errors import DurableStreamError


def decoder(decode: Callable[[Any], Any] | None, model: Any | None) -> Callable[[Any], Any] | None:
    """The function that is applied to each item: of the two ways to name one, the one that is given.

    ``model`` is a pydantic model, a dataclass, or, where pydantic is installed, any type that it understands.
    """
    if decode is not None and model is not None:
        raise ValueError("give decode or model, not both")
    if model is None:
        return decode
    if hasattr(model, "model_validate"):
        return _reporting(model.model_validate, model)
    if "pydantic" in sys.modules:
        return _reporting(sys.modules["pydantic"].TypeAdapter(model).validate_python, model)
    if dataclasses.is_dataclass(model):
        return _reporting(lambda value: _build(model, value), model)
    raise TypeError(f"model must be a dataclass or a pydantic model, not {model!r}; or import pydantic")


def _reporting(build: Callable[[Any], Any], model: Any) -> Callable[[Any], Any]:
    name = getattr(model, "__name__", str(model))

    def one(value: Any) -> Any:
        try:
            return build(value)
        except (ValueError, TypeError) as error:
            message = f"Not a {name}: {str(value)[:100]}: {error}"
            raise DurableStreamError(message, code="PARSE_ERROR", details=value) from error

    return one


def _build(kind: Any, value: Any) -> Any:
    """Builds a dataclass, and those within it, from a dict. Members that the class does not know are left out."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise TypeError(f"expected an object, got {type(value).__name__}")
        hints = typing.get_type_hints(kind)
        names = [field.name for field in dataclasses.fields(kind) if field.init and field.name in value]
        return kind(**{name: _build(hints[name], value[name]) for name in names})
    if origin in (list, tuple, set) and isinstance(value, list) and arguments:
        return origin(_build(arguments[0], item) for item in value)
    if origin is dict and isinstance(value, dict):
        return {key: _build(arguments[1], item) for key, item in value.items()}
    if origin in (typing.Union, types.UnionType) and value is not None:
        classes = [argument for argument in arguments if argument is not type(None)]
        return _build(classes[0], value) if len(classes) == 1 else value
    return value
