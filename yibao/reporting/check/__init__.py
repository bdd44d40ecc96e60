"""Checks a written report: its form, its numbers against the published generation, its sums and its words."""
