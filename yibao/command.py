"""Commands whose help and errors are Chinese, and whose exit codes are those of the project."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from yibao import logs
from yibao.disk import problem_of
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.screen import Screen


class Session:
    """What the commands of one call share. `paths` is set as soon as the data folder is known."""

    def __init__(self) -> None:
        self.screen = Screen()
        self.paths: DataPaths | None = None

    @staticmethod
    def now() -> datetime:
        """The only clock, in the zone of this machine; every step below takes the time as a parameter."""
        return datetime.now().astimezone()


class ChineseCommand(click.Command):
    """Help headings in Chinese."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        names = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}
        return [names.get(piece, piece) for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [record for param in self.get_params(ctx) if (record := param.get_help_record(ctx))]
        with formatter.section("选项"):
            formatter.write_dl([(name, _remark_zh(text)) for name, text in records])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这份帮助并退出。"
        return option


def _remark_zh(text: str) -> str:
    """What click remarks behind the help of an option."""
    return re.sub(r"  \[default: (.+)\]$", r"（默认 \1）", text.replace("  [required]", "（必填）"))


class ChineseGroup(ChineseCommand, click.Group):
    """The command `yibao`: catches every error, shows one panel and leaves with the right code."""

    command_class = ChineseCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(80)) for name in self.commands])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the road, not of the alphabet."""
        return list(self.commands)

    # click's own takes more by name and may return; every caller of ours comes through here
    def main(self, args: Sequence[str] | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Runs the command and ends the process. Codes: 0 done, 1 unexpected, 2 wrong use, 3 not published."""
        session = Session()
        extra.pop("standalone_mode", None)
        sys.exit(
            _code_of(
                session,
                lambda: super(ChineseGroup, self).main(args, standalone_mode=False, obj=session, **extra),
            )
        )


def _code_of(session: Session, command: Callable[[], Any]) -> int:
    screen = session.screen
    try:
        answer = command()
        return int(answer) if isinstance(answer, int) else ExitCode.DONE
    except Problem as problem:
        screen.problem(problem)
        return problem.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        screen.line(error.ctx.get_help() if error.ctx else "")
        return ExitCode.WRONG_USE
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "yibao"
        screen.error(usage_zh(error), where, f"请用 {where} --help 查看用法。")
        return ExitCode.WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        screen.error("已中断", "按键中断", "已发布的各版都完好；可以重新执行，做完的步骤不会重复。")
        return ExitCode.UNEXPECTED
    except BrokenPipeError:
        # the reader of our output left (yibao status | head): no error of ours
        sys.stdout = None
        return ExitCode.DONE
    except Exception as error:
        told = problem_of(error, session.paths.root if session.paths else "")
        if told is not None:
            screen.problem(told)
            return told.exit_code
        _show_unexpected(session, error)
        return ExitCode.UNEXPECTED


def usage_zh(error: click.UsageError) -> str:
    """What is wrong with the command line, in Chinese."""
    match error:
        case click.NoSuchOption():
            near = "、".join(error.possibilities or ())
            return f"没有选项 {error.option_name}" + (f"，是否想用 {near}？" if near else "")
        case click.MissingParameter():
            names = error.param.opts if error.param else []
            shown = names[0] if names and names[0].startswith("-") else (names[0].upper() if names else "")
            return f"缺少参数 {shown}".rstrip()
        case click.BadParameter(param=click.Parameter(type=click.Choice(choices=choices)) as param):
            return f"参数 {param.opts[0]} 的值不对，可用的有：{'、'.join(map(str, choices))}"
        case click.BadParameter(param=click.Parameter(type=click.IntRange() as range_) as param):
            upper = "" if range_.max is None else f"，不大于 {range_.max}"
            return f"参数 {param.opts[0]} 的值不对：应是整数，不小于 {range_.min}{upper}"
        case click.BadParameter():
            name = error.param.opts[0] if error.param else ""
            return f"参数 {name} 的值不对：{error.message}"
        # a class of its own only since click 8.4
        case click.UsageError() if command := getattr(error, "command_name", None):
            near = "、".join(getattr(error, "possibilities", None) or ())
            return f"没有命令 {command}" + (f"，是否想用 {near}？" if near else "")
        case _:
            return f"命令写法不对：{error.format_message()}"


def _show_unexpected(session: Session, error: Exception) -> None:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    # the message may quote data, the place in the code does not
    place = f"{Path(frame.filename).name}:{frame.lineno}（{type(error).__name__}）"
    todo = "请把这个位置告诉开发人员。"
    if session.paths is not None:
        try:
            log = logs.write_traceback(session.paths, error, session.now())
            todo = f"请把日志 {log} 交给开发人员（其中没有个人信息）；已发布的各版都完好。"
        except OSError:
            todo = "日志也写不进去，请检查磁盘空间和权限；已发布的各版都完好。"
    session.screen.error("发生了意外错误", place, todo)
