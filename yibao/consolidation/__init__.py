"""Consolidation at the superior bureau: the packages of the counties become one generation of the city."""
