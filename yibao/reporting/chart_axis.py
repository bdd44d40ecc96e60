"""Where the values of a drawn chart stand on their axis, and what the axis says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from yibao.reporting.content import Chart

_STEPS = 5


@dataclass(frozen=True)
class Axis:
    """From `low` to `high` in steps, in the unit that is printed (万元, not yuan)."""

    low: Decimal
    high: Decimal
    step: Decimal

    def part(self, value: Decimal) -> Decimal:
        """Where the value stands: 0 at the low end, 1 at the high one."""
        return (value - self.low) / (self.high - self.low)

    @property
    def base(self) -> Decimal:
        """Where columns begin: at zero, or at the end next to it."""
        return min(max(self.low, Decimal(0)), self.high)

    @property
    def ticks(self) -> tuple[Decimal, ...]:
        count = int((self.high - self.low) / self.step)
        return tuple(self.low + self.step * at for at in range(count + 1))

    def label(self, tick: Decimal) -> str:
        """With as many decimals as the step has."""
        decimals = max(0, -int(self.step.normalize().as_tuple().exponent))
        return f"{tick:.{decimals}f}"


def axis(chart: Chart) -> Axis:
    """A round axis around all values. Columns and bars begin at zero, whose lengths are compared; a line need not."""
    values = [
        value for series in chart.series for figure in series.figures if (value := figure.in_unit) is not None
    ]
    if chart.shape != "line" or not values:
        values.append(Decimal(0))
    low, high = min(values), max(values)
    step = _round_step(high - low or abs(high) or Decimal(1))
    if chart.kind == "count":
        step = max(step, Decimal(1))
    bottom = _multiple(low, step, ROUND_FLOOR)
    if chart.shape == "line" and bottom > 0 and low - bottom < step / 2:
        # room for a figure below its point
        bottom -= step
    return Axis(bottom, _above(low, high, step), step)


def _round_step(span: Decimal) -> Decimal:
    """1, 2 or 5 times a power of ten: at most five steps over the span."""
    rough = span / _STEPS
    power = Decimal(1).scaleb(rough.adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _multiple(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (value / step).to_integral_value(rounding) * step


def _above(low: Decimal, high: Decimal, step: Decimal) -> Decimal:
    end = _multiple(high, step, ROUND_CEILING)
    return end if end > _multiple(low, step, ROUND_FLOOR) else end + step
