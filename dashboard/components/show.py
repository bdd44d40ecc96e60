"""Putting a block on the page: heading with its explanation, chart, table, note, the two exports."""

from __future__ import annotations

import streamlit as st

from dashboard.components.block import Block
from dashboard.components.cards import explained
from dashboard.components.export import Exported, file_name, picture, workbook
from dashboard.components.table import show_table
from dashboard.view import View

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def note_of_packages(what: str) -> None:
    """One line in place of rows that counties keep to themselves."""
    note(f"本页数据由县区数据包汇总而成，数据包不含{what}，请向县区医保局查询。")


def show(view: View, block: Block) -> None:
    """The block, with the buttons that hand it out."""
    help_text = "\n\n".join(
        explained(view.catalogue[code], view.catalogue).replace("\n", "  \n") for code in block.codes
    )
    st.subheader(block.title, anchor=False, help=help_text or None)
    if block.chart is not None:
        # a box that bears its name as a class: on a phone style.css hides what needs width
        with st.container(key=f"drawn-{block.key}"):
            st.vega_lite_chart(spec=block.chart, theme=None, key=f"chart-{block.key}")
    if not block.chart_only:
        show_table(block)
    if block.note:
        note(block.note)
    show_exports(view, block)


def note(text: str) -> None:
    """A line of small print."""
    st.html(f'<div class="note">{_escaped(text)}</div>')


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def show_exports(view: View, block: Block) -> None:
    """The buttons that hand out the block as a workbook and as a picture."""

    def handed_out(exported: Exported) -> bytes:
        view.log(block.title, exported)
        return exported.content

    stamp = view.stamp
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "导出表格",
            data=lambda: handed_out(workbook(block.complete, stamp)),
            file_name=file_name(block, stamp, "xlsx"),
            mime=_XLSX,
            key=f"xlsx-{block.key}",
            on_click="ignore",
            type="tertiary",
        )
        st.download_button(
            "导出图片",
            data=lambda: handed_out(picture(block, stamp)),
            file_name=file_name(block, stamp, "png"),
            mime="image/png",
            key=f"png-{block.key}",
            on_click="ignore",
            type="tertiary",
        )
