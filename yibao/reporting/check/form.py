"""Rules on form: GB/T 9704-2012 as report.md asks for it. What is measured is allowed to be 1 mm off, as the standard does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from yibao.reporting.check.document import Document, Page, Passage, Run
from yibao.reporting.check.finding import Finding, Level

_MM = Decimal(1)
_MARGINS = {"top": ("上", 37), "left": ("左", 28), "right": ("右", 26), "bottom": ("下", 35)}
_LINES = 22
_CHARACTERS = 28
_BODY_POINTS = Decimal(16)
_TITLE_POINTS = Decimal(22)

_DIGITS = "零一二三四五六七八九"
_LEVELS = (
    re.compile(r"^\s*([一二三四五六七八九十]+)、"),
    re.compile(r"^\s*[（(]([一二三四五六七八九十]+)[）)]"),
    re.compile(r"^\s*(\d+)[.．、](?!\d)"),
    re.compile(r"^\s*[（(](\d+)[）)]"),
)
_LEVEL_ZH = ("一、", "（一）", "1.", "（1）")
_FONTS = (("黑体",), ("楷体",), ("仿宋",), ("仿宋",))
_TITLE_END = re.compile(
    r"(?:报告|请示|函|通知|通报|汇报|总结|情况|意见|方案|公示|公告|通告|[旬周日月季年快简公专]报)(?:（[^）]*）)?$"
)
# goes to many readers: names none above its text
_BULLETIN = re.compile(r"(?:公示|公告|通告|[旬周日月季年快简公专]报)(?:（[^）]*）)?$")
# what is numbered below 附件： and 注： is no heading
_NOTED = re.compile(r"^\s*(?:附\s*件|注|备注|说明)\s*[：:]")
_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|｛｛|｝｝|(?<![A-Za-z])[XxＸ]{2,}(?![A-Za-z])|×{2,}|_{3,}|＿{2,}|\*{2,}|待填|待补充|TODO"
)
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_DATE_LINE = re.compile(r"^\s*(?:\d{4}|[〇零○一二三四五六七八九]{4})\s*[年./-].{1,8}日?\s*$")
_ANNEX = re.compile(r"^\s*附\s*件\s*\d*\s*$")
_CHINESE = re.compile(r"[一-鿿]")

Check = Callable[[Document], Iterator[Finding]]


def findings(document: Document) -> tuple[Finding, ...]:
    """All findings of form, in the order of the rules."""
    return tuple(finding for check in _CHECKS for finding in check(document))


def pages(document: Document) -> Iterator[Finding]:
    """A4; margins 37, 28, 26, 35 mm on upright pages; 22 lines of 28 characters. Pages across are for wide tables."""
    for number, page in enumerate(document.pages, start=1):
        place = f"第{number}节"
        if not (_near(page.width, 210) and _near(page.height, 297)):
            if not (_near(page.width, 297) and _near(page.height, 210)):
                yield _finding(
                    "纸张",
                    place,
                    f"纸张为{page.width:.0f}×{page.height:.0f}毫米，不是A4",
                    "请设为A4（210×297毫米）。",
                )
            continue
        for side, (name, wanted) in _MARGINS.items():
            margin: Decimal = getattr(page, side)
            if not _near(margin, wanted):
                yield _finding(
                    "页边距",
                    place,
                    f"{name}边距为{margin:.1f}毫米，应为{wanted}毫米",
                    f"请把{name}边距设为{wanted}毫米。",
                )
        yield from _grid(place, page)


def placeholders(document: Document) -> Iterator[Finding]:
    """Nothing is left to be filled in."""
    for passage in document.everything():
        found = _PLACEHOLDER.search(passage.text)
        if found:
            yield _finding(
                "未填写",
                passage.named,
                f"有未填写的“{found.group()}”",
                "请填写，或删去这一处。",
            )


def levels(document: Document) -> Iterator[Finding]:
    """一、 （一） 1. （1）: each level counts on from 1 under the one above."""
    counts = [0, 0, 0, 0]
    for passage in _text_of_letter(document):
        level, number = _heading(passage.text)
        if level is None or number is None:
            continue
        if level in (1, 3) and not any(counts[:level]):
            yield _finding(
                "层次",
                passage.named,
                f"“{_LEVEL_ZH[level]}”的上面没有“{_LEVEL_ZH[level - 1]}”一级",
                "请按“一、（一）1.（1）”的顺序使用层次序数。",
            )
        elif number not in (counts[level] + 1, 1) or (number == 1 and counts[level] and level == 0):
            yield _finding(
                "层次",
                passage.named,
                f"序数不连续：上一个是第{counts[level]}，这里是第{number}",
                "请按顺序重新编号。",
            )
        counts[level] = number
        counts[level + 1 :] = [0] * (3 - level)


def fonts(document: Document) -> Iterator[Finding]:
    """Every Chinese letter has a Chinese font named; title, headings and text stand in theirs."""
    wrong: dict[tuple[str, str], list[Passage]] = {}
    for passage in document.everything():
        if any(run.east_asia is None and _CHINESE.search(run.text) for run in passage.runs):
            wrong.setdefault(("没有指定中文字体（w:eastAsia）", "请选中文字，指定中文字体。"), []).append(
                passage
            )
    title = title_of(document)
    for passage in _text_of_letter(document):
        level, _ = _heading(passage.text)
        if passage is title:
            _font(passage, passage.runs, ("小标宋",), _TITLE_POINTS, "标题应为2号小标宋体", wrong)
        elif level is not None:
            _font(
                passage,
                passage.runs[:1],
                _FONTS[level],
                _BODY_POINTS,
                f"“{_LEVEL_ZH[level]}”应为3号{_FONTS[level][0]}",
                wrong,
            )
        elif re.search(r"[。；]\s*$", passage.text) and not re.match(
            r"\s*(?:注|备注|说明|单位)", passage.text
        ):
            _font(passage, passage.runs, ("仿宋",), _BODY_POINTS, "正文应为3号仿宋", wrong)
    for (what, todo), places in wrong.items():
        more = f"（共{len(places)}处）" if len(places) > 1 else ""
        yield _finding("字体", places[0].named, what + more, todo)


def page_numbers(document: Document) -> Iterator[Finding]:
    """`— 1 —` on the outer side: right on odd pages, left on even ones."""
    if not document.pages:
        return
    feet = [foot for foot in document.feet if foot.number_align]
    odd = [foot for foot in feet if foot.kind == "default"]
    even = [foot for foot in feet if foot.kind == "even"]
    if not odd:
        yield _finding("页码", "页脚", "没有页码", "请在页脚插入页码，形式为“— 1 —”。")
        return
    if not document.even_and_odd or not even:
        yield _finding("页码", "页脚", "奇偶页的页脚没有分开", "请勾选“奇偶页不同”，单页码居右，双页码居左。")
    for foot, side, name in (
        *((foot, "right", "单") for foot in odd),
        *((foot, "left", "双") for foot in even),
    ):
        if document.even_and_odd and foot.number_align != side:
            side_zh = "右" if side == "right" else "左"
            yield _finding("页码", "页脚", f"{name}页码不在外侧", f"请把{name}页码居{side_zh}，空一字。")
        if not re.search(r"[—－-].*[—－-]", foot.number_text):
            yield _finding("页码", "页脚", f"{name}页码两边没有一字线", "页码形式为“— 1 —”。", "warning")


def dates(document: Document) -> Iterator[Finding]:
    """Arabic digits without leading zeros; the letter bears its own date, at the right."""
    lines = [passage for passage in _letter(document) if _DATE_LINE.match(passage.text)]
    for passage in lines:
        if not _DATE.fullmatch(passage.text.strip()):
            yield _finding(
                "成文日期", passage.named, "日期形式不对", "请写成“2026年10月5日”的形式，用阿拉伯数字。"
            )
        elif passage.align != "right" and not passage.text.startswith((" ", "　", "\t")):
            yield _finding("成文日期", passage.named, "成文日期没有居右", "请右对齐，右空四字。")
    if not lines:
        yield _finding("成文日期", "文末", "没有成文日期", "请在署名下一行写成文日期。")
    for passage in document.everything():
        for found in _DATE.finditer(passage.text):
            if any(part.startswith("0") for part in found.groups()[1:]):
                yield _finding(
                    "日期", passage.named, f"“{found.group()}”的月或日前面有0", "月、日不编虚位：写“9月5日”。"
                )


def recipient(document: Document) -> Iterator[Finding]:
    """The line below the title names whom the letter is for, and ends in a full-width colon."""
    title = title_of(document)
    if title is None:
        yield _finding("标题", "文首", "没有找到公文标题", "请在文首写标题（居中，2号小标宋体）。")
        return
    after = [passage for passage in _letter(document) if passage.text.strip()]
    after = after[after.index(title) + 1 :]
    first = after[0].text.strip() if after else ""
    if first.endswith(":"):
        yield _finding("主送机关", after[0].named, "主送机关后面是半角冒号", "请改为全角冒号“：”。")
    elif not first.endswith("：") or re.search(r"。|如下|现将", first):
        if _BULLETIN.search(title.text.strip()):
            return
        yield _finding(
            "主送机关",
            after[0].named if after else "标题之下",
            "标题下面没有主送机关（顶格，以冒号结尾）",
            "请写主送机关，后加全角冒号。",
            "warning",
        )
    elif after[0].first_line > 0 or after[0].text.startswith((" ", "　")):
        yield _finding("主送机关", after[0].named, "主送机关没有顶格", "请去掉首行缩进。")


def annexes(document: Document) -> Iterator[Finding]:
    """What is attached is told below the text, each annex by its name and without a mark at the end."""
    heads = [passage for passage in document.passages if _ANNEX.match(passage.text)]
    notes = [
        at for at, passage in enumerate(document.passages) if re.match(r"^\s*附\s*件\s*[：:]", passage.text)
    ]
    if heads and not notes:
        yield _finding(
            "附件说明",
            heads[0].named,
            "有附件，正文下面却没有附件说明",
            "请在正文下空一行写“附件：1. 名称”。",
        )
    if not notes:
        return
    entries = [document.passages[notes[0]]]
    for passage in document.passages[notes[0] + 1 :]:
        if not re.match(r"^\s*\d+[.．]", passage.text):
            break
        entries.append(passage)
    if heads and len(entries) != len(heads):
        yield _finding(
            "附件说明",
            entries[0].named,
            f"附件说明列了{len(entries)}个，文后有{len(heads)}个附件",
            "请使附件说明与附件一致。",
        )
    for entry in entries:
        if re.search(r"[。；，：]\s*$", entry.text):
            yield _finding("附件说明", entry.named, "附件名称后面有标点", "请去掉附件名称后面的标点。")


_CHECKS: tuple[Check, ...] = (pages, placeholders, levels, fonts, page_numbers, dates, recipient, annexes)


def title_of(document: Document) -> Passage | None:
    """The centred line on top that ends as titles do (报告, 请示 ...)."""
    for passage in document.passages[:12]:
        if passage.align == "center" and _TITLE_END.search(passage.text.strip()):
            return passage
    return None


def _letter(document: Document) -> Iterator[Passage]:
    """The paragraphs before the first annex."""
    for passage in document.passages:
        if _ANNEX.match(passage.text):
            return
        yield passage


def _text_of_letter(document: Document) -> Iterator[Passage]:
    """The same without the note of annexes and the notes of tables, whose numbers are no headings."""
    noted = False
    for passage in _letter(document):
        noted = bool(_NOTED.match(passage.text)) or (
            noted and re.match(r"^\s*\d+[.．]", passage.text) is not None
        )
        if not noted:
            yield passage


def _heading(text: str) -> tuple[int | None, int | None]:
    for level, pattern in enumerate(_LEVELS):
        found = pattern.match(text)
        if found:
            return level, int(found.group(1)) if found.group(1).isdecimal() else _number(found.group(1))
    return None, None


def _number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.index(tens[-1]) if tens else 1) * 10 * bool(ten) + (
        _DIGITS.index(ones[-1]) if ones else 0
    )


def _font(
    passage: Passage,
    runs: Sequence[Run],
    wanted: tuple[str, ...],
    points: Decimal,
    rule: str,
    wrong: dict[tuple[str, str], list[Passage]],
) -> None:
    for run in runs:
        named = run.east_asia is None or any(name in run.east_asia for name in wanted)
        sized = run.points is None or run.points == points
        if _CHINESE.search(run.text) and not (named and sized):
            what = f"{rule}，这里是{run.east_asia or '默认字体'}{run.points or ''}磅"
            wrong.setdefault((what, "请套用模板中的样式。"), []).append(passage)
            return


def _grid(place: str, page: Page) -> Iterator[Finding]:
    todo = f"请在“页面设置—文档网格”中设为每页{_LINES}行、每行{_CHARACTERS}字。"
    if page.pitch is None or not page.pitch:
        yield _finding("文档网格", place, "没有设文档网格", todo)
        return
    height = (page.height - page.top - page.bottom) * 72 / Decimal("25.4")
    width = (page.width - page.left - page.right) * 72 / Decimal("25.4")
    # a hundredth of a line: the standard's own numbers do not divide evenly
    lines = int(height / page.pitch + Decimal("0.01"))
    if lines != _LINES:
        yield _finding("文档网格", place, f"每页{lines}行，应为{_LINES}行", todo)
    if page.char_space is None:
        return
    characters = int(width / (_BODY_POINTS + page.char_space / 4096) + Decimal("0.01"))
    if characters != _CHARACTERS:
        yield _finding("文档网格", place, f"每行{characters}字，应为{_CHARACTERS}字", todo)


def _near(measured: Decimal, wanted: int) -> bool:
    return abs(measured - wanted) <= _MM


def _finding(rule: str, place: str, what: str, todo: str, level: Level = "error") -> Finding:
    return Finding(rule, level, place, what, todo)
