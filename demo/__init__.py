"""A synthetic county: exports of all 15 datasets, with planted faults, at any size."""
