"""Which report is meant: the options that making, signing and issuing share."""

from __future__ import annotations

import click

from yibao.reporting.products import PRODUCTS

product_option = click.option(
    "--product",
    type=click.Choice(list(PRODUCTS)),
    default="monthly",
    show_default=True,
    metavar="报告",
    help="，".join(f"{code} {product.name_zh}" for code, product in PRODUCTS.items()) + "。",
)
part_option = click.option(
    "--part",
    default="",
    metavar="哪一段",
    help="期间里的哪一份："
    + "；".join(f"{one.name_zh}写{one.parts.written_zh}" for one in PRODUCTS.values() if one.parts)
    + "。生成时不写则为最新的旬、周，全年；签字、报送时只有一份的不用写。",
)
