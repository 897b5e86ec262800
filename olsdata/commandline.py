"""What every group of commands shares: its help in French, and a question answered oui or non."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption


def _said(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.help = "Montre cette aide."
    return option


def _headings() -> None:
    """What typer writes around the help; its module is slow to load, so only when it is shown."""
    from typer import rich_utils

    rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
    rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
    rich_utils.DEFAULT_STRING = "[par défaut : {}]"


class _Command(TyperCommand):
    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _said(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _headings()
        super().format_help(ctx, formatter)


class _Group(TyperGroup):
    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _said(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _headings()
        super().format_help(ctx, formatter)


class Commands(typer.Typer):
    """A group of commands; called without a command, it shows its help.

    Parameters
    ----------
    help : what the group is for, in French
    """

    def __init__(self, help: str) -> None:
        super().__init__(
            cls=_Group,
            help=help,
            no_args_is_help=True,
            subcommand_metavar="COMMANDE [ARGUMENTS]...",
            add_completion=False,
            pretty_exceptions_enable=False,
        )

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """A command of this group, as ``typer.Typer.command``."""
        return super().command(name, cls=_Command, **settings)


def agreed(question: str) -> bool:
    """Whether the user answers oui; anything else is no."""
    said = typer.prompt(f"{question} (oui/non)", default="non", show_default=False)
    return str(said).strip().casefold() in ("oui", "o")
