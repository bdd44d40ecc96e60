"""Tests of yibao.reporting."""
