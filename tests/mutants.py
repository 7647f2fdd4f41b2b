"""Small changes to the source of a module, one at a time: what a test suite has to notice (mutation testing).

A mutant has one comparison, constant, condition, operand, argument, element or statement changed or left out. Types,
docstrings, decorators, imports and the texts of `__repr__` are left alone: nothing a program does depends on them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
}  # fmt: skip
OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd,
}  # fmt: skip
T = TypeVar("T")
SKIPPED: Final = ("annotation", "returns", "decorator_list", "type_comment")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the lines of its statement, what it is in words, and whether it lies in a function."""

    first: int
    last: int
    what: str
    in_function: bool
    make: Callable[[], None]


def mutants(tree: ast.Module) -> list[Mutant]:
    """Return every mutant of this tree in a fixed order. `make` changes the tree itself: parse it anew for the next."""
    return list(_below(tree, tree.body[0], in_function=False))


def _below(parent: ast.AST, statement: ast.stmt, *, in_function: bool) -> Iterator[Mutant]:
    for field, value in ast.iter_fields(parent):
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if field in SKIPPED or not isinstance(child, ast.AST) or _is_left_alone(child):
                continue
            within = child if isinstance(child, ast.stmt) else statement
            for new in _instead_of(child):
                ast.copy_location(new, child)
                what = f"{_shown(child)} -> {_shown(new)}"
                make = _maker(parent, field, index if isinstance(value, list) else None, new)
                yield Mutant(within.lineno, within.end_lineno or within.lineno, what, in_function, make)
            yield from _below(child, within, in_function=in_function or isinstance(child, ast.FunctionDef))


def _maker(parent: ast.AST, field: str, index: int | None, new: ast.AST) -> Callable[[], None]:
    def make() -> None:
        if index is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[index] = new

    return make


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.If(ast.Name("TYPE_CHECKING")):
            return True
        case ast.FunctionDef(name="__repr__"):
            return True
        case ast.Assign(targets=[ast.Name("__slots__")]):
            return True
    return False


def _shown(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())[:70]


def _instead_of(node: ast.AST) -> Iterator[ast.AST]:
    yield from _another_condition(node)
    yield from _another_value(node)
    yield from _something_less(node)


def _another_condition(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, [op], comparators):
            yield from (ast.Compare(left, [other()], comparators) for other in COMPARISONS[type(op)])
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            yield from (ast.BoolOp(op, rest) if len(rest) > 1 else rest[0] for rest in _one_less(values))
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(_test, body, orelse):
            yield from (body, orelse)
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)


def _another_value(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left, operator, right) if type(operator) in OPERATORS:
            yield ast.BinOp(left, OPERATORS[type(operator)](), right)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as number):
            yield ast.Constant(number + 1)
        case ast.Constant(str() | bytes() as text):
            yield ast.Constant(f"{text}XX" if isinstance(text, str) else text + b"XX")


def _something_less(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(ast.Call()) | ast.Raise() | ast.AugAssign() | ast.Expr(ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Tuple(elts, ast.Load()):
            yield from (ast.Tuple(rest, ast.Load()) for rest in _one_less(elts))
        case ast.List(elts, ast.Load()):
            yield from (ast.List(rest, ast.Load()) for rest in _one_less(elts))
        case ast.Set(elts) if len(elts) > 1:
            yield from (ast.Set(rest) for rest in _one_less(elts))
        case ast.Call(func, args, keywords):
            yield from (ast.Call(func, args, rest) for rest in _one_less(keywords))
        case ast.comprehension(target, iterated, ifs, is_async) if ifs:
            yield ast.comprehension(target, iterated, [], is_async)


def _one_less(items: list[T]) -> Iterator[list[T]]:
    return ([*items[:index], *items[index + 1 :]] for index in range(len(items)))
