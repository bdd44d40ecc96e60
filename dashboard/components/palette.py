"""Colours that the colour-blind tell apart (after Okabe and Ito), and the fonts of the page."""

BLUE = "#1f5fa8"
LIGHT_BLUE = "#7fb1dd"
ORANGE = "#d98200"
GREEN = "#00856a"
RED = "#b3261e"
PURPLE = "#8c5a99"
GREY = "#8a95a1"
LIGHT_GREY = "#cfd6de"
INK = "#1d2733"

# in the order in which series take them
SERIES = (BLUE, ORANGE, GREEN, PURPLE, GREY, "#5fa8d3", "#6b4e16", "#c45a8a")

FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, sans-serif"
