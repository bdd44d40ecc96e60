"""The quality report of the generation, as a file to take along."""

from __future__ import annotations

import streamlit as st

from dashboard.components.export import Exported
from dashboard.components.show import note
from dashboard.view import View
from yibao import quality_page


def offer_quality_file(view: View) -> None:
    """A button that hands it out; a generation of before there were such reports has none."""
    generation = view.figures.generation
    if not generation.page.is_file():
        note("这一版没有数据质量报告；重新执行 yibao run，新的一版就有。")
        return
    name = f"数据质量报告_{generation.period}_{generation.run_id[-8:]}.html"

    def handed_out() -> bytes:
        content = generation.page.read_bytes()
        report = view.figures.read(quality_page.read_tables, generation)
        # its rows are the expectations that it lists
        view.log("数据质量报告", Exported(name, content, len(report.results or ())))
        return content

    st.download_button(
        "下载数据质量报告",
        data=handed_out,
        file_name=name,
        mime="text/html",
        key="quality-file",
        on_click="ignore",
        type="tertiary",
    )
    note(
        f"版本 {generation.run_id}，{_kilobytes(generation.page.stat().st_size)} KB；网页文件，不联网也能打开和打印。"
    )


def _kilobytes(size: int) -> int:
    """Rounded up, so that a small file is not shown as empty."""
    return -(-size // 1024)
