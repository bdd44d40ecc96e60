"""The auditor's recomputation: every cell of `indicator_value` from the raw export files, in plain Python.

It shares no code with the package `yibao` and none with the dbt models; it reads only the input contract
(`models/staging/_sources.yml`) and the catalogues (`seeds/indicator.csv`, `seeds/measure.csv`).
"Semantics" followed by a number in these modules is a section of the semantics paper (the rules every
figure follows).

Order of reading: contract, read, values, rows; persons; cases, settlements; case_measures, facts, stocks, measures;
cells, indicators; recompute.
"""
