"""就医流向: where inpatients were treated, and who went outside without a referral."""

from __future__ import annotations

from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Paragraph
from yibao.reporting.scene import Scene, listed
from yibao.reporting.sections.charts import beside_last_year
from yibao.reporting.sections.section import Section
from yibao.reporting.sections.thin import thin_months
from yibao.reporting.sentences import Clause

# share of the inpatients by the tier of the institution, and the tier's name
_SHARES = {"township_tier_share": "乡级", "county_tier_share": "县级", "above_county_tier_rate": "市级及以上"}


def body(scene: Scene) -> tuple[Block, ...]:
    """By place, by tier, referred or not."""
    if scene.count("out_county_rate", "denominator").value is None:
        return say.paragraph(("就医流向所需的结算单数据未报全。",))
    return (*_places(scene), *_tiers(scene), *_chart(scene), *_unreferred(scene))


def _places(scene: Scene) -> tuple[Paragraph, ...]:
    numbers = scene.numbers
    rate = "out_county_rate"
    fund = scene.ratio("in_county_fund_share", "县域内医疗机构基金支出占基金支出（不含药店）的比重")
    if scene.tells_few(rate) or scene.tells_few("in_county_rate"):
        return say.paragraph(say.sentence(*fund))
    return say.paragraph(
        say.sentence(
            say.told(
                f"{scene.span}，{scene.whole}参保人员在县域内住院", scene.count("in_county_rate"), "人次"
            ),
            say.told("在县域外住院", scene.count(rate), "人次"),
        ),
        say.sentence(
            say.told(f"{scene.name(rate)}为", numbers.indicator(rate))
            if scene.told_few(rate)
            else say.from_to(
                scene.name(rate),
                numbers.indicator(rate, "last_year_value"),
                numbers.indicator(rate),
                numbers.indicator(rate, "last_year_change"),
            ),
            scene.beside_target(rate),
        ),
        say.sentence(*scene.ratio("in_county_rate")),
        say.sentence(*fund),
    )


def _tiers(scene: Scene) -> tuple[Paragraph, ...]:
    if any(scene.tells_few(code) for code in _SHARES):
        return ()
    shares = [scene.ratio(code, name, verb="占") for code, name in _SHARES.items()]
    return say.paragraph(say.chain(*shares, begin="按医疗机构层级看，住院人次中"))


def _chart(scene: Scene) -> tuple[Block, ...]:
    if any(scene.tells_few(code) or scene.told_few(code) for code in _SHARES):
        return ()
    return beside_last_year(
        scene,
        "flows_by_tier",
        f"{scene.whole}参保人员住院人次按机构层级的占比",
        tuple(_SHARES.values()),
        tuple(
            (scene.numbers.indicator(code), scene.numbers.indicator(code, "last_year_value"))
            for code in _SHARES
        ),
    )


def _unreferred(scene: Scene) -> tuple[Paragraph, ...]:
    outside = scene.count("direct_settle_rate", "denominator")
    return say.paragraph(
        say.sentence(*(unreferred := scene.ratio("unreferred_share", "县域外住院中未经转诊的占比"))),
        _unfiled(scene) if any(unreferred) else (),
        say.sentence(
            scene.counted("异地就医结算", outside, "人次"),
            *scene.ratio("direct_settle_rate", "直接结算率"),
        ),
    )


def _unfiled(scene: Scene) -> Clause:
    """Months without referrals: who was referred then counts as not referred."""
    months = [each for each in thin_months(scene) if each.dataset == "referral"]
    if not months:
        return ()
    named = listed([f"{int(each.month[5:])}月" for each in months])
    return (f"其中{named}的转诊备案没有报送或不足平常的一半，该占比可能偏高。",)


REFERRAL = Section("就医流向", body)
